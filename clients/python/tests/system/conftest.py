"""What the tests against the real API share."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

from coditect_license_client import LicenseClient
from harness.devstack import Devstack, running
from harness.faulty_link import FaultyLink

ClientMaker = Callable[..., LicenseClient]


@pytest.fixture(scope="session")
def devstack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devstack]:
    with running(tmp_path_factory.mktemp("platform")) as up:
        yield up


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of whoever runs the tests is read or written."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def hardware() -> str:
    """A machine of the test's own."""
    return f"test-{uuid.uuid4()}"


@pytest.fixture
def open_client(tmp_path: Path) -> Iterator[ClientMaker]:
    """Makes clients that keep what they store in a folder of the test's own, and closes them in the end."""
    with contextlib.ExitStack() as clients:

        def opened(**settings: Any) -> LicenseClient:
            return clients.enter_context(LicenseClient(**{"state_dir": tmp_path / "state", **settings}))

        yield opened


@pytest.fixture
def make_client(devstack: Devstack, hardware: str, open_client: ClientMaker) -> ClientMaker:
    """Makes clients of a pool."""

    def make(pool: str = "short", **settings: Any) -> LicenseClient:
        defaults = {"url": devstack.url, "license_key": devstack.license_key(pool), "hardware_id": hardware}
        return open_client(**{**defaults, **settings})

    return make


@pytest.fixture
def link(devstack: Devstack) -> Iterator[FaultyLink]:
    """A network between the client and the real API that can fail."""
    with FaultyLink(devstack.url) as faulty:
        yield faulty
