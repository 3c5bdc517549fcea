"""A seat from its grant to its release, against the real API."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from typing import Callable

import pytest

from coditect_license_client import (
    ConfigurationError,
    LicenseClient,
    SeatLostError,
    SeatState,
    SeatVerifier,
    StateChange,
    SupersededError,
    _keeper,
)
from coditect_license_client._keeper import Round
from harness.devstack import Devstack
from harness.faulty_link import FaultyLink
from harness.waiting import wait_until

ClientMaker = Callable[..., LicenseClient]

# A pod may say for half a second that a pool is full from which a seat was just given back.
WAIT = 20.0
KEEPER = "coditect-license-keeper"


def test_is_held_inside_with_and_given_back_after_it(make_client: ClientMaker) -> None:
    client = make_client()
    with client.seat() as seat:
        assert (seat.state, seat.held, seat.pool, seat.product) == (SeatState.HELD, True, "short", "acme-short")
        assert seat.entitlements == {"export"}
        assert client.validate(seat.session_id).valid
        seat.require()

    assert seat.state is SeatState.RELEASED
    assert client.validate(seat.session_id).reason == "released"
    with pytest.raises(SeatLostError, match="released"):
        seat.require()


def test_is_given_back_where_the_program_failed(make_client: ClientMaker) -> None:
    client = make_client()
    with pytest.raises(ZeroDivisionError), client.seat() as seat:
        raise ZeroDivisionError
    assert not client.validate(seat.session_id).valid


def test_release_again_does_nothing(make_client: ClientMaker) -> None:
    seat = make_client().seat()
    assert seat.release()
    assert seat.release()


def test_outlives_its_lease_by_heartbeats(make_client: ClientMaker) -> None:
    client = make_client()
    with client.seat() as seat:
        first, lease = seat.signed_token, seat.expires_in
        assert lease < 10
        tokens = {first}

        def was_renewed_for_two_leases() -> bool:
            tokens.add(seat.signed_token)
            return len(tokens) > 6

        wait_until(was_renewed_for_two_leases)
        assert client.validate(seat.session_id).valid
        assert seat.state is SeatState.HELD


def test_end_of_the_licence_is_told_by_acquire_heartbeat_and_validate(make_client: ClientMaker) -> None:
    client = make_client("ending")
    with client.seat() as seat:
        first, end = seat.signed_token, seat.license_expires_at
        assert end is not None
        assert 5 < (end - datetime.now(timezone.utc)) / timedelta(days=1) < 5.2
        assert client.validate(seat.session_id).license_expires_at == end
        wait_until(lambda: seat.signed_token != first)
        assert seat.license_expires_at == end
    with make_client("short").seat() as seat:
        assert seat.license_expires_at is None
        assert client.validate(seat.session_id).license_expires_at is None


def test_many_seats_are_kept_by_one_thread_and_one_call(make_client: ClientMaker, link: FaultyLink) -> None:
    client = make_client(url=link.url)
    seats = [client.seat(instance=f"worker-{n}") for n in range(20)]
    assert [thread.name for thread in threading.enumerate()].count(KEEPER) == 1
    tokens = [seat.signed_token for seat in seats]

    wait_until(lambda: all(seat.signed_token != token for seat, token in zip(seats, tokens)))

    assert link.count("/licenses/heartbeats ") >= 1
    assert link.count("/licenses/heartbeat ") <= 2
    client.close()
    assert {seat.state for seat in seats} == {SeatState.RELEASED}
    wait_until(lambda: KEEPER not in [thread.name for thread in threading.enumerate()])


def test_decorated_calls_that_overlap_share_one_seat(make_client: ClientMaker, link: FaultyLink) -> None:
    client = make_client(url=link.url)
    meet = threading.Barrier(3, timeout=20)

    @client.with_seat()
    def work(number: int) -> int:
        meet.wait()
        return number * 2

    results: list[int] = []
    threads = [threading.Thread(target=lambda n=n: results.append(work(n))) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [0, 2, 4]
    assert link.count("/licenses/acquire ") == 1
    assert link.count("/licenses/release ") == 1


def test_decorating_what_runs_on_after_its_call_is_refused(make_client: ClientMaker) -> None:
    async def later() -> None: ...

    with pytest.raises(TypeError, match="AsyncLicenseClient"):
        make_client().with_seat()(later)


def test_second_seat_of_the_same_holder_is_refused_before_it_takes_the_first(make_client: ClientMaker) -> None:
    client = make_client()
    with client.seat() as seat:
        with pytest.raises(ConfigurationError, match="instance"):
            client.seat()
        assert client.validate(seat.session_id).valid


def test_says_so_where_another_program_took_the_seat(make_client: ClientMaker) -> None:
    changes: list[StateChange] = []
    first = make_client().seat(on_change=changes.append)
    with make_client().seat():
        wait_until(lambda: changes)
    assert (changes[0].old, changes[0].new) == (SeatState.HELD, SeatState.LOST)
    assert isinstance(first.error, SupersededError)
    with pytest.raises(SupersededError, match="instance of its own"):
        first.require()


def test_is_lost_for_good_where_somebody_ended_it(make_client: ClientMaker) -> None:
    client = make_client()
    seat = client.seat()
    # As an administrator does it; the program is not asked.
    other = make_client()
    from coditect_license_client import _calls

    _calls.drive(_calls.release(seat.session_id, seat.signed_token), other._transport)

    wait_until(lambda: seat.state is SeatState.LOST)
    assert client._keeper.cores[0].next_call == float("inf")


def test_callback_that_fails_disturbs_nothing(make_client: ClientMaker, caplog: pytest.LogCaptureFixture) -> None:
    def fail(change: StateChange) -> None:
        raise RuntimeError("of the callback")

    seat = make_client().seat(on_change=fail)
    token = seat.signed_token
    seat._core._lease._told = SeatState.DEGRADED  # as if a trouble had just ended
    wait_until(lambda: seat.signed_token != token)
    wait_until(lambda: "of the callback" in caplog.text)
    assert seat.state is SeatState.HELD


def test_token_is_genuine(make_client: ClientMaker, devstack: Devstack, hardware: str) -> None:
    with make_client().seat() as seat:
        verifier = SeatVerifier(
            devstack.roots_file.read_text(), tenant="acme", product="acme-short", hardware_id=hardware
        )
        claims = verifier.verify(seat.signed_token, seat.key_statement)
    assert claims.session_id == seat.session_id


@pytest.mark.xdist_group("single seat")
def test_waits_for_a_seat_of_a_full_pool(make_client: ClientMaker) -> None:
    holder = make_client("single", hardware_id="the one who has it").seat(wait=WAIT)
    seats = []
    waiting = threading.Thread(target=lambda: seats.append(make_client("single").seat(wait=60)))
    waiting.start()
    holder.release()
    waiting.join()
    assert seats[0].held
    seats[0].release()


def test_no_secret_is_logged_or_shown(
    make_client: ClientMaker, devstack: Devstack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    client = make_client()
    with client.seat() as seat:
        shown = caplog.text + repr(client) + repr(seat) + repr(client.settings) + str(client.settings)
        assert devstack.license_key("short") not in shown
        assert seat.signed_token not in shown


def test_defect_ends_neither_the_heartbeats_nor_the_program(
    make_client: ClientMaker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_keeper, "_LONGEST_NAP", 0.1)
    with make_client().seat() as seat:
        first = seat.signed_token
        with monkeypatch.context() as broken:
            broken.setattr(Round, "due", lambda _: 1 / 0)
            wait_until(lambda: caplog.text.count("A round of heartbeats failed") >= 2)
        wait_until(lambda: seat.signed_token != first)
        assert seat.state is SeatState.HELD
