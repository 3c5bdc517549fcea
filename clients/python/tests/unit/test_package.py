"""What is shipped: light to import, complete, typed, and with a command."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import coditect_license_client

HOME = Path(__file__).parents[2]


def python(*arguments: str, path: Path) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_loads_neither_httpx_nor_cryptography() -> None:
    program = (
        "import coditect_license_client, sys; print([m for m in ('httpx', 'cryptography', 'ssl') if m in sys.modules])"
    )
    loaded = python("-c", program, path=HOME / "src").strip()
    assert "httpx" not in loaded
    assert "cryptography" not in loaded


def test_everything_that_is_exported_is_there_and_described() -> None:
    for name in coditect_license_client.__all__:
        exported = getattr(coditect_license_client, name)
        assert not isinstance(exported, type) or exported.__doc__, name


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    # Without isolation: what builds it is pinned with what tests it.
    python("-m", "build", "--no-isolation", "--outdir", str(folder), str(HOME), path=HOME / "src")
    return folder


def test_wheel_holds_the_package_and_its_types(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "coditect_license_client/py.typed" in names
    assert "coditect_license_client/_cli/main.py" in names
    assert not [name for name in names if "test" in name]
    metadata = zipfile.ZipFile(wheel).read(next(name for name in names if name.endswith("/METADATA"))).decode()
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    assert len(required) == 2, required


def test_sdist_holds_what_builds_it(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "src/coditect_license_client/py.typed"} <= names


def test_wheel_runs_where_it_is_installed(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    version = python("-m", "coditect_license_client._cli.main", "--version", path=tmp_path)
    assert version == f"coditect-license {coditect_license_client.__version__}\n"
