"""A copy of the configuration that a test may change, and what OpenTofu makes of it."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

OPENTOFU = pathlib.Path(__file__).resolve().parent.parent
ROOT = OPENTOFU.parent
STAGING, PRODUCTION, BOOTSTRAP = "environments/backend-staging", "environments/backend-production", "bootstrap"


@contextlib.contextmanager
def copied():
    with tempfile.TemporaryDirectory() as scratch:
        copy = pathlib.Path(scratch) / "opentofu"
        for part in ("modules", "environments", "bootstrap"):
            shutil.copytree(
                OPENTOFU / part,
                copy / part,
                ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*", "terraform.tfvars"),
            )
        yield copy


def change(tree, file, old, new):
    """Replaces what is in a file exactly once: a change that hits nothing would prove nothing."""
    path = tree / file
    text = path.read_text()
    if text.count(old) != 1:
        raise AssertionError(f"{file} has {text.count(old)} times, not once: {old}")
    path.write_text(text.replace(old, new))


def planned(root, tree=OPENTOFU):
    run = subprocess.run([OPENTOFU / "offline-plan", "--from", tree, root], capture_output=True, text=True)
    if run.returncode:
        raise AssertionError(f"{root} cannot be planned:\n{run.stderr}")
    return json.loads(run.stdout)


def side_by_side(work, items):
    """Results by item, as many at a time as there are cores: most of a plan is OpenTofu's own time."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(items, pool.map(work, items)))
