"""Seats that are borrowed for days."""

from __future__ import annotations

import asyncio
import json
import stat
import time
from pathlib import Path
from typing import Any, Callable

import pytest

from coditect_license_client import (
    AsyncLicenseClient,
    BorrowedSeat,
    BorrowLimitError,
    BorrowNotOfferedError,
    BorrowTooLongError,
    ConfigurationError,
    InvalidTokenError,
    LicenseClient,
    NoBundleError,
    SeatState,
    SeatVerifier,
    ServerUnreachableError,
    StorageError,
    TokenExpiredError,
    read_bundle,
)
from harness.devstack import Devstack
from harness.faulty_link import FaultyLink, Trouble

ClientMaker = Callable[..., LicenseClient]
DAY = 86400


@pytest.fixture
def make_pinned(make_client: ClientMaker, devstack: Devstack, link: FaultyLink) -> ClientMaker:
    """Clients that have the roots pinned, behind a link that can fail."""

    def make(pool: str = "desk", **settings: Any) -> LicenseClient:
        return make_client(pool, **{"url": link.url, "roots_file": devstack.roots_file, "timeout": 5, **settings})

    return make


def set_clock(monkeypatch: pytest.MonkeyPatch, offset: float) -> None:
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + offset)


def borrowed_file(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "state").glob("*.borrowed.seat.json")
    return file


def days_left(borrowed: BorrowedSeat) -> float:
    return (borrowed.expires_at.timestamp() - time.time()) / DAY


def test_borrowed_seat_is_used_without_the_network_to_its_last_second(
    make_pinned: ClientMaker, link: FaultyLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    borrowed = make_pinned().borrow(days=7)
    assert days_left(borrowed) == pytest.approx(7, abs=0.01)
    assert borrowed.entitlements == {"drawing", "export"}
    link.connections = 0
    link.trouble = Trouble.CUT
    with monkeypatch.context() as later:
        set_clock(later, 6.9 * DAY)
        with make_pinned().seat(retry_for=0) as seat:
            assert (seat.state, seat.session_id) == (SeatState.BORROWED, borrowed.session_id)
            assert 0 < seat.expires_in < 0.11 * DAY
            assert seat.key_statement is None
            seat.require()
        with make_pinned(offline=True).seat() as seat:
            assert seat.held
    assert link.connections == 0
    set_clock(monkeypatch, 7 * DAY)
    with pytest.raises(ServerUnreachableError):
        make_pinned().seat(retry_for=0)


def test_borrowed_seat_that_has_ended_is_no_seat_offline(
    make_pinned: ClientMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_pinned().borrow(days=1)
    token = read_bundle(borrowed_file(tmp_path)).signed_token
    verifier = SeatVerifier(make_pinned().settings.pinned_roots() or "")
    set_clock(monkeypatch, DAY)
    with pytest.raises(TokenExpiredError):
        verifier.verify(token, None)
    with pytest.raises(NoBundleError):
        make_pinned(offline=True).seat()


def test_program_that_holds_the_seat_goes_on_and_gives_nothing_back(make_pinned: ClientMaker) -> None:
    client = make_pinned()
    with client.seat() as seat:
        borrowed = client.borrow(days=2)
        assert borrowed.session_id == seat.session_id
        assert seat.held
    assert client.validate(borrowed.session_id).expires_in > 1.9 * DAY


def test_returned_seat_is_free_and_its_token_is_refused(make_pinned: ClientMaker, tmp_path: Path) -> None:
    client = make_pinned()
    borrowed = client.borrow(days=2)
    token = read_bundle(borrowed_file(tmp_path)).signed_token
    assert client.validate(signed_token=token).valid

    client.return_borrowed()

    assert client.validate(signed_token=token).reason == "released"
    assert client.validate(borrowed.session_id).reason == "released"
    assert not list((tmp_path / "state").glob("*.borrowed.seat.json"))
    with client.seat() as seat:
        assert seat.state is SeatState.HELD
    with pytest.raises(NoBundleError):
        client.return_borrowed()


def test_returned_seat_is_on_the_revocation_list_to_its_end(make_pinned: ClientMaker, tmp_path: Path) -> None:
    client = make_pinned()
    client.borrow(days=2)
    token = read_bundle(borrowed_file(tmp_path)).signed_token
    client.return_borrowed()
    verifier = SeatVerifier(client.settings.pinned_roots() or "", tenant="acme")
    deadline = time.monotonic() + 10
    reason = ""
    while reason != "REVOKED" and time.monotonic() < deadline:
        fetched = client.revocations()
        revocations = verifier.verify_revocations(fetched.revocation_list, fetched.key_statement)
        try:
            verifier.verify(token, None, revocations=revocations)
        except InvalidTokenError as e:
            reason = e.reason
    assert reason == "REVOKED"


@pytest.mark.xdist_group("lender")
def test_seat_whose_answer_was_lost_is_the_same_machines_when_it_borrows_again(
    make_pinned: ClientMaker, link: FaultyLink
) -> None:
    # Three seats of which two are never lent: one is.
    client, other = make_pinned("lender"), make_pinned("lender", hardware_id="another machine")
    link.trouble = Trouble.ANSWER_LOST
    with pytest.raises(ServerUnreachableError, match="borrowing again has the same one"):
        client.borrow(days=1, retry_for=0)
    assert link.lost_answers == 1
    with pytest.raises(NoBundleError, match="borrow again"):
        client.return_borrowed()
    link.trouble = Trouble.NONE
    with pytest.raises(BorrowLimitError):
        other.borrow(days=1)
    assert days_left(client.borrow(days=1)) == pytest.approx(1, abs=0.01)
    client.return_borrowed()
    other.borrow(days=1)
    other.return_borrowed()


@pytest.mark.xdist_group("lender")
def test_terms_of_the_pool(make_pinned: ClientMaker) -> None:
    # Three seats of which two are never lent: one is.
    first, second = make_pinned("lender"), make_pinned("lender", hardware_id="another machine")
    with pytest.raises(BorrowTooLongError, match="3 days at most"):
        first.borrow(days=4)
    assert days_left(first.borrow()) == pytest.approx(3, abs=0.01)
    with pytest.raises(BorrowLimitError, match="acquire still works"):
        second.borrow(days=1)
    with second.seat() as seat:
        assert seat.held
    first.return_borrowed()
    second.borrow(days=1)
    second.return_borrowed()


def test_borrowed_seat_knows_the_end_of_the_licence_offline(make_pinned: ClientMaker, link: FaultyLink) -> None:
    client = make_pinned("ending")
    end = client.borrow(days=1).license_expires_at
    assert end is not None
    link.trouble = Trouble.CUT
    with make_pinned("ending").seat() as seat:
        assert (seat.state, seat.license_expires_at) == (SeatState.BORROWED, end)
    link.trouble = Trouble.NONE
    client.return_borrowed()


def test_pool_that_lends_nothing(make_pinned: ClientMaker) -> None:
    with pytest.raises(BorrowNotOfferedError):
        make_pinned("short").borrow(days=1)


def test_borrowing_again_makes_it_longer(make_pinned: ClientMaker) -> None:
    client = make_pinned()
    first, longer = client.borrow(days=1), client.borrow(days=2)
    assert longer.session_id == first.session_id
    assert days_left(client.borrow(days=1)) == pytest.approx(days_left(longer), abs=0.001)
    client.return_borrowed()


def test_without_pinned_roots_nothing_is_borrowed(make_client: ClientMaker, devstack: Devstack) -> None:
    with pytest.raises(ConfigurationError, match="roots_file"):
        make_client("desk").borrow(days=1)


def test_read_only_home_borrows_nothing(make_pinned: ClientMaker, tmp_path: Path, link: FaultyLink) -> None:
    (tmp_path / "file").write_text("")
    client = make_pinned(state_dir=tmp_path / "file" / "state")
    with pytest.raises(StorageError, match="CODITECT_LICENSE_STATE_DIR"):
        client.borrow(days=1)
    assert link.connections == 0


def test_bundle_is_for_its_owner_and_for_this_machine(make_pinned: ClientMaker, tmp_path: Path) -> None:
    client = make_pinned()
    client.borrow(days=1)
    file = borrowed_file(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    header, claims, signature = read_bundle(file).signed_token.split(".")
    forged = {**json.loads(file.read_text()), "signed_token": f"{header}.{claims}.{'A' * len(signature)}"}
    genuine = file.read_text()
    file.write_text(json.dumps(forged))
    with client.seat() as seat:
        assert seat.state is SeatState.HELD, "a forged one is passed over while there is a network"
    file.write_text(genuine)
    client.return_borrowed()


def test_asyncio(devstack: Devstack, link: FaultyLink, hardware: str, tmp_path: Path) -> None:
    async def trip() -> None:
        async with AsyncLicenseClient(
            link.url,
            license_key=devstack.license_key("desk"),
            hardware_id=hardware,
            state_dir=tmp_path / "state",
            roots_file=devstack.roots_file,
        ) as client:
            await client.borrow(days=1)
            link.trouble = Trouble.CUT
            async with client.seat() as seat:
                assert seat.state is SeatState.BORROWED
            link.trouble = Trouble.NONE
            await client.return_borrowed()

    asyncio.run(trip())
