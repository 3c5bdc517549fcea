"""What the tests against the real API share."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

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
def make_client(devstack: Devstack, hardware: str, tmp_path: Path) -> Iterator[ClientMaker]:
    """Makes clients of a pool, and closes them."""
    made: list[LicenseClient] = []

    def make(pool: str = "short", **settings: object) -> LicenseClient:
        defaults = {
            "url": devstack.url,
            "license_key": devstack.license_key(pool),
            "hardware_id": hardware,
            "state_dir": tmp_path / "state",
        }
        client = LicenseClient(**{**defaults, **settings})  # type: ignore[arg-type]
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def link(devstack: Devstack) -> Iterator[FaultyLink]:
    """A network between the client and the real API that can fail."""
    with FaultyLink(devstack.url) as faulty:
        yield faulty
