"""Who holds what, for those who may look, and the end of a session by an administrator."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable

import pytest

from coditect_license_client import (
    AsyncLicenseClient,
    AuthenticationError,
    ConfigurationError,
    HeldSession,
    LicenseClient,
    MissingRoleError,
    RefusedRequestError,
    SeatEndedError,
    SeatState,
    UnknownSessionError,
)
from harness.devstack import Devstack
from harness.faulty_link import FaultyLink
from harness.terminal import Terminal
from harness.waiting import wait_until

Caller = Callable[..., LicenseClient]
NOBODYS = "8aa7bdbc-0000-4000-8000-000000000000"


@pytest.fixture
def caller(devstack: Devstack, hardware: str, link: FaultyLink, open_client: Caller) -> Caller:
    """Clients of the tenant that believes the issuer's tokens, each of another subject."""

    def make(subject: str, **settings: Any) -> LicenseClient:
        defaults = {
            "url": link.url,
            "bearer_token": devstack.bearer_token(subject),
            "license_key": devstack.license_key("globex-cad"),
            "hardware_id": hardware,
        }
        return open_client(**{**defaults, **settings})

    return make


@pytest.fixture
def link(devstack: Devstack) -> Iterator[FaultyLink]:
    with FaultyLink(devstack.globex_url) as faulty:
        yield faulty


def holder(hardware: str, instance: str = "") -> str:
    return hashlib.sha256(f"globex\n{hardware}\n{instance}".encode()).hexdigest()


def of(hardware: str, sessions: Iterable[HeldSession]) -> HeldSession:
    """The only session of a machine."""
    (session,) = [session for session in sessions if session.holder == holder(hardware)]
    return session


def test_viewer_sees_who_holds_what_but_no_ids(caller: Caller, devstack: Devstack, hardware: str) -> None:
    before = datetime.now(timezone.utc).replace(microsecond=0)
    with caller("holder").seat() as seat, caller("viewer") as viewer:
        session = of(hardware, viewer.sessions())
        assert (session.pool, session.session_id) == ("globex-cad", None)
        assert session.principal == f"{devstack.issuer} holder"
        assert session.slot >= 1
        assert before <= session.acquired_at <= session.last_heartbeat < session.lease_until
        assert session.borrowed_until is None
        assert seat.held
        assert list(viewer.sessions(pool="another")) == []
    with caller("viewer") as viewer:
        assert holder(hardware) not in [session.holder for session in viewer.sessions(pool="globex-cad")]


def test_pages_are_asked_for_as_they_are_looked_at(caller: Caller, hardware: str, link: FaultyLink) -> None:
    names = [f"{n}" for n in range(3)]
    with caller("holder") as client, caller("viewer") as viewer:
        for name in names:
            client.seat(instance=name)
        sessions = viewer.sessions(page_size=1)
        next(sessions)
        assert link.count("GET /api/v1/sessions") == 1
        found = {session.holder for session in viewer.sessions(page_size=1)}
        assert {holder(hardware, name) for name in names} <= found
        assert link.count("GET /api/v1/sessions") >= 1 + len(names)


def test_administrator_ends_a_session(caller: Caller, hardware: str) -> None:
    with caller("holder").seat(reacquire=False) as seat, caller("admin") as admin:
        session = of(hardware, admin.sessions(pool="globex-cad"))
        assert session.session_id == seat.session_id
        admin.end_session(seat.session_id)
        admin.end_session(seat.session_id)
        wait_until(lambda: seat.state is SeatState.LOST)
        assert isinstance(seat.error, SeatEndedError)
        assert holder(hardware) not in [session.holder for session in admin.sessions()]


def test_role_that_is_missing_is_named(caller: Caller) -> None:
    with pytest.raises(MissingRoleError, match="the role viewer") as raised:
        next(caller("holder").sessions())
    assert raised.value.role == "viewer"
    with pytest.raises(MissingRoleError, match="the role admin") as raised:
        caller("viewer").end_session(NOBODYS)
    assert raised.value.role == "admin"
    with pytest.raises(MissingRoleError, match="the role holder"):
        caller("viewer").seat()


def test_bad_input(caller: Caller) -> None:
    with pytest.raises(AuthenticationError, match="bearer_token"):
        next(caller("admin", bearer_token="a.b.c").sessions())
    with pytest.raises(ConfigurationError, match="CODITECT_LICENSE_BEARER_TOKEN"):
        next(caller("admin", bearer_token=None).sessions())
    with pytest.raises(UnknownSessionError, match="coditect-license sessions"):
        caller("admin").end_session(NOBODYS)
    with pytest.raises(ConfigurationError, match="names no session"):
        caller("admin").end_session("../sessions")
    with pytest.raises(RefusedRequestError, match="from 1 to 1000"):
        next(caller("admin").sessions(page_size=1001))


def test_token_is_asked_for_anew(caller: Caller, devstack: Devstack) -> None:
    subjects = iter(["viewer", "holder"])
    client = caller("holder", bearer_token=lambda: devstack.bearer_token(next(subjects)))
    assert list(client.sessions(pool="another")) == []
    with pytest.raises(MissingRoleError):
        list(client.sessions())


def test_token_file_is_read_anew(caller: Caller, devstack: Devstack, tmp_path: Path) -> None:
    file = tmp_path / "bearer"
    file.write_text("not.a.token\n")
    client = caller("holder", bearer_token=None, bearer_token_file=file)
    with pytest.raises(AuthenticationError):
        list(client.sessions())
    file.write_text(devstack.bearer_token("viewer") + "\n")
    assert list(client.sessions(pool="another")) == []


def test_seats_are_kept_though_no_token_can_be_had(caller: Caller, devstack: Devstack, link: FaultyLink) -> None:
    is_away = False

    def token() -> str:
        if is_away:
            raise OSError("the issuer is away")
        return devstack.bearer_token("holder")

    with caller("holder", bearer_token=token) as client:
        seats = [client.seat(instance=f"{n}") for n in range(2)]
        is_away = True
        before = [seat.signed_token for seat in seats]
        wait_until(lambda: all(seat.signed_token != token for seat, token in zip(seats, before)))
        assert {seat.state for seat in seats} == {SeatState.HELD}
        with pytest.raises(AuthenticationError, match="OSError: the issuer is away"):
            client.seat(instance="third")


def test_asyncio(caller: Caller, devstack: Devstack, link: FaultyLink, hardware: str) -> None:
    async def work(ours: set[str]) -> None:
        async with AsyncLicenseClient(link.url, bearer_token=lambda: devstack.bearer_token("admin")) as admin:
            assert ours <= {session.session_id async for session in admin.sessions(page_size=1)}
            for session_id in ours:
                await admin.end_session(session_id)
            assert not ours & {session.session_id async for session in admin.sessions(pool="globex-cad")}
            assert not [session async for session in admin.sessions(pool="another")]

    with caller("holder") as client:
        asyncio.run(work({client.seat(instance=f"{n}").session_id for n in range(2)}))


def test_command_line(caller: Caller, devstack: Devstack, hardware: str, tmp_path: Path) -> None:
    def terminal(token: str) -> Terminal:
        return Terminal(
            {
                "CODITECT_LICENSE_URL": devstack.globex_url,
                "CODITECT_LICENSE_BEARER_TOKEN": token,
                "HOME": str(tmp_path),
            }
        )

    admin, viewer = (terminal(devstack.bearer_token(who)) for who in ("admin", "viewer"))
    with caller("holder").seat() as seat:
        shown = json.loads(viewer("sessions", "--json"))["sessions"]
        (ours,) = [session for session in shown if session["holder"] == holder(hardware)]
        assert ours["session_id"] is None
        assert datetime.strptime(ours["lease_until"], "%Y-%m-%dT%H:%M:%SZ")
        heads, *rows = admin("sessions", "--pool", "globex-cad").splitlines()
        assert heads.split() == ["POOL", "SEAT", "HOLDER", "KEY", "PRINCIPAL", "SINCE", "UNTIL", "SESSION"]
        (row,) = [row for row in rows if seat.session_id in row]
        assert row.split()[:2] == ["globex-cad", str(ours["slot"])]
        assert "the role admin" in viewer("end", seat.session_id, code=28)
        assert admin("end", seat.session_id) == f"ended session {seat.session_id}\n"
        assert seat.session_id not in admin("sessions")
    assert "names no session" in admin("end", "everything", code=2)
    assert "never heard" in admin("end", NOBODYS, code=23)
    assert "BEARER_TOKEN" in terminal("")("sessions", code=2)
    assert "bearer_token" in terminal("a.b.c")("sessions", code=19)
