"""What a program sees while the network or the server fails, with the real API behind the trouble."""

from __future__ import annotations

import threading
import time
from typing import Callable

import pytest

from coditect_license_client import (
    LicenseClient,
    LicenseError,
    Seat,
    SeatState,
    ServerUnreachableError,
    ServiceUnavailableError,
    StateChange,
    WrongServerError,
)
from harness.devstack import Devstack
from harness.faulty_link import FaultyLink, Trouble
from harness.waiting import wait_until

ClientMaker = Callable[..., LicenseClient]

HEARTBEAT_TROUBLES = [trouble for trouble in Trouble if trouble is not Trouble.NONE]


@pytest.mark.parametrize("trouble", HEARTBEAT_TROUBLES, ids=lambda trouble: trouble.name)
def test_seat_is_degraded_while_the_trouble_lasts_and_held_after_it(
    make_client: ClientMaker, link: FaultyLink, trouble: Trouble
) -> None:
    changes: list[SeatState] = []
    with make_client(url=link.url, timeout=1).seat(on_change=lambda change: changes.append(change.new)) as seat:
        session = seat.session_id
        link.trouble = trouble
        wait_until(lambda: changes)
        assert changes == [SeatState.DEGRADED]
        assert seat.held
        seat.require()
        link.trouble = Trouble.NONE
        wait_until(lambda: len(changes) == 2)
        assert changes[1] is SeatState.HELD
        assert seat.session_id == session


def test_seat_that_was_lost_to_an_outage_comes_back_by_itself(make_client: ClientMaker, link: FaultyLink) -> None:
    changes: list[StateChange] = []
    with make_client(url=link.url, timeout=1).seat(on_change=changes.append) as seat:
        session = seat.session_id
        link.trouble = Trouble.CUT
        wait_until(lambda: seat.state is SeatState.LOST)
        assert not seat.held
        link.trouble = Trouble.NONE
        wait_until(lambda: seat.state is SeatState.HELD)
        wait_until(lambda: changes[-1].new is SeatState.HELD)
        # By a heartbeat where the lease had not ended yet, two seconds after the token; else by a new session.
        assert [change.new for change in changes] == [SeatState.DEGRADED, SeatState.LOST, SeatState.HELD]
        assert make_client().validate(seat.session_id).valid
        assert session


def test_seat_is_not_acquired_anew_where_that_is_not_wanted(make_client: ClientMaker, link: FaultyLink) -> None:
    client = make_client(url=link.url, timeout=1)
    with client.seat(reacquire=False) as seat:
        link.trouble = Trouble.CUT
        wait_until(lambda: seat.state is SeatState.LOST)
        wait_until(lambda: client._keeper.cores[0].next_call == float("inf"))


def test_lost_answer_costs_no_second_session(make_client: ClientMaker, link: FaultyLink) -> None:
    link.trouble = Trouble.ANSWER_LOST
    opened: list[Seat] = []
    opening = threading.Thread(target=lambda: opened.append(make_client(url=link.url).seat(retry_for=30)))
    opening.start()
    wait_until(lambda: link.lost_answers)
    link.trouble = Trouble.NONE
    opening.join()
    lines = [line for request in link.requests for line in request.lower().splitlines()]
    keys = {line for line in lines if line.startswith(b"idempotency-key")}
    assert link.count("/licenses/acquire ") >= 2
    assert len(keys) == 1
    assert opened[0].held
    opened[0].release()


@pytest.mark.parametrize(
    ("trouble", "kind", "told"),
    [
        (Trouble.CUT, ServerUnreachableError, "check"),
        (Trouble.SILENT, ServerUnreachableError, "did not answer in time"),
        (Trouble.DRIP, ServerUnreachableError, "did not arrive within 1 s"),
        (Trouble.ANSWER_LOST, ServerUnreachableError, "broke off"),
        (Trouble.NONSENSE, WrongServerError, "sign-in pages"),
        (Trouble.BAD_GATEWAY, ServiceUnavailableError, "502"),
    ],
    ids=lambda value: value.name if isinstance(value, Trouble) else "",
)
def test_acquire_says_what_is_wrong(
    make_client: ClientMaker, link: FaultyLink, trouble: Trouble, kind: type[LicenseError], told: str
) -> None:
    link.trouble = trouble
    with pytest.raises(kind, match=told):
        make_client(url=link.url, timeout=1).seat(retry_for=0)


def test_release_without_a_network_raises_nothing_and_says_so(
    make_client: ClientMaker, link: FaultyLink, caplog: pytest.LogCaptureFixture
) -> None:
    seat = make_client(url=link.url, timeout=1).seat()
    link.trouble = Trouble.CUT
    assert not seat.release()
    assert "comes free when its lease ends" in caplog.text


def test_release_while_a_heartbeat_hangs_does_not_wait_for_it(make_client: ClientMaker, link: FaultyLink) -> None:
    seat = make_client(url=link.url, timeout=30).seat()
    before = link.count("/licenses/heartbeat ")
    link.trouble = Trouble.SILENT
    wait_until(lambda: link.count("/licenses/heartbeat ") > before)
    link.trouble = Trouble.NONE
    began = time.monotonic()
    assert seat.release()
    assert time.monotonic() - began < 3


def test_goes_through_a_proxy(make_client: ClientMaker, devstack: Devstack, link: FaultyLink) -> None:
    # The link forwards to the API whatever it is asked for, as a proxy that knows one server only.
    client = make_client(url=devstack.url, proxy=link.url)
    with client.seat() as seat:
        assert seat.held
    assert link.count(f"POST {devstack.url}/api/v1/licenses/acquire ") == 1


def test_proxy_of_the_environment_is_used(
    make_client: ClientMaker, devstack: Devstack, link: FaultyLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", link.url)
    monkeypatch.setenv("NO_PROXY", "")
    with make_client().seat() as seat:
        assert seat.held
    assert link.count("/licenses/acquire ") == 1
