"""Machines are named by what was recorded of real ones."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Optional

import pytest

from coditect_license_client import FingerprintError
from coditect_license_client._fingerprint import Fingerprint, Machine, _report, fingerprint

MACHINES = Path(__file__).parent / "machines"
GUID = "f8c1d2e3-4a5b-6c7d-8e9f-0a1b2c3d4e5f"
IOREG = (MACHINES / "macos.ioreg.txt").read_text()


def machine(
    name: str, platform: str = "linux", *, report: str = "", registry: str = "", host: str = "web-5d9c"
) -> Machine:
    return Machine(platform, MACHINES / name, lambda _: report, lambda: registry, lambda: host)


def named(of: Machine, salt: str = "acme-cad") -> Fingerprint:
    return fingerprint(salt, of)


@pytest.mark.parametrize(
    ("of", "source"),
    [
        (machine("linux"), "machine-id"),
        (machine("linux-dbus-only"), "machine-id"),
        (machine("wsl"), "machine-id"),
        (machine("docker"), "container id"),
        (machine("docker-baked"), "container id"),
        (machine("docker-mounted"), "mounted machine-id"),
        (machine("docker-cgroup-v1"), "container id"),
        (machine("podman"), "container id"),
        (machine("kubernetes"), "container's host name"),
        (machine("nothing", "darwin", report=IOREG), "IOPlatformUUID"),
        (machine("nothing", "win32", registry=GUID), "MachineGuid"),
    ],
)
def test_source(of: Machine, source: str) -> None:
    found = named(of)
    assert found.source == source
    assert re.fullmatch("[0-9a-f]{64}", found.hardware_id)
    assert named(of) == found


@pytest.mark.parametrize(
    "of",
    [
        machine("nothing"),
        machine("linux-uninitialized"),
        machine("linux-zeros"),
        machine("kubernetes", host="localhost"),
        machine("nothing", "darwin", report=""),
        machine("nothing", "darwin", report='"IOPlatformUUID" = "unknown"'),
        machine("nothing", "win32", registry=""),
        machine("nothing", "win32", registry="00000000-0000-0000-0000-000000000000"),
    ],
)
def test_machine_that_has_no_name_is_told(of: Machine) -> None:
    with pytest.raises(FingerprintError, match="CODITECT_LICENSE_HARDWARE_ID"):
        named(of)


def test_machine_id_that_an_image_bakes_in_is_noticed_and_not_used(caplog: pytest.LogCaptureFixture) -> None:
    baked, bare = named(machine("docker-baked")), named(machine("docker"))
    assert baked.hardware_id == bare.hardware_id
    assert "bakes in a machine id" in caplog.text


def test_machine_id_that_was_mounted_is_used(caplog: pytest.LogCaptureFixture) -> None:
    named(machine("docker-mounted"))
    assert caplog.text == ""


def test_name_differs_by_product_and_holds_nothing_of_the_machine() -> None:
    one, other = named(machine("linux"), "acme-cad"), named(machine("linux"), "globex-cad")
    assert one.hardware_id != other.hardware_id
    assert (MACHINES / "linux/etc/machine-id").read_text().strip() not in one.hardware_id + one.source


def test_windows_and_macos_spell_their_ids_in_any_case() -> None:
    lower, upper = (machine("nothing", "win32", registry=text) for text in (GUID, GUID.upper()))
    assert named(lower) == named(upper)


def test_name_stays_what_it_is() -> None:
    # A change here gives every customer's machine another name, and with it a second seat.
    assert named(machine("linux")).hardware_id == "1f9045f40f550d384130c5a49aa19f429730f09c07bf11bcdf822f83f88b40f5"


def test_this_machine_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Optional[Fingerprint] = fingerprint("acme-cad")
    assert found == fingerprint("acme-cad")


def test_report_with_letters_of_no_known_code_is_read() -> None:
    told = _report([sys.executable, "-c", 'import sys; sys.stdout.buffer.write(b\'\\xff "IOPlatformUUID" = "x"\')'])
    assert told == '\N{REPLACEMENT CHARACTER} "IOPlatformUUID" = "x"'


def test_report_that_there_is_not_is_empty() -> None:
    assert _report(["/nowhere/ioreg"]) == ""
