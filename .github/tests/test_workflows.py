"""Our workflows keep the rules, and each rule finds what breaks it."""

import copy
import importlib.machinery
import importlib.util
import json
import pathlib
import re
import subprocess
import unittest

GITHUB = pathlib.Path(__file__).parents[1]


def script(name):
    """The module of a script, whose name has no ending."""
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(GITHUB / "scripts" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


check = script("check-workflows")


def read(file):
    command = subprocess.run(["manifests", "json"], input=file.read_text(), capture_output=True, text=True, check=True)
    return json.loads(command.stdout)[0]


WORKFLOWS = {file.name: read(file) for file in sorted((GITHUB / "workflows").glob("*.y*ml"))}


class WorkflowsTest(unittest.TestCase):
    def test_all_keep_the_rules(self):
        self.assertIn("test.yml", WORKFLOWS)
        for file, workflow in WORKFLOWS.items():
            with self.subTest(file):
                self.assertEqual(list(check.findings(file, workflow)), [])

    def test_each_pin_has_its_version_beside_it(self):
        for file in WORKFLOWS:
            for line in (GITHUB / "workflows" / file).read_text().splitlines():
                if re.search(r"uses: [^.]", line):
                    self.assertRegex(line, r"@[0-9a-f]{40} # v\d")

    def test_grants_are_of_jobs_that_are_there(self):
        for file, job in check.GRANTS:
            self.assertIn(job, WORKFLOWS[file]["jobs"])


class RulesTest(unittest.TestCase):
    """Each takes the workflow of the tests, and breaks one rule."""

    def setUp(self):
        self.workflow = copy.deepcopy(WORKFLOWS["test.yml"])
        self.job = self.workflow["jobs"]["test"]
        self.checkout = self.job["steps"][0]

    def found(self, sentence):
        findings = list(check.findings("test.yml", self.workflow))
        self.assertEqual(len(findings), 1, findings)
        self.assertIn(sentence, findings[0])

    def test_tag_in_place_of_a_commit(self):
        self.checkout["uses"] = "actions/checkout@v5"
        self.found("not pinned")

    def test_short_id(self):
        self.job["steps"][1]["uses"] = "actions/setup-java@dded088"
        self.found("not pinned")

    def test_workflow_of_another_repository_by_its_branch(self):
        self.job["uses"] = "example/example/.github/workflows/x.yml@main"
        self.found("not pinned")

    def test_rights_of_the_whole_workflow(self):
        self.workflow["permissions"] = {"contents": "read"}
        self.found("must begin with")

    def test_all_rights(self):
        self.job["permissions"] = "write-all"
        self.found("one by one")

    def test_rights_that_the_repository_gives(self):
        del self.job["permissions"]
        self.found("one by one")

    def test_right_to_write_without_a_reason(self):
        self.job["permissions"]["packages"] = "write"
        self.found("packages: write")

    def test_reason_without_the_right(self):
        self.workflow = copy.deepcopy(WORKFLOWS["drift.yml"])
        del self.workflow["jobs"]["drift"]["permissions"]["issues"]
        findings = list(check.findings("drift.yml", self.workflow))
        self.assertRegex(findings[0], "no longer has 'issues: write'")

    def test_signing_in_as_nobody(self):
        self.workflow = copy.deepcopy(WORKFLOWS["drift.yml"])
        del self.workflow["jobs"]["drift"]["environment"]
        findings = list(check.findings("drift.yml", self.workflow))
        self.assertEqual(len(findings), 1, findings)
        self.assertRegex(findings[0], "must name the environment")

    def test_strangers_code_with_the_rights_of_the_house(self):
        key = "on" if "on" in self.workflow else "true"
        self.workflow[key]["pull_request_target"] = None
        self.found("pull_request_target")

    def test_credentials_that_stay(self):
        del self.checkout["with"]["persist-credentials"]
        self.found("persist-credentials")

    def test_pipe_of_which_the_first_half_may_fail(self):
        del self.workflow["defaults"]
        self.found("failed pipe")

    def test_package_without_a_hash(self):
        self.job["steps"].append({"run": "pip install --quiet cryptography"})
        self.found("--require-hashes")

    def test_no_end(self):
        del self.job["timeout-minutes"]
        self.found("timeout-minutes")

    def test_every_secret_handed_on(self):
        self.job["secrets"] = "inherit"
        self.found("secrets")

    def test_words_of_strangers_in_a_script(self):
        for expression in ("github.event.pull_request.title", "inputs.operator", "steps.push.outputs.api"):
            with self.subTest(expression):
                self.setUp()
                self.job["steps"].append({"run": f"echo ${{{{ {expression} }}}}"})
                self.found("from its environment")


if __name__ == "__main__":
    unittest.main()
