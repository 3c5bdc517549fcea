"""What is asked, and in what order, by what was answered before. No network: replies are given by hand."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Union

from coditect_license_client import AuthenticationError, SeatState, ServerUnreachableError
from coditect_license_client._calls import Call, Patience, Pause, Reply, acquire, keep
from coditect_license_client._clock import elapsed
from coditect_license_client._core import SeatCore
from coditect_license_client._holder import Holder, holder_of
from coditect_license_client._lease import Lease
from coditect_license_client._proof import Proof
from coditect_license_client._settings import resolve
from coditect_license_client._wire import Grant, Renewal, Request

AWAY = ServerUnreachableError("away")
RENEWAL = Renewal("token", "statement", datetime(2027, 1, 1, tzinfo=timezone.utc), 360, 120)


def holder() -> Holder:
    settings = {"url": "https://x.example", "license_key": "lk_x", "hardware_id": "machine"}
    return holder_of(resolve(settings, {"HOME": "/nowhere"}))


def seats(number: int) -> list[SeatCore]:
    asks = holder()
    grants = [Grant(f"session-{n}", "pool", "product", (), RENEWAL) for n in range(number)]
    return [SeatCore(Lease(grant, elapsed()), asks, Proof(asks.settings, asks), []) for grant in grants]


def asked(call: Call[Any], *errors: Exception) -> list[Union[Request, Pause]]:
    """What a call asks for where each request in turn fails as told."""
    steps = []
    given = iter(errors)
    try:
        step = next(call)
        while True:
            steps.append(step)
            step = call.send(None if isinstance(step, Pause) else Reply(0, error=next(given)))  # type: ignore[arg-type]
    except StopIteration:
        return steps


def paths(steps: list[Union[Request, Pause]]) -> list[str]:
    return [step.path.rpartition("/")[2] for step in steps if isinstance(step, Request)]


def test_seats_are_kept_together() -> None:
    cores = seats(3)
    assert paths(asked(keep(cores), AWAY)) == ["heartbeats"]
    assert {core.state for core in cores} == {SeatState.DEGRADED}


def test_seats_prove_themselves_where_their_callers_token_is_refused() -> None:
    cores = seats(3)
    refused = AuthenticationError("ended")
    steps = asked(keep(cores), refused, refused, refused, refused)
    assert paths(steps) == ["heartbeats", "heartbeat", "heartbeat", "heartbeat"]
    assert isinstance(steps[1], Request)
    assert steps[1].headers["Authorization"] == "Bearer token"


def test_once_nobody_answers_the_others_do_not_wait() -> None:
    cores = seats(3)
    assert paths(asked(keep(cores), AuthenticationError("ended"), AWAY)) == ["heartbeats", "heartbeat"]
    assert [core.error for core in cores] == [AWAY] * 3


def test_more_than_a_thousand_seats_are_two_calls() -> None:
    assert paths(asked(keep(seats(1001)), AWAY, AWAY)) == ["heartbeats", "heartbeat"]


def test_acquire_gives_up_after_its_patience() -> None:
    now = 0.0
    asks = holder()
    call = acquire(asks, Proof(asks.settings, asks), Patience(wait=0, retry_for=5), clock=lambda: now)
    requests = []
    step: Union[Request, Pause] = next(call)
    try:
        while True:
            if isinstance(step, Pause):
                now += step.seconds
                step = call.send(None)
            else:
                requests.append(step)
                step = call.send(Reply(now, error=AWAY))
    except ServerUnreachableError:
        pass
    assert len(requests) > 2
    assert now <= 5
    assert len({request.headers["Idempotency-Key"] for request in requests}) == 1
