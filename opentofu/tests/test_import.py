"""import-infrastructure.sh against programs that play OpenTofu and gcloud, each answer of Google's in turn."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from tree import OPENTOFU

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = "coditect-staging"

NETWORK = {
    "address": "module.backend.module.network.google_compute_network.this",
    "type": "google_compute_network",
    "values": {"name": "licensing", "project": PROJECT},
}
NETWORK_FOUND = "compute networks describe licensing --project=coditect-staging"
RING = {
    "address": "module.backend.module.kms.google_kms_key_ring.this",
    "type": "google_kms_key_ring",
    "values": {"name": "licensing-staging", "location": "us-central1", "project": PROJECT},
}
RING_ID = "projects/coditect-staging/locations/us-central1/keyRings/licensing-staging"
RING_FOUND = "kms keyrings describe licensing-staging --location=us-central1 --project=coditect-staging"
KEY = {
    "address": 'module.backend.module.kms.google_kms_crypto_key.this["gke-secrets"]',
    "type": "google_kms_crypto_key",
    "values": {"name": "gke-secrets", "key_ring": RING_ID},
    "known_after": {"key_ring": RING["address"]},
}
KEY_FOUND = f"kms keys describe {RING_ID}/cryptoKeys/gke-secrets"
POSTGRES = {
    "address": "module.backend.module.postgres.google_sql_database_instance.this",
    "type": "google_sql_database_instance",
    "values": {"name": "licensing", "project": PROJECT, "region": "us-central1"},
}
POSTGRES_FOUND = "sql instances describe licensing --project=coditect-staging"
POSTGRES_LIST = "sql instances list --project=coditect-staging"
GRANT = {
    "address": "module.backend.module.iam.google_project_iam_member.deploy",
    "type": "google_project_iam_member",
    "values": {
        "project": PROJECT,
        "role": "roles/container.clusterViewer",
        "member": "serviceAccount:licensing-deploy@x",
    },
}
POLICY = "projects get-iam-policy coditect-staging"
ALERT = {
    "address": 'module.backend.module.observability.google_monitoring_alert_policy.this["LedgerBusy"]',
    "type": "google_monitoring_alert_policy",
    "values": {"project": PROJECT, "display_name": "LedgerBusy"},
}
ALERT_LIST = 'monitoring policies list --project=coditect-staging --filter=displayName="LedgerBusy"'
IDENTITY = {
    "address": "module.backend.module.identity.google_identity_platform_config.this",
    "type": "google_identity_platform_config",
    "values": {"project": PROJECT},
}
DENIED = "ERROR: (gcloud.compute.networks.describe) PERMISSION_DENIED: Required 'compute.networks.get' permission (or it may not exist)."


class Run:
    def __init__(self, world, *words):
        run = subprocess.run(
            [OPENTOFU / "import-infrastructure.sh", "backend-staging", f"--project={PROJECT}", *words],
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": f"{world / 'bin'}:{os.environ['PATH']}", "WORLD": str(world)},
        )
        self.status, self.out, self.err = run.returncode, run.stdout, run.stderr


class ImportTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.world = pathlib.Path(scratch.name)
        (self.world / "bin").mkdir()
        for program in ("tofu", "gcloud"):
            shutil.copy(HERE / f"fake-{program}", self.world / "bin" / program)
        (self.world / "state.json").write_text("[]")

    def given(self, wanted, google):
        (self.world / "wanted.json").write_text(json.dumps(wanted))
        (self.world / "google.json").write_text(json.dumps(google))

    def run_it(self, *words):
        return Run(self.world, *words)

    def imported(self):
        log = self.world / "imported.log"
        return log.read_text().splitlines() if log.exists() else []

    def assert_nothing_was_changed(self):
        self.assertEqual(self.imported(), [])
        self.assertNotIn("tofu import", (self.world / "calls.log").read_text())
        self.assertNotIn("tofu apply", (self.world / "calls.log").read_text())

    def test_a_dry_run_tells_what_it_found_and_changes_nothing(self):
        self.given([NETWORK, POSTGRES], {NETWORK_FOUND: {"name": "licensing"}})
        run = self.run_it()
        self.assertEqual(run.status, 1)
        self.assertRegex(run.out, rf"found +{NETWORK['address']} +projects/coditect-staging/global/networks/licensing")
        self.assertRegex(run.out, rf"missing +{POSTGRES['address']}")
        self.assertIn("This was a dry run", run.out)
        self.assert_nothing_was_changed()

    def test_what_is_found_is_imported_to_an_empty_plan(self):
        self.given([NETWORK, POSTGRES], {NETWORK_FOUND: {"name": "licensing"}, POSTGRES_FOUND: {"name": "licensing"}})
        run = self.run_it("--import")
        self.assertEqual(run.status, 0, run.err)
        self.assertIn("The plan is empty", run.out)
        self.assertEqual(
            sorted(self.imported()),
            [
                f"{NETWORK['address']} projects/coditect-staging/global/networks/licensing",
                f"{POSTGRES['address']} projects/coditect-staging/instances/licensing",
            ],
        )

    def test_a_second_run_has_nothing_to_do(self):
        self.given([NETWORK], {NETWORK_FOUND: {"name": "licensing"}})
        self.run_it("--import")
        run = self.run_it("--import")
        self.assertEqual(run.status, 0)
        self.assertEqual(len(self.imported()), 1)

    def test_what_was_interrupted_goes_on_where_it_stopped(self):
        self.given([NETWORK, POSTGRES], {NETWORK_FOUND: {"name": "licensing"}, POSTGRES_FOUND: {"name": "licensing"}})
        (self.world / "broken").write_text(POSTGRES["address"])
        first = self.run_it("--import")
        self.assertEqual(first.status, 4)
        self.assertIn("the connection was cut", first.err)
        self.assertEqual(len(self.imported()), 1)
        second = self.run_it("--import")
        self.assertEqual(second.status, 0, second.err)
        self.assertEqual(len(self.imported()), 2)

    def test_what_belongs_to_something_is_imported_after_it(self):
        self.given([KEY, RING], {RING_FOUND: {"name": RING_ID}, KEY_FOUND: {"name": "gke-secrets"}})
        dry = self.run_it()
        self.assertRegex(dry.out, r"later +module\.backend\.module\.kms\.google_kms_crypto_key")
        run = self.run_it("--import")
        self.assertEqual(run.status, 0, run.err)
        self.assertEqual(
            [line.rsplit(" ", 1)[1] for line in self.imported()], [RING_ID, f"{RING_ID}/cryptoKeys/gke-secrets"]
        )

    def test_what_is_missing_is_left_to_apply(self):
        self.given([NETWORK, POSTGRES], {NETWORK_FOUND: {"name": "licensing"}})
        run = self.run_it("--import")
        self.assertEqual(run.status, 1)
        self.assertIn("The plan is not empty", run.out)
        self.assertRegex(run.out, rf"create +{POSTGRES['address']}")

    def test_what_differs_once_it_is_in_state_is_told(self):
        self.given([NETWORK], {NETWORK_FOUND: {"name": "licensing"}})
        (self.world / "differs").write_text(NETWORK["address"])
        run = self.run_it("--import")
        self.assertEqual(run.status, 1)
        self.assertRegex(run.out, rf"update +{NETWORK['address']}")

    def test_another_database_by_another_name_stops_it(self):
        self.given(
            [NETWORK, POSTGRES], {NETWORK_FOUND: {"name": "licensing"}, POSTGRES_LIST: [{"name": "coditect-db"}]}
        )
        run = self.run_it("--import")
        self.assertEqual(run.status, 3)
        self.assertRegex(
            run.out,
            rf"ambiguous +{POSTGRES['address']} +there is none named licensing, but coditect-db: say --id or --new",
        )
        self.assertIn("1 of 2 are unclear: nothing was changed", run.err)
        self.assert_nothing_was_changed()

    def test_it_can_be_said_which_one_is_meant(self):
        self.given([POSTGRES], {POSTGRES_LIST: [{"name": "coditect-db"}]})
        run = self.run_it("--import", f"--id={POSTGRES['address']}=projects/coditect-staging/instances/coditect-db")
        self.assertEqual(run.status, 0, run.err)
        self.assertEqual(self.imported(), [f"{POSTGRES['address']} projects/coditect-staging/instances/coditect-db"])

    def test_it_can_be_said_that_a_new_one_is_meant(self):
        self.given([POSTGRES], {POSTGRES_LIST: [{"name": "coditect-db"}]})
        run = self.run_it("--import", f"--new={POSTGRES['address']}")
        self.assertEqual(run.status, 1)
        self.assertEqual(self.imported(), [])

    def test_two_that_look_alike_stop_it(self):
        self.given(
            [ALERT], {ALERT_LIST: [{"name": "projects/p/alertPolicies/1"}, {"name": "projects/p/alertPolicies/2"}]}
        )
        run = self.run_it("--import")
        self.assertEqual(run.status, 3)
        self.assertRegex(
            run.out, r"ambiguous .*several look alike: projects/p/alertPolicies/1, projects/p/alertPolicies/2"
        )
        self.assert_nothing_was_changed()

    def test_one_is_found_by_what_it_shows(self):
        self.given([ALERT], {ALERT_LIST: [{"name": "projects/p/alertPolicies/1"}]})
        self.assertEqual(self.run_it("--import").status, 0)
        self.assertEqual(self.imported(), [f"{ALERT['address']} projects/p/alertPolicies/1"])

    def test_no_permission_stops_it_though_it_may_not_exist(self):
        self.given([NETWORK, POSTGRES], {NETWORK_FOUND: DENIED, POSTGRES_FOUND: {"name": "licensing"}})
        run = self.run_it("--import")
        self.assertEqual(run.status, 3)
        self.assertRegex(run.out, rf"no permission +{NETWORK['address']} +.*compute\.networks\.get")
        self.assert_nothing_was_changed()

    def test_an_error_that_says_neither_stops_it(self):
        self.given([NETWORK], {NETWORK_FOUND: "ERROR: (gcloud) INTERNAL: try again later"})
        run = self.run_it("--import")
        self.assertEqual(run.status, 3)
        self.assertRegex(run.out, r"unclear .*INTERNAL: try again later")
        self.assert_nothing_was_changed()

    def test_a_grant_is_found_in_the_policy_and_each_question_asked_once(self):
        other = {**GRANT, "address": GRANT["address"] + "_2", "values": {**GRANT["values"], "role": "roles/viewer"}}
        binding = {"role": GRANT["values"]["role"], "members": [GRANT["values"]["member"]]}
        self.given([GRANT, other], {POLICY: {"bindings": [binding]}})
        run = self.run_it()
        self.assertRegex(
            run.out,
            rf"found +{GRANT['address']} +coditect-staging roles/container\.clusterViewer serviceAccount:licensing-deploy@x",
        )
        self.assertRegex(run.out, rf"missing +{other['address']}")
        self.assertEqual((self.world / "calls.log").read_text().count("get-iam-policy"), 1)

    def test_a_grant_with_a_condition_is_not_the_one_that_is_written(self):
        binding = {
            "role": GRANT["values"]["role"],
            "members": [GRANT["values"]["member"]],
            "condition": {"title": "until Friday"},
        }
        self.given([GRANT], {POLICY: {"bindings": [binding]}})
        self.assertRegex(self.run_it().out, rf"missing +{GRANT['address']}")

    def test_what_gcloud_does_not_know_is_tried(self):
        self.given([IDENTITY], {})
        (self.world / "absent").write_text(IDENTITY["address"])
        run = self.run_it("--import")
        self.assertEqual(run.status, 1)
        self.assertIn(f"{IDENTITY['address']} is not there", run.out)

    def test_without_gcloud_it_says_so(self):
        self.given([NETWORK], {})
        # No other place of programs may have one.
        (self.world / "bin" / "gcloud").unlink()
        for program in ("python3", "env", "bash", "dirname"):
            (self.world / "bin" / program).symlink_to(sys.executable if program == "python3" else shutil.which(program))
        run = subprocess.run(
            [OPENTOFU / "import-infrastructure.sh", "backend-staging", f"--project={PROJECT}"],
            capture_output=True,
            text=True,
            env={"PATH": str(self.world / "bin"), "WORLD": str(self.world)},
        )
        self.assertEqual(run.returncode, 4)
        self.assertIn("gcloud was not found; install it, and put it on PATH", run.stderr)

    def test_another_environment_is_refused(self):
        run = subprocess.run(
            [OPENTOFU / "import-infrastructure.sh", "backend-test", "--project=p"], capture_output=True, text=True
        )
        self.assertEqual(run.returncode, 2)
        self.assertIn("backend-staging", run.stderr)


class KindsTest(unittest.TestCase):
    def test_every_type_of_the_configuration_can_be_looked_for(self):
        sys.path.insert(0, str(OPENTOFU))
        self.addCleanup(sys.path.remove, str(OPENTOFU))
        from import_infrastructure import KINDS

        written = {
            type_
            for file in OPENTOFU.glob("modules/*/main.tf")
            for type_ in re.findall(r'^resource "(\w+)"', file.read_text(), re.M)
        }
        # The state's bucket is made by bootstrap, which has nothing to adopt.
        self.assertEqual(written - KINDS.keys(), {"google_storage_bucket", "google_storage_bucket_iam_member"})


if __name__ == "__main__":
    unittest.main()
