"""What is understood of answers, and what is told of those that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coditect_license_client import errors
from coditect_license_client._wire import (
    Answer,
    Renewal,
    acquire,
    borrow,
    read_borrowed,
    read_given_back,
    read_grant,
    read_release,
    read_renewal,
    read_renewals,
    read_sessions,
)

GRANTED = {
    "session_id": "8aa7bdbc-0000-4000-8000-000000000000",
    "signed_token": "a.b.c",
    "key_statement": "d.e.f",
    "expires_at": "2026-11-22T19:26:25Z",
    "expires_in_seconds": 357,
    "heartbeat_after_seconds": 120,
    "pool": "cad",
    "product": "acme-cad",
    "entitlements": ["drawing"],
    "something_new": {"of": "a later version"},
}


BORROWED = {name: value for name, value in GRANTED.items() if name not in ("key_statement", "heartbeat_after_seconds")}


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, data)


def problem(name: str, status: int, **more: Any) -> Answer:
    return answer({"type": f"urn:coditect:licensing:problem:{name}", "detail": "Why.", **more}, status)


def test_grant() -> None:
    grant = read_grant(answer(GRANTED))
    assert (grant.pool, grant.product, grant.entitlements) == ("cad", "acme-cad", ("drawing",))
    assert (grant.renewal.expires_in, grant.renewal.heartbeat_after) == (357, 120)
    assert grant.renewal.expires_at.isoformat() == "2026-11-22T19:26:25+00:00"


def test_end_of_the_licence_is_there_where_it_has_one() -> None:
    ends = {"license_expires_at": "2026-12-31T00:00:00Z"}
    for read, body in ((read_grant, GRANTED), (read_borrowed, BORROWED)):
        told = read(answer({**body, **ends})).renewal.license_expires_at
        assert told is not None
        assert told.isoformat() == "2026-12-31T00:00:00+00:00"
        assert read(answer(body)).renewal.license_expires_at is None
    with pytest.raises(errors.WrongServerError):
        read_grant(answer({**GRANTED, "license_expires_at": "soon"}))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b"NaN",
        [],
        "text",
        {},
        {**GRANTED, "session_id": None},
        {**GRANTED, "session_id": ""},
        {**GRANTED, "signed_token": "x" * 32769},
        {**GRANTED, "expires_in_seconds": "357"},
        {**GRANTED, "expires_in_seconds": True},
        {**GRANTED, "expires_in_seconds": -1},
        {**GRANTED, "expires_in_seconds": 1e300},
        {**GRANTED, "heartbeat_after_seconds": 0},
        {**GRANTED, "heartbeat_after_seconds": float("nan")},
        {**GRANTED, "expires_at": "tomorrow"},
        {**GRANTED, "entitlements": "drawing"},
        {**GRANTED, "entitlements": [1]},
    ],
)
def test_nonsense_is_no_grant(body: Any) -> None:
    with pytest.raises(errors.WrongServerError, match="check url"):
        read_grant(answer(body))


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("unknown-key", 403, errors.UnknownKeyError),
        ("licence-suspended", 403, errors.LicenseSuspendedError),
        ("licence-expired", 403, errors.LicenseExpiredError),
        ("licence-not-yet-valid", 403, errors.LicenseNotYetValidError),
        ("authentication-required", 401, errors.AuthenticationError),
        ("pool-exhausted", 409, errors.PoolExhaustedError),
        ("generation-superseded", 409, errors.SupersededError),
        ("lease-ended", 410, errors.SeatEndedError),
        ("unknown-session", 404, errors.UnknownSessionError),
        ("rate-limited", 429, errors.RateLimitedError),
        ("ledger-unavailable", 503, errors.ServiceUnavailableError),
        ("signing-unavailable", 503, errors.ServiceUnavailableError),
        ("internal", 500, errors.ServiceUnavailableError),
        ("of-a-later-version", 418, errors.ServiceUnavailableError),
        ("invalid-request", 400, errors.RefusedRequestError),
        ("not-found", 404, errors.WrongServerError),
    ],
)
def test_problem_is_its_error_and_says_what_to_do(name: str, status: int, kind: type[errors.LicenseError]) -> None:
    with pytest.raises(kind) as raised:
        read_renewal(problem(name, status, request_id="id-1", retry_after_seconds=7))
    assert raised.type is kind
    assert str(raised.value).startswith("Why.")
    assert len(str(raised.value)) > len("Why. ")
    assert (raised.value.request_id, raised.value.retry_after) == ("id-1", 7)


def test_full_pool_says_when_a_seat_comes_free() -> None:
    with pytest.raises(errors.PoolExhaustedError) as raised:
        read_grant(problem("pool-exhausted", 409, earliest_free_in_seconds=42))
    assert raised.value.earliest_free_in == 42


def test_refused_request_says_which_part() -> None:
    told = problem("invalid-request", 400, errors=[{"pointer": "/hardware_id", "detail": "is too long"}, 1])
    with pytest.raises(errors.RefusedRequestError, match="/hardware_id: is too long"):
        read_grant(told)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_what_stands_before_the_api_is_waited_for(status: int) -> None:
    with pytest.raises(errors.ServiceUnavailableError) as raised:
        read_grant(answer(b"<html>", status, retry_after="30"))
    assert raised.value.retry_after == 30


@pytest.mark.parametrize("text", ["soon", "-1", "9" * 50, "١٢"])
def test_retry_after_that_is_no_number_is_passed_over(text: str) -> None:
    with pytest.raises(errors.ServiceUnavailableError) as raised:
        read_grant(answer(b"", 503, retry_after=text))
    assert raised.value.retry_after is None


def test_redirect_names_its_target() -> None:
    with pytest.raises(errors.WrongServerError, match="elsewhere"):
        read_grant(answer(b"", 307, location="https://elsewhere.example/"))


def test_batch_answers_each_session() -> None:
    ok = {**GRANTED, "session_id": "A", "status": "ok"}
    refused = {
        "session_id": "b",
        "status": "refused",
        "problem": {"type": "urn:coditect:licensing:problem:lease-ended", "detail": "Over."},
    }
    first, second = read_renewals(answer([ok, refused]), ["a", "B"])
    assert isinstance(first, Renewal)
    assert isinstance(second, errors.SeatEndedError)


@pytest.mark.parametrize(
    "results",
    [
        {},
        [],
        [{"session_id": "other", "status": "ok"}],
        [{"session_id": "a", "status": "refused"}],
        [{"session_id": "a", "status": "ok"}],
        [1],
    ],
)
def test_batch_of_nonsense(results: Any) -> None:
    with pytest.raises(errors.WrongServerError):
        read_renewals(answer(results), ["a"])


def test_release_of_nonsense() -> None:
    with pytest.raises(errors.WrongServerError):
        read_release(answer({"status": "ok"}))


def test_every_error_has_an_exit_code_of_its_own() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.LicenseError) and "exit_code" in vars(kind)
    ]
    codes = [kind.exit_code for kind in kinds]
    assert len(set(codes)) == len(codes) > 20
    assert all(0 < code < 64 for code in codes)


def test_wish_to_borrow_is_that_to_acquire_with_the_days() -> None:
    wish = acquire("lk", "machine", "renderer", {"Idempotency-Key": "k"})
    for days, more in ((7, {"days": 7}), (None, {})):
        asked = borrow(wish, days)
        assert (asked.path, asked.headers) == ("/api/v1/licenses/borrow", wish.headers)
        assert json.loads(asked.body or b"") == {**json.loads(wish.body or b""), **more}


def test_borrowed_seat_has_no_statement() -> None:
    grant = read_borrowed(answer(BORROWED))
    assert (grant.renewal.signed_token, grant.renewal.key_statement) == ("a.b.c", None)
    with pytest.raises(errors.WrongServerError):
        read_borrowed(answer({**BORROWED, "signed_token": None}))


def test_release_of_a_borrowed_seat_leaves_it() -> None:
    read_release(answer({"status": "borrowed"}))
    with pytest.raises(errors.WrongServerError):
        read_release(answer({"status": "returned"}))


def test_return() -> None:
    read_given_back(answer({"status": "returned"}))
    with pytest.raises(errors.WrongServerError):
        read_given_back(answer({"status": "released"}))


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("borrow-not-offered", 403, errors.BorrowNotOfferedError),
        ("borrow-too-long", 422, errors.BorrowTooLongError),
        ("borrow-limit", 409, errors.BorrowLimitError),
    ],
)
def test_terms_of_borrowing(name: str, status: int, kind: type[errors.LicenseError]) -> None:
    with pytest.raises(kind, match="What to do"):
        read_borrowed(problem(name, status))


HELD = {
    "pool": "cad",
    "slot": 1,
    "holder": "5f" * 32,
    "key": "default",
    "acquired_at": "2026-11-22T19:00:00.123456Z",
    "last_heartbeat": "2026-11-22T19:26:25Z",
    "lease_until": "2026-11-22T19:32:25Z",
    "something_new": "of a later version",
}


def test_sessions() -> None:
    more = {
        "session_id": GRANTED["session_id"],
        "principal": "https://id.example alice",
        "borrowed_until": "2026-11-29T19:26:25Z",
    }
    page = read_sessions(answer({"sessions": [HELD, {**HELD, **more}], "next": "cad:1"}))
    first, second = page.sessions
    assert page.next == "cad:1"
    assert (first.session_id, first.principal, first.borrowed_until) == (None, None, None)
    assert (second.session_id, second.principal) == (more["session_id"], more["principal"])
    assert second.borrowed_until is not None
    assert (second.borrowed_until - first.last_heartbeat).days == 7
    assert read_sessions(answer({"sessions": []})).next is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sessions": {}},
        {"sessions": ["text"]},
        {"sessions": [{**HELD, "slot": "1"}]},
        {"sessions": [{**HELD, "slot": True}]},
        {"sessions": [{**HELD, "lease_until": "soon"}]},
        {"sessions": [{**HELD, "session_id": 1}]},
        {"sessions": [], "next": 7},
    ],
)
def test_nonsense_is_no_page_of_sessions(body: Any) -> None:
    with pytest.raises(errors.WrongServerError, match="check url"):
        read_sessions(answer(body))


def test_role_that_is_missing_is_named() -> None:
    with pytest.raises(errors.MissingRoleError, match="role") as raised:
        read_sessions(problem("missing-role", 403, missing_role="viewer"))
    assert raised.value.role == "viewer"
    with pytest.raises(errors.MissingRoleError):
        read_sessions(problem("missing-role", 403))
