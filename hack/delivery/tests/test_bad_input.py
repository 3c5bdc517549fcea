"""What a person may write wrongly: a clear sentence, and nothing is changed."""

import importlib.machinery
import importlib.util
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from outcome import Refused

DEPLOY = pathlib.Path(__file__).parents[1] / "deploy"


class BadInputTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def deploy(self, *arguments, contexts="here\nthere"):
        """With a kubectl that knows contexts, and writes down whatever else it is asked."""
        program = self.folder / "kubectl"
        program.write_text(
            f"#!/bin/sh\ncase $1 in config) printf '{contexts}' ;; *) echo \"$@\" >>{self.folder}/asked; exit 1 ;; esac\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return self.run_deploy(*arguments, path=f"{self.folder}:{os.environ['PATH']}")

    def run_deploy(self, *arguments, path):
        command = [sys.executable, DEPLOY, *arguments]
        return subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)

    def refused(self, ended, status, *sentences):
        self.assertEqual(ended.returncode, status, ended.stderr)
        for sentence in sentences:
            self.assertIn(sentence, ended.stderr)
        self.assertFalse((self.folder / "asked").exists(), "the cluster was asked")

    def test_no_kubectl(self):
        ended = self.run_deploy("smoke", "--context=here", path=str(self.folder))
        self.refused(ended, 1, "kubectl was not found", "nothing was changed")

    def test_unknown_context(self):
        self.refused(self.deploy("status", "--context=nowhere"), 1, "no context 'nowhere'", "here, there")

    def test_no_context_at_all(self):
        self.refused(self.deploy("status", "--context=nowhere", contexts=""), 1, "there are: none")

    def test_context_must_be_said(self):
        self.refused(self.deploy("release", "x"), 2, "--context")

    def test_tag_in_place_of_a_digest(self):
        ended = self.deploy("rollback", "--context=here", "--api=v1.2")
        self.refused(ended, 2, "argument --api: 'v1.2' is a tag")

    def test_short_digest(self):
        ended = self.deploy("release", "x", "--context=here", "--operator=sha256:abc")
        self.refused(ended, 2, "argument --operator: 'sha256:abc' is no digest")

    def test_steps(self):
        for steps in ("all", "0", "101%", "1,,2", "-1"):
            with self.subTest(steps):
                ended = self.deploy("release", "x", "--context=here", f"--steps={steps}")
                self.refused(ended, 2, "neither a number nor a share")

    def test_times(self):
        for option in ("--timeout=0", "--watch=soon", "--burn-rate=-1", "--timeout=nan", "--watch=inf"):
            with self.subTest(option):
                self.refused(self.deploy("release", "x", "--context=here", option), 2, "not a number above zero")

    def test_where_a_canary_answers(self):
        for url in ("canary", "=https://x", "canary=x.example.com", "canary=https://x/path"):
            with self.subTest(url):
                self.refused(self.deploy("smoke", "--context=here", f"--canary-url={url}"), 2, "is not TENANT=URL")

    def test_overlay_that_is_none(self):
        ended = self.deploy("release", str(self.folder), "--context=here")
        self.refused(ended, 1, "is no overlay", "nothing was changed")


class MigrationsTest(unittest.TestCase):
    def test_migration_that_shuts_the_way_back(self):
        loader = importlib.machinery.SourceFileLoader("deploy", str(DEPLOY))
        deploy = importlib.util.module_from_spec(importlib.util.spec_from_loader("deploy", loader))
        loader.exec_module(deploy)
        with tempfile.TemporaryDirectory() as root:
            check = pathlib.Path(root, ".github/scripts/check-migrations")
            check.parent.mkdir(parents=True)
            check.write_text("#!/bin/sh\necho \"V9__x.sql: 'DROP TABLE' takes away what pods may use\" >&2\nexit 1\n")
            check.chmod(0o755)
            with self.assertRaisesRegex(Refused, "shuts the way back:\nV9__x.sql"):
                deploy.require_migrations(root=pathlib.Path(root))


if __name__ == "__main__":
    unittest.main()
