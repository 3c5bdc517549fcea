"""What cannot work is refused at plan, in words that name the variable and what is allowed."""

import os
import pathlib
import re
import subprocess
import unittest

from tree import PRODUCTION, STAGING, change, copied, side_by_side

# (what, environment, [(file, old, new)], what must be said)
PRODUCTION_MAIN, STAGING_MAIN = f"{PRODUCTION}/main.tf", f"{STAGING}/main.tf"
CASES = {
    "wrong region": (
        STAGING,
        [(f"{STAGING}/variables.tf", '"us-central1"', '"moon-central1"')],
        r"region is 'moon-central1'; it must be one that has",
    ),
    "a zone as region": (
        STAGING,
        [(f"{STAGING}/variables.tf", '"us-central1"', '"us-central1-a"')],
        r"region is 'us-central1-a'",
    ),
    "unknown tier of Postgres": (
        STAGING,
        [(STAGING_MAIN, "db-custom-2-8192", "db-standard-2")],
        r"tier is 'db-standard-2'; it must be db-custom-CORES-MEGABYTES",
    ),
    "unknown tier of Redis": (
        STAGING,
        [(STAGING_MAIN, '"BASIC"', '"PREMIUM"')],
        r"tier is 'PREMIUM'; it must be BASIC or STANDARD_HA",
    ),
    "unknown machine": (
        STAGING,
        [(STAGING_MAIN, "n1-standard-2", "m9-giant-2")],
        r"machine_type is 'm9-giant-2'; it must be a general-purpose type",
    ),
    "production without a standby": (
        PRODUCTION,
        [(PRODUCTION_MAIN, '"REGIONAL"', '"ZONAL"')],
        r"postgres: availability_type is ZONAL; in production it must be REGIONAL",
    ),
    "production with one Redis": (
        PRODUCTION,
        [(PRODUCTION_MAIN, '"STANDARD_HA"', '"BASIC"')],
        r"redis: tier is BASIC; in production it must be STANDARD_HA",
    ),
    "production with preemptible nodes": (
        PRODUCTION,
        [(PRODUCTION_MAIN, '"STANDARD"', '"PREEMPTIBLE"')],
        r"nodes: provisioning is PREEMPTIBLE; in production it must be STANDARD",
    ),
    "production with one node": (
        PRODUCTION,
        [(PRODUCTION_MAIN, "min          = 3", "min          = 1")],
        r"nodes: min is 1; in production it must be at least 2",
    ),
    "production in one zone": (
        PRODUCTION,
        [(PRODUCTION_MAIN, "min          = 3", 'min          = 3\n    zones        = ["${var.region}-b"]')],
        r"nodes: zones is us-central1-b; in production it must name at least two",
    ),
    "production unprotected": (
        PRODUCTION,
        [(PRODUCTION_MAIN, "  redis = {", "  deletion_protection = false\n\n  redis = {")],
        r"deletion_protection is false; in production it must be true",
    ),
    "overlapping ranges": (
        STAGING,
        [(STAGING_MAIN, "= var.ranges", '= { nodes = "10.20.0.0/22" }')],
        r"ranges must not overlap: pods \(10\.20\.0\.0/16\) contains nodes \(10\.20\.0\.0/22\)",
    ),
    "no range": (
        STAGING,
        [(STAGING_MAIN, "= var.ranges", '= { pods = "10.20.0.0" }')],
        r"ranges has what is no range, or does not begin at a range's first address: pods = 10\.20\.0\.0",
    ),
    "missing API": (
        STAGING,
        [
            ("modules/backend/main.tf", '["redis.googleapis.com"]', "[]"),
            (
                "modules/backend/main.tf",
                "toset(flatten(values(local.required_services)))",
                'toset(concat(flatten(values(local.required_services)), ["redis.googleapis.com"]))',
            ),
        ],
        r"services lacks APIs that the platform calls: redis\.googleapis\.com",
    ),
    "no repository": (
        STAGING,
        [(f"{STAGING}/terraform.tfvars.example", "example/licensing", "licensing")],
        r"github_repository is 'licensing'; it must be OWNER/NAME",
    ),
    "no domain": (
        STAGING,
        [(f"{STAGING}/terraform.tfvars.example", '"licences.staging.example.com"', '"https://licences.example.com"')],
        r"domain is 'https://licences\.example\.com'; it must be a domain",
    ),
    "nobody to tell": (
        STAGING,
        [(f"{STAGING}/terraform.tfvars.example", '["platform@example.com"]', "[]")],
        r"notification_emails is empty",
    ),
    "project number": (
        STAGING,
        [
            (
                f"{STAGING}/terraform.tfvars.example",
                'project_id          = "coditect-staging"',
                'project_id          = "123456789012"',
            )
        ],
        r"project_id is '123456789012'; it must be a project's id",
    ),
}


def said(case):
    """What a plan with bad input says, in one line."""
    environment, changes, _ = CASES[case]
    with copied() as tree:
        for file, old, new in changes:
            change(tree, file, old, new)
        script = pathlib.Path(__file__).resolve().parent.parent / "offline-plan"
        run = subprocess.run(
            [script, "--from", tree, environment], capture_output=True, text=True, env={**os.environ, "COLUMNS": "1000"}
        )
        # OpenTofu draws a box around it, and breaks lines.
        return run.returncode, " ".join(re.sub(r"[│╷╵]", " ", run.stderr).split())


class BadInputTest(unittest.TestCase):
    def test_each_is_refused_at_plan_by_name(self):
        for case, (status, text) in side_by_side(said, list(CASES)).items():
            with self.subTest(case):
                self.assertNotEqual(status, 0)
                self.assertRegex(text, CASES[case][2])


if __name__ == "__main__":
    unittest.main()
