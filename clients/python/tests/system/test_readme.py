"""Every snippet of the README is run, and says what the README shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from coditect_license_client._settings import resolve
from harness.devstack import ROOT, Devstack
from harness.programs import environment

README = ROOT / "clients" / "python" / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Snippet(NamedTuple):
    """A block of code."""

    line: int
    language: str
    code: str


def snippets(language: str) -> list[Snippet]:
    text = README.read_text(encoding="utf-8")
    found = [
        Snippet(text.count("\n", 0, match.start()) + 2, match.group(1), match.group(2))
        for match in BLOCK.finditer(text)
    ]
    assert {snippet.language for snippet in found} == {"python", "console", "ini"}, "each kind has a test"
    return [snippet for snippet in found if snippet.language == language]


def named(snippet: Snippet) -> str:
    return f"line {snippet.line}"


@pytest.fixture
def desk(devstack: Devstack, hardware: str, tmp_path: Path) -> dict[str, str]:
    """A reader's terminal: the command is installed, the roots are here, and so is the checkout."""
    (tmp_path / "acme-roots.pem").write_bytes(devstack.roots_file.read_bytes())
    (tmp_path / "clients").symlink_to(ROOT / "clients")
    programs = tmp_path / "bin"
    programs.mkdir()
    command = programs / "coditect-license"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m coditect_license_client._cli.main "$@"\n')
    command.chmod(0o755)
    return environment(
        HOME=str(tmp_path),
        PATH=f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        CODITECT_LICENSE_HARDWARE_ID=hardware,
        CODITECT_LICENSE_STATE_DIR=str(tmp_path / "state"),
        NO_PROXY="*",
        # What the checkout is built and installed with is here already.
        PIP_NO_BUILD_ISOLATION="0",
        PIP_NO_DEPS="1",
        PIP_TARGET=str(tmp_path / "site"),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
    )


def filled_in(text: str, devstack: Devstack) -> str:
    """With URLs and a licence key that exist."""
    real = {
        "https://licences.acme.example": devstack.url,
        "https://licences.globex.example": devstack.globex_url,
        "https://id.example.com": devstack.issuer,
        "lk_…": devstack.license_key("desk"),
    }
    for example, there in real.items():
        text = text.replace(example, there)
    return text


@pytest.mark.parametrize("snippet", snippets("python"), ids=named)
def test_python(snippet: Snippet, desk: dict[str, str], devstack: Devstack, tmp_path: Path) -> None:
    (tmp_path / "snippet.py").write_text(filled_in(snippet.code, devstack), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "snippet.py"],
        cwd=tmp_path,
        env=desk,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or "print" not in snippet.code


@pytest.mark.parametrize("snippet", snippets("console"), ids=named)
def test_console(snippet: Snippet, desk: dict[str, str], devstack: Devstack, tmp_path: Path) -> None:
    variables = {**desk, "CODITECT_LICENSE_URL": devstack.url, "CODITECT_LICENSE_KEY": devstack.license_key("desk")}
    if "clients/python/test" in snippet.code:
        # It is what runs this: only that it knows the option is tried.
        assert "--fast" in subprocess.check_output([ROOT / "clients/python/test", "--help"], text=True)
        return
    commands = [part for part in re.split(r"(?m)^\$ ", filled_in(snippet.code, devstack)) if part]
    script, expected = "set -e\n", []
    for number, command in enumerate(commands):
        line, _, output = command.partition("\n")
        script += f"echo '== {number}'\n{line}\n"
        expected.append(output.strip())
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    shown = re.split(r"(?m)^== \d+\n", done.stdout)[1:]
    for command, said, shall in zip(commands, shown, expected):
        pattern = re.escape(" ".join(shall.split())).replace("…", ".*")
        assert re.fullmatch(pattern, " ".join(said.split()), re.DOTALL), f"{command}\nsaid:\n{said}"


@pytest.mark.parametrize("snippet", snippets("ini"), ids=named)
def test_ini(snippet: Snippet, tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    file.write_text(snippet.code)
    settings = resolve({"settings_file": file}, {"HOME": str(tmp_path)})
    assert settings.product == "acme-desk"


def test_every_link_leads_somewhere() -> None:
    for page in (README, README.with_name("REFERENCE.md")):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert target.startswith("https://") or (page.parent / target).exists(), f"{page.name}: {target}"
