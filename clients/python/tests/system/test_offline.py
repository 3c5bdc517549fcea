"""Seats that are proved without the network, by what an online start left behind."""

from __future__ import annotations

import dataclasses
import json
import stat
import sys
import time
from pathlib import Path
from typing import Any, Callable

import pytest

from coditect_license_client import (
    BundleCorruptedError,
    ClockSetBackError,
    InvalidTokenError,
    LicenseClient,
    NoBundleError,
    SeatState,
    SeatVerifier,
    ServerUnreachableError,
    StateChange,
    TokenExpiredError,
    WrongMachineError,
    read_bundle,
)
from coditect_license_client._desk import Desk
from coditect_license_client._store import Store
from harness.devstack import Devstack
from harness.faulty_link import FaultyLink, Trouble
from harness.programs import running
from harness.waiting import wait_until

ClientMaker = Callable[..., LicenseClient]


@pytest.fixture
def make_pinned(make_client: ClientMaker, devstack: Devstack, link: FaultyLink) -> ClientMaker:
    """Clients that have the roots pinned, behind a link that can fail."""

    def make(pool: str = "desk", **settings: Any) -> LicenseClient:
        return make_client(pool, **{"url": link.url, "roots_file": devstack.roots_file, "timeout": 1, **settings})

    return make


@pytest.fixture
def bundle(make_pinned: ClientMaker, link: FaultyLink, tmp_path: Path) -> Path:
    """What a program left that acquired a seat and lost the network before it ended."""
    seat = make_pinned().seat()
    link.trouble = Trouble.CUT
    seat.release()
    (file,) = (tmp_path / "state").glob("*.seat.json")
    return file


def set_clock(monkeypatch: pytest.MonkeyPatch, offset: float) -> None:
    """Sets the clock of this process."""
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + offset)


def reason_offline(make_pinned: ClientMaker) -> str:
    """Why a stored seat proves nothing; empty where it does."""
    try:
        make_pinned(offline=True).seat()
    except InvalidTokenError as e:
        return e.reason
    return ""


def change(bundle: Path, **members: Any) -> None:
    bundle.write_text(json.dumps({**json.loads(bundle.read_text()), **members}))


def test_seat_is_stored_for_its_owner_only_and_forgotten_when_it_is_given_back(
    make_pinned: ClientMaker, tmp_path: Path
) -> None:
    with make_pinned().seat() as seat:
        (file,) = (tmp_path / "state").glob("*.seat.json")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        stored = read_bundle(file)
        assert (stored.signed_token, stored.session_id) == (seat.signed_token, seat.session_id)
        assert stored.revocation_list is not None
    assert not file.exists()


def test_every_heartbeat_stores_the_newer_token(make_pinned: ClientMaker, tmp_path: Path) -> None:
    with make_pinned("short").seat() as seat:
        (file,) = (tmp_path / "state").glob("*.seat.json")
        first = read_bundle(file).signed_token
        wait_until(lambda: read_bundle(file).signed_token != first)
        assert seat.held


def test_without_pinned_roots_nothing_is_stored(make_client: ClientMaker, tmp_path: Path) -> None:
    with make_client().seat():
        assert not (tmp_path / "state").exists()


def test_offline_asks_nobody(make_pinned: ClientMaker, bundle: Path, link: FaultyLink) -> None:
    link.requests.clear()
    link.trouble = Trouble.NONE
    with make_pinned(offline=True).seat() as seat:
        assert (seat.state, seat.held, seat.product) == (SeatState.OFFLINE, True, "acme-desk")
        assert 0 < seat.expires_in < 360
        assert seat.entitlements == {"drawing", "export"}
        seat.require()
    assert bundle.exists(), "a seat that was not given back can be gone on with"
    assert link.requests == []


def test_offline_ends_with_the_token_though_the_clock_is_set_back_meanwhile(
    make_pinned: ClientMaker, link: FaultyLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = make_pinned("short").seat()
    link.trouble = Trouble.CUT
    held.release()
    with make_pinned("short", offline=True).seat() as seat:
        set_clock(monkeypatch, -3600)
        wait_until(lambda: not seat.held)
        assert seat.state is SeatState.LOST


def test_program_that_starts_while_the_server_is_away_goes_on_with_its_seat(
    make_pinned: ClientMaker, bundle: Path, link: FaultyLink
) -> None:
    changes: list[StateChange] = []
    session = read_bundle(bundle).session_id
    with make_pinned().seat(retry_for=0, on_change=changes.append) as seat:
        assert seat.state is SeatState.OFFLINE
        link.trouble = Trouble.NONE
        wait_until(lambda: changes)
        assert [(each.old, each.new) for each in changes] == [(SeatState.OFFLINE, SeatState.HELD)]
        assert seat.session_id == session
    assert not bundle.exists()


def test_without_a_stored_seat_a_server_that_is_away_is_told(make_pinned: ClientMaker, link: FaultyLink) -> None:
    link.trouble = Trouble.CUT
    with pytest.raises(ServerUnreachableError):
        make_pinned().seat(retry_for=0)


def test_nothing_stored(make_pinned: ClientMaker) -> None:
    with pytest.raises(NoBundleError, match="acquire one online first"):
        make_pinned(offline=True).seat()


def test_token_that_has_ended(make_pinned: ClientMaker, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, 3600)
    with pytest.raises(TokenExpiredError):
        make_pinned(offline=True).seat()


def test_token_that_ended_stays_so_when_the_clock_is_set_back(
    make_pinned: ClientMaker, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A program that ran later has seen that time.
    Store(bundle.parent).saw(time.time() + 3600, "acme")
    with pytest.raises(ClockSetBackError, match="set it right"):
        make_pinned(offline=True).seat()


def test_bundle_of_another_machine(make_pinned: ClientMaker, bundle: Path) -> None:
    client = make_pinned(offline=True, hardware_id="another machine")
    ticket = Desk(client.settings).ticket(None, [], reacquire=False)
    bundle.rename(Store(bundle.parent).file(ticket.holder.identity))
    with pytest.raises(WrongMachineError):
        client.seat()


@pytest.mark.parametrize("member", ["signed_token", "key_statement"])
def test_forged_bundle(make_pinned: ClientMaker, bundle: Path, member: str) -> None:
    text = json.loads(bundle.read_text())[member]
    header, claims, signature = text.split(".")
    change(bundle, **{member: f"{header}.{claims}.{'A' * len(signature)}"})
    with pytest.raises(InvalidTokenError) as raised:
        make_pinned(offline=True).seat()
    assert raised.value.reason == "BAD_SIGNATURE"


@pytest.mark.parametrize("text", ["", "{", "{}"])
def test_damaged_bundle(make_pinned: ClientMaker, bundle: Path, text: str) -> None:
    bundle.write_text(text)
    with pytest.raises(BundleCorruptedError, match="delete it"):
        make_pinned(offline=True).seat()


def test_older_revocation_list_than_one_that_was_seen(make_pinned: ClientMaker, bundle: Path) -> None:
    Store(bundle.parent).saw(time.time(), "acme", 2**53 - 1)
    with pytest.raises(InvalidTokenError) as raised:
        make_pinned(offline=True).seat()
    assert raised.value.reason == "LIST_ROLLED_BACK"


def test_seat_that_was_given_back_is_on_the_list(make_pinned: ClientMaker, bundle: Path, link: FaultyLink) -> None:
    link.trouble = Trouble.NONE
    client = make_pinned()
    stored = read_bundle(bundle)
    # Released by somebody else: the stored token does not know.
    from coditect_license_client import _calls

    _calls.drive(_calls.release(stored.session_id, stored.signed_token), client._transport)

    def is_revoked() -> bool:
        fetched = client.revocations()
        change(bundle, revocation_list=fetched.revocation_list, revocation_statement=fetched.key_statement)
        return reason_offline(make_pinned) == "REVOKED"

    wait_until(is_revoked, 10)


def test_read_only_home_does_not_cost_the_seat(
    make_pinned: ClientMaker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with make_pinned(state_dir=tmp_path / "file" / "state").seat() as seat:
        assert seat.held
    assert "cannot be proved offline later" in caplog.text
    assert "CODITECT_LICENSE_STATE_DIR" in caplog.text


def test_damaged_memory_does_not_cost_the_seat(
    make_pinned: ClientMaker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "seen.json").write_text("{")
    with make_pinned().seat() as seat:
        assert seat.held
    assert "is damaged" in caplog.text


def test_clock_that_was_wrong_once_does_not_keep_from_running_offline(
    make_pinned: ClientMaker, link: FaultyLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        set_clock(wrong, 86400 * 365)
        make_pinned().seat().release()
    held = make_pinned().seat()
    link.trouble = Trouble.CUT
    held.release()
    with make_pinned(offline=True).seat() as seat:
        assert seat.held


def test_wrong_clock_does_not_matter_online(make_pinned: ClientMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, -86400 * 365)
    with make_pinned("short").seat() as seat:
        assert seat.held
        first = seat.signed_token
        wait_until(lambda: seat.signed_token != first)
        assert seat.state is SeatState.HELD


def test_offline_needs_no_httpx(make_pinned: ClientMaker, bundle: Path, devstack: Devstack) -> None:
    settings = make_pinned(offline=True).settings
    program = (
        "import sys; sys.modules['httpx'] = None\n"
        "from coditect_license_client import LicenseClient\n"
        f"seat = LicenseClient({settings.url!r}, license_key={settings.license_key!r}, offline=True,\n"
        f"    hardware_id={settings.hardware_id!r}, roots_file={str(settings.roots_file)!r},\n"
        f"    state_dir={str(settings.state_dir)!r}).seat()\n"
        "print(seat.state)"
    )
    with running([sys.executable, "-c", program], {}) as offline:
        assert offline.line() == "offline"


def test_verifier_is_all_a_service_needs(make_pinned: ClientMaker, devstack: Devstack) -> None:
    client = make_pinned("short")
    with client.seat() as seat:
        verifier = SeatVerifier(devstack.roots_file.read_text(), tenant="acme", product="acme-short")
        fetched = client.revocations()
        revocations = verifier.verify_revocations(fetched.revocation_list, fetched.key_statement)
        claims = verifier.verify(seat.signed_token, seat.key_statement, revocations=revocations)
    assert dataclasses.asdict(claims)["tenant"] == "acme"
