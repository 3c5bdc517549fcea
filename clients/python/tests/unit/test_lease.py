"""What a lease decides: its state and when to call next. Time is a number here."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Optional

import pytest

from coditect_license_client import (
    LicenseError,
    LicenseExpiredError,
    PoolExhaustedError,
    SeatEndedError,
    SeatState,
    ServerUnreachableError,
    ServiceUnavailableError,
    StateChange,
    SupersededError,
    UnknownSessionError,
    _pace,
)
from coditect_license_client._lease import Lease, Step
from coditect_license_client._wire import Grant, Renewal

NEVER = float("inf")
AWAY = ServerUnreachableError("away")


def renewal(expires_in: float = 360, heartbeat_after: float = 120) -> Renewal:
    return Renewal("token", "statement", datetime(2027, 1, 1, tzinfo=timezone.utc), expires_in, heartbeat_after)


def grant(**kwargs: float) -> Grant:
    return Grant("session", "pool", "product", (), renewal(**kwargs))


def lease(asked_at: float = 0, **kwargs: Any) -> Lease:
    settings: dict[str, Any] = {"reacquire": True, "chance": lambda: 0.0, **kwargs}
    return Lease(grant(), asked_at, **settings)


def states(change: Optional[StateChange]) -> Optional[tuple[SeatState, SeatState]]:
    return None if change is None else (change.old, change.new)


def test_life_is_counted_from_when_it_was_asked_for() -> None:
    held = lease(asked_at=1000)
    assert held.state(1359.9) is SeatState.HELD
    assert held.state(1360) is SeatState.LOST
    assert (held.remaining(1100), held.remaining(1360)) == (260, 0)


def test_heartbeat_is_as_advised_or_up_to_a_tenth_earlier() -> None:
    assert lease().next_call == 120
    assert lease(chance=lambda: 0.999).next_call == pytest.approx(108.012)


@pytest.mark.parametrize(
    ("advised", "expires_in", "seconds"),
    [(120, 360, 120), (28800, 86400, 300), (120, 30, 10), (120, 0, 1), (1, 8, 1)],
)
def test_interval(advised: float, expires_in: float, seconds: float) -> None:
    assert _pace.after_success(advised, expires_in, lambda: 0.0) == seconds


@pytest.mark.parametrize(
    ("failures", "retry_after", "remaining", "seconds"),
    [
        (1, None, 100, 1),
        (2, None, 100, 2),
        (3, None, 100, 4),
        (9, None, 100, 30),
        (10_000, None, 100, 30),
        (1, 20, 100, 20),
        (1, 200, 100, 99),  # a last try before the end
        (9, None, 1.2, 0.5),
        (9, 200, 0, 200),  # nothing is lost any more
    ],
)
def test_retry(failures: int, retry_after: Optional[float], remaining: float, seconds: float) -> None:
    assert _pace.after_failure(failures, retry_after, remaining, lambda: 1.0) == seconds


def test_retries_of_many_programs_are_spread() -> None:
    assert _pace.after_failure(4, None, 100, lambda: 0.0) == _pace.after_failure(4, None, 100, lambda: 1.0) / 2


def test_trouble_degrades_and_an_answer_mends() -> None:
    held = lease()
    held.failed(AWAY, 120)
    assert states(held.change(120)) == (SeatState.HELD, SeatState.DEGRADED)
    assert held.next_call == 120.5
    held.renewed(renewal(), 121)
    change = held.change(121)
    assert states(change) == (SeatState.DEGRADED, SeatState.HELD)
    assert change is not None
    assert change.error is None
    assert held.next_call == 241


def test_trouble_that_outlasts_the_token_loses_the_seat_and_asks_on() -> None:
    held = lease()
    held.failed(AWAY, 359)
    assert states(held.change(360)) == (SeatState.HELD, SeatState.LOST)
    held.failed(AWAY, 361)
    assert held.next_call < 365
    assert held.step is Step.HEARTBEAT, "somebody of the same holder may have the seat: ask before taking it"


def test_lease_that_ended_while_the_machine_slept_is_acquired_anew() -> None:
    held = lease()
    assert states(held.change(5000)) == (SeatState.HELD, SeatState.LOST)
    held.failed(SeatEndedError("ended"), 5000)
    assert (held.step, held.next_call) == (Step.ACQUIRE, 5000)
    assert held.regranted(grant(), 5001)
    assert states(held.change(5001)) == (SeatState.LOST, SeatState.HELD)


@pytest.mark.parametrize("error", [SeatEndedError("ended"), UnknownSessionError("?"), SupersededError("taken")])
def test_seat_that_somebody_ended_is_lost_for_good(error: LicenseError) -> None:
    held = lease()
    held.failed(error, 120)
    assert states(held.change(120)) == (SeatState.HELD, SeatState.LOST)
    assert held.next_call == NEVER


def test_holder_who_acquired_elsewhere_meanwhile_keeps_the_seat() -> None:
    held = lease()
    held.failed(SupersededError("taken"), 5000)
    assert held.next_call == NEVER


def test_without_reacquire_a_lost_seat_stays_lost() -> None:
    held = lease(reacquire=False)
    held.change(5000)
    assert held.next_call == NEVER
    held = lease(reacquire=False)
    held.failed(SeatEndedError("ended"), 5000)
    assert held.next_call == NEVER


def test_licence_that_ended_leaves_the_seat_to_its_end_and_is_not_asked_for_again() -> None:
    held = lease()
    held.failed(LicenseExpiredError("ended"), 120)
    assert held.state(120) is SeatState.DEGRADED
    assert held.next_call < 360
    held.failed(LicenseExpiredError("ended"), 361)
    assert held.next_call == NEVER


def test_full_pool_is_asked_often_where_the_seat_is_wanted_back() -> None:
    held = lease()
    held.failed(SeatEndedError("ended"), 5000)
    held.failed(PoolExhaustedError("full", retry_after=360), 5000)
    assert 5000 < held.next_call <= 5010


def test_stored_seat_is_offline_until_the_server_says_more() -> None:
    stored = lease(contact=SeatState.OFFLINE)
    assert (stored.state(0), stored.next_call) == (SeatState.OFFLINE, 0)
    stored.failed(AWAY, 0)
    assert stored.state(1) is SeatState.OFFLINE
    stored.renewed(renewal(), 2)
    assert states(stored.change(2)) == (SeatState.OFFLINE, SeatState.HELD)


def test_what_comes_after_the_release_changes_nothing() -> None:
    held = lease()
    held.released()
    held.renewed(renewal(), 1)
    held.failed(ServiceUnavailableError("x"), 1)
    assert not held.regranted(grant(), 1)
    assert (held.state(1), held.next_call, held.change(1)) == (SeatState.RELEASED, NEVER, None)
