"""Pods that hold seats by their service account's token, with no licence key anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

from coditect_license_client import AuthenticationError, ConfigurationError, LicenseClient, PoolNotOpenError, SeatState
from harness.devstack import Devstack
from harness.faulty_link import FaultyLink
from harness.waiting import wait_until

Pod = Callable[..., LicenseClient]


@pytest.fixture
def token_file(devstack: Devstack, tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(devstack.pod_token("globex"))
    return file


@pytest.fixture
def pod(devstack: Devstack, token_file: Path, hardware: str, open_client: Pod) -> Pod:
    """A client in a pod: it knows where, of which pool, and who it is. The tests share the pod, not its seats."""

    def make(**settings: Any) -> LicenseClient:
        defaults = {
            "url": devstack.globex_url,
            "pool": "globex-cad",
            "token_file": token_file,
            "instance": hardware,
        }
        return open_client(**{**defaults, **settings})

    return make


@pytest.fixture
def link(devstack: Devstack) -> Iterator[FaultyLink]:
    with FaultyLink(devstack.globex_url) as faulty:
        yield faulty


def test_holds_a_seat_without_a_key(pod: Pod, link: FaultyLink) -> None:
    with pod(url=link.url).seat() as seat:
        first = seat.signed_token
        assert seat.product == "globex-cad"
        assert seat.hardware_id.startswith("kubernetes:default:renderer:")
        wait_until(lambda: seat.signed_token != first)
        assert seat.state is SeatState.HELD
    assert link.count('"pool": "globex-cad"') == 1
    assert link.count("license_key") == 0


def test_token_is_verified_as_this_pods_and_stored(
    pod: Pod, devstack: Devstack, tmp_path: Path, link: FaultyLink
) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_text(devstack.kubectl("get", "configmap", "globex-root", "-o", r"jsonpath={.data.roots\.pem}"))
    client = pod(roots_file=roots, tenant="globex", product="globex-cad")
    with client.seat(), pod(roots_file=roots, offline=True).seat() as offline:
        assert offline.state is SeatState.OFFLINE


def test_many_seats_are_kept_by_the_pods_token_and_each_by_its_own_where_that_is_refused(
    pod: Pod, token_file: Path, link: FaultyLink
) -> None:
    client = pod(url=link.url)
    seats = [client.seat(instance=f"{client.settings.instance}-{n}") for n in range(3)]

    def are_renewed() -> Callable[[], bool]:
        before = [seat.signed_token for seat in seats]
        return lambda: all(seat.signed_token != token for seat, token in zip(seats, before))

    wait_until(are_renewed())
    assert link.count("/licenses/heartbeats ") >= 1
    singles = link.count("/licenses/heartbeat ")

    header, claims, signature = token_file.read_text().split(".")
    token_file.write_text(f"{header}.{claims}.{signature[::-1]}")
    wait_until(are_renewed())
    assert link.count("/licenses/heartbeat ") >= singles + 3
    assert {seat.state for seat in seats} == {SeatState.HELD}


def test_pool_that_is_not_open(pod: Pod) -> None:
    with pytest.raises(PoolNotOpenError, match=r"spec\.serviceAccounts"):
        pod(pool="other").seat()


def test_pool_that_was_not_said(pod: Pod) -> None:
    with pytest.raises(ConfigurationError, match="CODITECT_LICENSE_POOL"):
        pod(pool=None).seat()


def test_token_for_another_tenant(pod: Pod, token_file: Path, devstack: Devstack) -> None:
    token_file.write_text(devstack.pod_token("acme"))
    with pytest.raises(AuthenticationError):
        pod().seat()
