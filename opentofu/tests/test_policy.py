"""Each policy finds nothing in what is written, and finds the one change that it is there for."""

import dataclasses
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from tree import BOOTSTRAP, OPENTOFU, PRODUCTION, STAGING, change, copied, planned, side_by_side

POLICY = OPENTOFU / "policy"


@dataclasses.dataclass(frozen=True)
class Mutation:
    rule: str
    file: str
    old: str
    new: str
    # Where it shows; the module's example, if nothing is said.
    root: str = ""
    # What else must change for the plan to be one at all.
    also: tuple = ()


def module(name):
    return f"modules/{name}/main.tf"


def example_of(file):
    return "/".join([*file.split("/")[:2], "examples/basic"])


SERVICE_ACCOUNT_KEY = """
resource "google_service_account_key" "oops" {
  service_account_id = google_service_account.nodes.name
}
"""

OPEN_FIREWALL = """
resource "google_compute_firewall" "oops" {
  name          = "oops"
  project       = var.project_id
  network       = google_compute_network.this.id
  source_ranges = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
"""

SECRET_VERSION = """
resource "google_secret_manager_secret_version" "oops" {
  secret      = google_secret_manager_secret.this["postgres-operator-password"].id
  secret_data = "hunter2"
}
"""

MUTATIONS = [
    Mutation("postgres-private", module("postgres"), "ipv4_enabled       = false", "ipv4_enabled       = true"),
    Mutation("postgres-tls", module("postgres"), '"ENCRYPTED_ONLY"', '"ALLOW_UNENCRYPTED_AND_ENCRYPTED"'),
    Mutation("postgres-backups", module("postgres"), "retained_backups = var.backups.retained", "retained_backups = 3"),
    Mutation(
        "postgres-point-in-time",
        module("postgres"),
        "point_in_time_recovery_enabled = true",
        "point_in_time_recovery_enabled = false",
    ),
    Mutation("postgres-standby", module("postgres"), "= var.availability_type", '= "ZONAL"', PRODUCTION),
    Mutation("redis-standby", module("redis"), "= var.tier", '= "BASIC"', PRODUCTION),
    Mutation("redis-auth", module("redis"), "auth_enabled            = true", "auth_enabled            = false"),
    Mutation("redis-tls", module("redis"), '"SERVER_AUTHENTICATION"', '"DISABLED"'),
    Mutation(
        "deletion-protection",
        module("gke"),
        "deletion_protection = var.deletion_protection",
        "deletion_protection = false",
    ),
    Mutation(
        "deletion-protection",
        module("redis"),
        "deletion_protection = var.deletion_protection",
        "deletion_protection = false",
    ),
    Mutation(
        "deletion-protection",
        module("postgres"),
        "  deletion_protection = var.deletion_protection\n\n",
        "  deletion_protection = false\n\n",
    ),
    Mutation("deletion-protection", module("secrets"), "deletion_protection = true", "deletion_protection = false"),
    Mutation(
        "gke-private-nodes",
        module("gke"),
        "private_cluster_config {\n    enable_private_nodes = true",
        "private_cluster_config {\n    enable_private_nodes = false",
    ),
    Mutation(
        "gke-private-nodes",
        module("gke"),
        "network_config {\n    enable_private_nodes = true",
        "network_config {\n    enable_private_nodes = false",
    ),
    Mutation(
        "gke-control-plane",
        module("gke"),
        "ip_endpoints_config {\n      enabled = false",
        "ip_endpoints_config {\n      enabled = true",
    ),
    Mutation("gke-dataplane", module("gke"), '"ADVANCED_DATAPATH"', '"LEGACY_DATAPATH"'),
    Mutation("gke-workload-identity", module("gke"), '"GKE_METADATA"', '"GCE_METADATA"'),
    Mutation(
        "gke-shielded-nodes", module("gke"), "enable_secure_boot          = true", "enable_secure_boot          = false"
    ),
    Mutation(
        "gke-kept-nodes",
        module("gke"),
        'preemptible     = var.provisioning == "PREEMPTIBLE"',
        "preemptible     = true",
        PRODUCTION,
    ),
    Mutation("gke-release-channel", module("gke"), "channel = var.release_channel", 'channel = "UNSPECIFIED"'),
    Mutation("firewall-open", module("network"), "# --- Cloud SQL and Memorystore", OPEN_FIREWALL + "\n# ---"),
    Mutation("firewall-closed", module("network"), '    protocol = "all"', '    protocol = "udp"'),
    Mutation(
        "edge-cloud-armor",
        module("edge"),
        'resource "google_compute_security_policy" "this" {',
        'resource "google_compute_security_policy" "this" {\n  count = 0',
        also=(("modules/edge/outputs.tf", "google_compute_security_policy.this.name", '"none"'),),
    ),
    Mutation("edge-rate-limit", module("edge"), 'action      = "throttle"', 'action      = "allow"'),
    Mutation("edge-owasp", module("edge"), '    "sqli-v33-stable"             = 1000\n', ""),
    Mutation("edge-owasp", "modules/edge/variables.tf", '  default     = "ENFORCED"', '  default     = "PREVIEW"'),
    Mutation("edge-tls", module("edge"), '"TLS_1_2"', '"TLS_1_0"'),
    Mutation(
        "iam-too-wide",
        module("iam"),
        '  role    = "roles/container.clusterViewer"',
        '  role    = "roles/container.admin"',
    ),
    Mutation("iam-too-wide", module("iam"), '    "roles/cloudkms.viewer",', '    "roles/viewer",'),
    Mutation(
        "iam-operator-signs",
        module("iam"),
        '"cloudkms.cryptoKeyVersions.viewPublicKey"',
        '"cloudkms.cryptoKeyVersions.useToSign"',
    ),
    Mutation("iam-no-keys", module("iam"), "# --- workflows of GitHub", SERVICE_ACCOUNT_KEY + "\n# ---"),
    Mutation("iam-github", module("iam"), "assertion.repository == '${var.github_repository}' && ", ""),
    Mutation(
        "iam-everybody",
        module("registry"),
        '  role       = "roles/artifactregistry.reader"\n  member     = each.value',
        '  role       = "roles/artifactregistry.reader"\n  member     = "allUsers"',
    ),
    Mutation(
        "secret-in-state",
        module("secrets"),
        'resource "google_secret_manager_secret_iam_member"',
        SECRET_VERSION + '\nresource "google_secret_manager_secret_iam_member"',
    ),
    Mutation("registry-immutable-tags", module("registry"), "immutable_tags = true", "immutable_tags = false"),
    Mutation("registry-scanning", module("registry"), '"INHERITED"', '"DISABLED"'),
    Mutation(
        "kms-rotation", module("kms"), '  rotation_period            = "${each.value.rotation_days * 86400}s"\n', ""
    ),
    Mutation("bucket-private", module("state"), '"enforced"', '"inherited"', BOOTSTRAP),
    Mutation(
        "bucket-versions",
        module("state"),
        "versioning {\n    enabled = true",
        "versioning {\n    enabled = false",
        BOOTSTRAP,
    ),
    Mutation(
        "audit-keys",
        "modules/observability/variables.tf",
        '["cloudkms.googleapis.com", "secretmanager.googleapis.com"]',
        '["secretmanager.googleapis.com"]',
        STAGING,
    ),
]


def findings(plans):
    """What the policies find in each of the plans, all read at once."""
    with tempfile.TemporaryDirectory() as scratch:
        files = {}
        for index, (key, plan) in enumerate(plans.items()):
            file = pathlib.Path(scratch) / f"{index}.json"
            file.write_text(json.dumps(plan))
            files[str(file)] = key
        run = subprocess.run(
            ["opa", "exec", "--bundle", POLICY, "--decision", "licensing/deny", "--format=json", *files],
            capture_output=True,
            text=True,
        )
        if run.returncode:
            raise AssertionError(f"opa exec failed:\n{run.stderr}{run.stdout}")
        answers = json.loads(run.stdout)["result"]
        failed = [answer for answer in answers if "result" not in answer]
        if failed or len(answers) != len(files):
            raise AssertionError(f"opa did not read every plan: {failed}")
        return {files[answer["path"]]: answer["result"] for answer in answers}


def mutated(mutation):
    with copied() as tree:
        for file, old, new in ((mutation.file, mutation.old, mutation.new), *mutation.also):
            change(tree, file, old, new)
        return planned(mutation.root or example_of(mutation.file), tree)


class PolicyTest(unittest.TestCase):
    maxDiff = None

    def test_nothing_is_found_in_what_is_written(self):
        examples = [
            f"modules/{file.parts[-4]}/examples/basic"
            for file in sorted(OPENTOFU.glob("modules/*/examples/basic/main.tf"))
        ]
        for root, found in findings(side_by_side(planned, [STAGING, PRODUCTION, BOOTSTRAP, *examples])).items():
            with self.subTest(root):
                self.assertEqual(found, [])

    def test_each_policy_finds_what_it_is_there_for(self):
        found = findings(side_by_side(mutated, MUTATIONS))
        for mutation in MUTATIONS:
            with self.subTest(f"{mutation.rule}: {mutation.new.strip()[:60]}"):
                self.assertEqual({finding["rule"] for finding in found[mutation]}, {mutation.rule})
                self.assertTrue(all(finding["resource"] and finding["message"] for finding in found[mutation]))

    def test_each_policy_has_a_change_that_it_finds(self):
        rules = set(re.findall(r'finding\("([a-z-]+)"', (POLICY / "licensing.rego").read_text()))
        self.assertEqual(rules, {mutation.rule for mutation in MUTATIONS})


class KeptForEverTest(unittest.TestCase):
    """What can never be had again must not be destroyed by a plan; plans do not tell that, so it is read from the code."""

    TYPES = ("google_kms_key_ring", "google_kms_crypto_key", "google_storage_bucket")

    def test_keys_and_state_cannot_be_destroyed(self):
        kept = 0
        for file in sorted(OPENTOFU.glob("modules/*/main.tf")):
            for type_, name, body in re.findall(
                r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', file.read_text(), re.S | re.M
            ):
                if type_ in self.TYPES:
                    kept += 1
                    self.assertIn("prevent_destroy = true", body, f"{file}: {type_}.{name}")
        self.assertEqual(kept, 5)


if __name__ == "__main__":
    unittest.main()
