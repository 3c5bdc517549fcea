"""hack/tofu/tools where something is not to be had, or is not what it must be."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from tree import ROOT

TOOLS = ROOT / "hack/tofu/tools"
NEEDED = (
    "bash",
    "dirname",
    "basename",
    "uname",
    "mkdir",
    "rm",
    "rmdir",
    "mktemp",
    "cat",
    "cut",
    "cksum",
    "grep",
    "sha256sum",
    "ln",
    "mv",
    "sleep",
    "tail",
    "sed",
)


class ToolsTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.home = pathlib.Path(scratch.name)
        self.bin = self.home / "bin"
        self.bin.mkdir()
        for program in NEEDED:
            if found := shutil.which(program):
                (self.bin / program).symlink_to(found)
        self.cache = self.home / "cache/coditect-licensing/tofu"

    def program(self, name, script):
        file = self.bin / name
        file.write_text(f"#!/bin/bash\n{script}\n")
        file.chmod(0o755)

    def run_it(self, *words):
        return subprocess.run(
            [TOOLS, *words],
            capture_output=True,
            text=True,
            env={"PATH": str(self.bin), "XDG_CACHE_HOME": str(self.home / "cache")},
        )

    def test_what_has_another_checksum_is_thrown_away(self):
        self.program("curl", 'while [ "$1" != -o ]; do shift; done; echo tampered >"$2"')
        run = self.run_it()
        self.assertEqual(run.returncode, 1)
        self.assertIn("tofu: opentofu is not to be had here.", run.stderr)
        self.assertIn("does not have the checksum it must have, and was thrown away", run.stderr)
        self.assertIn("build: Go 1.26 or later is needed", run.stderr)
        self.assertEqual([file for file in self.cache.rglob("*") if file.is_file()], [])

    def test_an_older_go_is_not_tried(self):
        self.program("curl", "exit 6")
        self.program("go", "echo go1.24.3")
        run = self.run_it()
        self.assertEqual(run.returncode, 1)
        self.assertIn("download: https://github.com/opentofu/opentofu/releases/", run.stderr)
        self.assertIn("build: Go 1.26 or later is needed", run.stderr)

    def test_a_build_that_fails_leaves_nothing(self):
        self.program("curl", "exit 6")
        self.program("go", 'if [ "$1" = env ]; then echo go1.26.8; else echo "no such module" >&2; exit 1; fi')
        run = self.run_it()
        self.assertEqual(run.returncode, 1)
        self.assertIn("build: no such module", run.stderr)
        self.assertEqual([file for file in self.cache.rglob("*") if file.is_file()], [])

    def test_where_the_real_provider_must_be_the_stand_in_is_not_taken(self):
        self.program("curl", "exit 6")
        platform = subprocess.run(["uname", "-sm"], capture_output=True, text=True).stdout.split()
        name = f"{platform[0].lower()}-{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(platform[1], platform[1]) }"
        for folder in (f"opentofu-1.12.6-{name}", f"opa-1.20.2-{name}"):
            (self.cache / folder).mkdir(parents=True)
            (self.cache / folder / "origin").write_text("made for a test\n")
        run = self.run_it("--real")
        self.assertEqual(run.returncode, 1)
        self.assertIn("hashicorp/google 8.7.0 is not to be had here: the registry cannot be reached", run.stderr)

    def test_an_unknown_argument_is_refused(self):
        run = self.run_it("--what")
        self.assertEqual(run.returncode, 2)
        self.assertIn("unknown option '--what'; see hack/tofu/tools --help", run.stderr)


if __name__ == "__main__":
    unittest.main()
