"""Names the machine, so that it holds one seat however often a program starts on it.

What identifies the machine never leaves it: it is hashed with the product, so that two vendors cannot compare notes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from .errors import FingerprintError

log = logging.getLogger("coditect_license_client")

_PREFIX = "coditect-license-client/1"
_MACHINE_ID = re.compile("[0-9a-f]{32}")
_CONTAINER_ID = re.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_UUID = re.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PLATFORM_UUID = re.compile(r'"IOPlatformUUID"\s*=\s*"([^"]+)"')
# Where every byte is the same, a vendor left it out.
_NOTHING = re.compile(r"(.)\1*")
_REPORT_SECONDS = 10


@dataclass(frozen=True)
class Fingerprint:
    """A machine's name.

    Attributes:
        hardware_id: What is sent: a hash.
        source: What was hashed, for people; not its value.
    """

    hardware_id: str
    source: str


@dataclass(frozen=True)
class _Found:
    source: str
    value: str


@dataclass(frozen=True)
class Machine:
    """What a fingerprint is made of: this machine, or a recorded one in tests.

    Attributes:
        platform: As ``sys.platform``.
        root: Where the file system begins.
        report: Runs a command and answers its output.
        registry: Answers Windows' MachineGuid.
        hostname: The machine's name.
    """

    platform: str
    root: Path
    report: Callable[[list[str]], str]
    registry: Callable[[], str]
    hostname: Callable[[], str]

    def read(self, path: str) -> str:
        """A file's text, stripped; empty where it cannot be read."""
        try:
            return (self.root / path.lstrip("/")).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return (self.root / path.lstrip("/")).exists()


def fingerprint(salt: str, machine: Optional[Machine] = None) -> Fingerprint:
    """Names this machine for one product.

    Args:
        salt: The product, or what stands for it: with another one the same machine has another name.
        machine: Instead of this one.

    Raises:
        FingerprintError: Nothing was found to name it by.
    """
    found = _find(machine or _this_machine())
    if found is None:
        raise FingerprintError(
            "this machine cannot be named (no machine id, no container id): set CODITECT_LICENSE_HARDWARE_ID to a text"
            " that is its own and stays the same"
        )
    text = "\0".join((_PREFIX, salt, found.source, found.value))
    return Fingerprint(hashlib.sha256(text.encode("utf-8")).hexdigest(), found.source)


def _find(machine: Machine) -> Optional[_Found]:
    if machine.platform == "darwin":
        return _macos(machine)
    if machine.platform == "win32":
        return _windows(machine)
    return _container(machine) if _is_container(machine) else _linux(machine)


def _linux(machine: Machine) -> Optional[_Found]:
    """Also WSL, where each distribution has a machine id of its own."""
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        value = machine.read(path).lower()
        if _MACHINE_ID.fullmatch(value) and not _NOTHING.fullmatch(value):
            return _Found("machine-id", value)
    return None


def _is_container(machine: Machine) -> bool:
    if machine.exists("/.dockerenv") or machine.exists("/run/.containerenv"):
        return True
    return bool(re.search("docker|kubepods|containerd|libpod|lxc", machine.read("/proc/1/cgroup")))


def _container(machine: Machine) -> Optional[_Found]:
    """The container's own id, else its name.

    Its machine id comes with the image, and all containers of the image would share one seat. Only one that was
    mounted from outside names something.
    """
    mounts = machine.read("/proc/self/mountinfo")
    machine_id = _linux(machine)
    if machine_id is not None and " /etc/machine-id " in mounts:
        return _Found("mounted machine-id", machine_id.value)
    if machine_id is not None:
        log.warning(
            "The image of this container bakes in a machine id, which every container of it shares: it is not used."
            " Remove /etc/machine-id from the image, or set CODITECT_LICENSE_HARDWARE_ID."
        )
    return _container_id(machine, mounts) or _named(machine)


def _container_id(machine: Machine, mounts: str) -> Optional[_Found]:
    # Engines mount /etc/hostname and others from a folder that has the container's id for its name.
    lines = [line for line in mounts.splitlines() if re.search(" /etc/(hostname|hosts|resolv.conf) ", line)]
    for text in (*lines, *machine.read("/proc/self/cgroup").splitlines()):
        match = _CONTAINER_ID.search(text)
        if match:
            return _Found("container id", match.group())
    return None


def _named(machine: Machine) -> Optional[_Found]:
    name = machine.hostname()
    return _Found("container's host name", name) if name and name != "localhost" else None


def _macos(machine: Machine) -> Optional[_Found]:
    match = _PLATFORM_UUID.search(machine.report(["/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"]))
    return _uuid("IOPlatformUUID", match.group(1)) if match else None


def _windows(machine: Machine) -> Optional[_Found]:
    return _uuid("MachineGuid", machine.registry())


def _uuid(source: str, text: str) -> Optional[_Found]:
    value = text.strip().lower()
    usable = _UUID.fullmatch(value) and not _NOTHING.fullmatch(value.replace("-", ""))
    return _Found(source, value) if usable else None


def _this_machine() -> Machine:
    import socket

    return Machine(sys.platform, Path(os.sep), _report, _machine_guid, socket.gethostname)


def _report(command: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=_REPORT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _machine_guid() -> str:
    if sys.platform != "win32":
        return ""
    import winreg

    try:
        # The 64-bit view: a 32-bit program would see another key, or none.
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography", 0, access) as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    except OSError:
        return ""
