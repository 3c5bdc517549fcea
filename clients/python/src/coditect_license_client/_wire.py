"""What is said to the licence API and what it answers: pure, no I/O. The contract is license-api/openapi.yaml."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable, Optional, TypeVar, Union
from urllib.parse import quote, urlencode

from . import errors
from ._version import __version__
from .errors import LicenseError, PoolExhaustedError, ServiceUnavailableError, WrongServerError

T = TypeVar("T")

MAX_BATCH = 1000
MAX_ANSWER_BYTES = 8 * 1024 * 1024
USER_AGENT = f"coditect-license-client/{__version__} (Python)"

_PROBLEM = "urn:coditect:licensing:problem:"
_MAX_TOKEN = 32768
_MAX_TEXT = 1000
# More than any lease or borrowed token lasts: what is beyond is nonsense.
_MAX_SECONDS = 10 * 366 * 86400
_ACQUIRE = "/api/v1/licenses/acquire"
_SESSIONS = "/api/v1/sessions"
_TOO_BUSY = 429
_OK = 200
_REDIRECTS = range(300, 400)
_SERVER_ERRORS = range(500, 600)


@dataclass(frozen=True)
class Request:
    """One call, ready for any HTTP client."""

    method: str
    path: str
    body: Optional[bytes] = None
    headers: Mapping[str, str] = ()  # type: ignore[assignment]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Renewal:
    """A seat that is held on.

    Attributes:
        key_statement: What certifies the token's key; None where the seat is borrowed.
        expires_in: Seconds from when the request was sent to the token's end.
        heartbeat_after: Seconds to the next heartbeat, as the server advises.
        expires_at: The token's end by the server's clock.
        license_expires_at: The end of the licence itself, before its days of grace; None where it has none, or where
            that is not known.
    """

    signed_token: str
    key_statement: Optional[str]
    expires_at: datetime
    expires_in: float
    heartbeat_after: float
    license_expires_at: Optional[datetime] = None


@dataclass(frozen=True)
class Grant:
    """A seat that was granted."""

    session_id: str
    pool: str
    product: str
    entitlements: tuple[str, ...]
    renewal: Renewal


@dataclass(frozen=True)
class Validity:
    """Whether the server holds a seat now.

    Attributes:
        valid: Whether it does.
        reason: Why not: one of the reasons of the contract, such as ``lease-ended`` or ``released``.
        expires_in: Seconds to the seat's end unless a heartbeat moves it on; 0 where it is not held.
        license_expires_at: The end of the licence itself, before its days of grace; None where it has none.
    """

    valid: bool
    reason: Optional[str] = None
    session_id: Optional[str] = None
    pool: Optional[str] = None
    product: Optional[str] = None
    entitlements: tuple[str, ...] = ()
    expires_at: Optional[datetime] = None
    expires_in: float = 0.0
    license_expires_at: Optional[datetime] = None


@dataclass(frozen=True)
class SignedList:
    """A revocation list as it was fetched, not yet verified."""

    revocation_list: str
    key_statement: str


@dataclass(frozen=True)
class HeldSession:
    """A session that holds a seat, as who may look sees it. All instants are the server's clock.

    Attributes:
        session_id: Ends it; None but for an administrator.
        pool: The pool that the seat is of.
        slot: Its number in the pool, from 1.
        holder: A hash that names the machine, and the instance, to this tenant.
        key: What the pool calls the licence key that opened it; ``namespace/name`` of a pod's service account.
        principal: Issuer and subject of the bearer token that opened it; None where there was none.
        acquired_at: When it began.
        last_heartbeat: When its program was heard of last.
        lease_until: When the seat is free again unless a heartbeat comes before.
        borrowed_until: The end that the seat is borrowed for; None where it is not.
    """

    session_id: Optional[str]
    pool: str
    slot: int
    holder: str
    key: str
    principal: Optional[str]
    acquired_at: datetime
    last_heartbeat: datetime
    lease_until: datetime
    borrowed_until: Optional[datetime]


@dataclass(frozen=True)
class SessionPage:
    """Some of the sessions.

    Attributes:
        next: Asks for the next ones; None where there are no more.
    """

    sessions: tuple[HeldSession, ...]
    next: Optional[str]


HeartbeatResult = Union[Renewal, LicenseError]


def post(path: str, body: Any, headers: Optional[Mapping[str, str]] = None) -> Request:
    """A call with a JSON body."""
    return Request(
        "POST",
        path,
        json.dumps(body, ensure_ascii=False).encode("utf-8"),
        {"Content-Type": "application/json", **(headers or {})},
    )


def bearer(token: str) -> Mapping[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


def acquire(license_key: str, hardware_id: str, instance: Optional[str], headers: Mapping[str, str]) -> Request:
    """Asks for a seat of the pool that a licence key opens."""
    return post(_ACQUIRE, _wish({"license_key": license_key, "hardware_id": hardware_id}, instance), headers)


def acquire_as_pod(pool: str, instance: Optional[str], headers: Mapping[str, str]) -> Request:
    """Asks for a seat for the pod whose token is in the headers."""
    return post(_ACQUIRE, _wish({"pool": pool}, instance), headers)


def borrow(acquire: Request, days: Optional[int]) -> Request:
    """Asks, as a request to acquire does, for a seat that is borrowed; without days, for as many as the pool lends."""
    wish = json.loads(acquire.body or b"{}")
    return post("/api/v1/licenses/borrow", wish if days is None else {**wish, "days": days}, acquire.headers)


def _wish(body: Mapping[str, str], instance: Optional[str]) -> Mapping[str, str]:
    return body if instance is None else {**body, "instance": instance}


def heartbeat(session_id: str, signed_token: str) -> Request:
    """Keeps one seat, which its last token proves."""
    return post("/api/v1/licenses/heartbeat", {"session_id": session_id}, bearer(signed_token))


def heartbeats(session_ids: Sequence[str], headers: Mapping[str, str]) -> Request:
    """Keeps many seats of one caller, up to :data:`MAX_BATCH`."""
    return post("/api/v1/licenses/heartbeats", [{"session_id": session} for session in session_ids], headers)


def release(session_id: str, signed_token: str) -> Request:
    """Gives a seat back, which its last token proves."""
    return post("/api/v1/licenses/release", {"session_id": session_id}, bearer(signed_token))


def give_back(session_id: str, signed_token: str) -> Request:
    """Gives a borrowed seat back, which its token proves."""
    return post("/api/v1/licenses/return", {"session_id": session_id}, bearer(signed_token))


def validate(session_id: Optional[str] = None, signed_token: Optional[str] = None) -> Request:
    """Asks whether a seat is held."""
    body = {"session_id": session_id} if session_id is not None else {"signed_token": signed_token}
    return post("/api/v1/licenses/validate", body)


def revocations() -> Request:
    """Asks for the list of seats that ended before their tokens."""
    return Request("GET", "/api/v1/revocations", headers={})


def sessions(pool: Optional[str], limit: int, after: Optional[str], headers: Mapping[str, str]) -> Request:
    """Asks who holds what, of one pool or of all, a page at a time."""
    named = {"pool": pool, "limit": limit, "after": after}
    query = urlencode({name: value for name, value in named.items() if value is not None})
    return Request("GET", f"{_SESSIONS}?{query}", headers=headers)


def end_session(session_id: str, headers: Mapping[str, str]) -> Request:
    """Takes a seat from whoever holds it."""
    return Request("DELETE", f"{_SESSIONS}/{quote(session_id, safe='')}", headers=headers)


def ready() -> Request:
    """Asks whether the service is ready."""
    return Request("GET", "/api/v1/health/ready", headers={})


def read_grant(answer: Answer) -> Grant:
    """Reads the answer to :func:`acquire`.

    Raises:
        LicenseError: The server refused, or answered something else.
    """
    body = _success(answer)
    return Grant(
        session_id=_string(body, "session_id"),
        pool=_string(body, "pool"),
        product=_string(body, "product"),
        entitlements=_strings(body, "entitlements"),
        renewal=_renewal(body),
    )


def read_borrowed(answer: Answer) -> Grant:
    """Reads the answer to :func:`borrow`."""
    body = _success(answer)
    expires_in = _seconds(body, "expires_in_seconds", 0)
    return Grant(
        session_id=_string(body, "session_id"),
        pool=_string(body, "pool"),
        product=_string(body, "product"),
        entitlements=_strings(body, "entitlements"),
        renewal=Renewal(
            signed_token=_string(body, "signed_token", _MAX_TOKEN),
            key_statement=None,
            expires_at=_instant(body, "expires_at"),
            expires_in=expires_in,
            heartbeat_after=max(expires_in, 1.0),
            license_expires_at=_maybe(body, "license_expires_at", _instant),
        ),
    )


def read_renewal(answer: Answer) -> Renewal:
    """Reads the answer to :func:`heartbeat`."""
    return _renewal(_success(answer))


def read_renewals(answer: Answer, session_ids: Sequence[str]) -> list[HeartbeatResult]:
    """Reads the answer to :func:`heartbeats`: one result for each session, in their order."""
    results = _decoded(_require_ok(answer))
    if not isinstance(results, list) or len(results) != len(session_ids):
        raise _nonsense("one result for each session")
    return [_result(result, session) for result, session in zip(results, session_ids)]


def read_release(answer: Answer) -> None:
    """Reads the answer to :func:`release`; a borrowed seat stays this machine's."""
    if _success(answer).get("status") not in ("released", "borrowed"):
        raise _nonsense('status "released"')


def read_given_back(answer: Answer) -> None:
    """Reads the answer to :func:`give_back`."""
    if _success(answer).get("status") != "returned":
        raise _nonsense('status "returned"')


def read_validity(answer: Answer) -> Validity:
    """Reads the answer to :func:`validate`."""
    body = _success(answer)
    if body.get("valid") is False:
        return Validity(valid=False, reason=_string(body, "reason"))
    if body.get("valid") is not True:
        raise _nonsense("valid: true or false")
    return Validity(
        valid=True,
        session_id=_string(body, "session_id"),
        pool=_string(body, "pool"),
        product=_string(body, "product"),
        entitlements=_strings(body, "entitlements"),
        expires_at=_instant(body, "expires_at"),
        expires_in=_seconds(body, "expires_in_seconds", 0),
        license_expires_at=_maybe(body, "license_expires_at", _instant),
    )


def read_revocations(answer: Answer) -> SignedList:
    """Reads the answer to :func:`revocations`."""
    body = _success(answer)
    return SignedList(_string(body, "revocation_list", MAX_ANSWER_BYTES), _string(body, "key_statement", _MAX_TOKEN))


def read_sessions(answer: Answer) -> SessionPage:
    """Reads the answer to :func:`sessions`."""
    body = _success(answer)
    found = body.get("sessions")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _nonsense("sessions, a list of objects")
    return SessionPage(tuple(_held(each) for each in found), _maybe(body, "next", _string))


def read_ended(answer: Answer) -> None:
    """Reads the answer to :func:`end_session`.

    Raises:
        UnknownSessionError: There never was such a session.
    """
    try:
        status = _success(answer).get("status")
    except errors.UnknownSessionError as e:
        raise errors.UnknownSessionError(
            "the server has never heard of this session: coditect-license sessions lists those that there are",
            request_id=e.request_id,
        ) from None
    if status != "ended":
        raise _nonsense('status "ended"')


def _held(body: Mapping[str, Any]) -> HeldSession:
    return HeldSession(
        session_id=_maybe(body, "session_id", _string),
        pool=_string(body, "pool"),
        slot=_whole(body, "slot"),
        holder=_string(body, "holder"),
        key=_string(body, "key"),
        principal=_maybe(body, "principal", _string),
        acquired_at=_instant(body, "acquired_at"),
        last_heartbeat=_instant(body, "last_heartbeat"),
        lease_until=_instant(body, "lease_until"),
        borrowed_until=_maybe(body, "borrowed_until", _instant),
    )


def read_ready(answer: Answer) -> None:
    """Reads the answer to :func:`ready`."""
    _success(answer)


def _renewal(body: Mapping[str, Any]) -> Renewal:
    return Renewal(
        signed_token=_string(body, "signed_token", _MAX_TOKEN),
        key_statement=_string(body, "key_statement", _MAX_TOKEN),
        expires_at=_instant(body, "expires_at"),
        expires_in=_seconds(body, "expires_in_seconds", 0),
        heartbeat_after=_seconds(body, "heartbeat_after_seconds", 1),
        license_expires_at=_maybe(body, "license_expires_at", _instant),
    )


def _result(result: Any, session_id: str) -> HeartbeatResult:
    if not isinstance(result, dict) or str(result.get("session_id", "")).lower() != session_id.lower():
        raise _nonsense("the results in the order of the sessions")
    if result.get("status") == "ok":
        return _renewal(result)
    problem = result.get("problem")
    if not isinstance(problem, dict):
        raise _nonsense("a problem with what was refused")
    return _error(problem, {})


def _success(answer: Answer) -> Mapping[str, Any]:
    body = _decoded(_require_ok(answer))
    if not isinstance(body, dict):
        raise _nonsense("a JSON object")
    return body


def _require_ok(answer: Answer) -> Answer:
    if answer.status == _OK:
        return answer
    if answer.status in _REDIRECTS:
        target = answer.headers.get("location", "somewhere else")[:_MAX_TEXT]
        raise WrongServerError(f"the server redirects to {target!r}: set url to where the licence API itself is")
    raise _refusal(answer)


def _refusal(answer: Answer) -> LicenseError:
    try:
        problem = _decoded(answer)
    except WrongServerError:
        problem = None
    if isinstance(problem, dict) and isinstance(problem.get("type"), str):
        return _error(problem, answer.headers)
    # A balancer with no pod behind it, or one that guards the service, answers by itself.
    if answer.status in _SERVER_ERRORS or answer.status == _TOO_BUSY:
        return ServiceUnavailableError(
            f"something before the licence API answered {answer.status}; try again later",
            retry_after=_header_seconds(answer.headers),
        )
    return WrongServerError(
        f"what answered ({answer.status}) is no licence API: check url, and proxies or sign-in pages between"
    )


def _decoded(answer: Answer) -> Any:
    try:
        return json.loads(answer.body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _nonsense("JSON") from None


def _nonsense(expected: str) -> WrongServerError:
    return WrongServerError(
        f"what answered is no licence API, or one of another version: expected {expected};"
        " check url, and proxies or sign-in pages between"
    )


def _string(body: Mapping[str, Any], name: str, longest: int = _MAX_TEXT) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise _nonsense(f"{name}, a text of at most {longest} characters")
    return value


def _instant(body: Mapping[str, Any], name: str) -> datetime:
    # The seconds are enough, and Python 3.9 reads no others.
    try:
        return datetime.strptime(_string(body, name)[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        raise _nonsense(f"{name}, an instant in UTC") from None


def _maybe(body: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any], str], T]) -> Optional[T]:
    return None if body.get(name) is None else read(body, name)


def _whole(body: Mapping[str, Any], name: str) -> int:
    number = body.get(name)
    if not isinstance(number, int) or isinstance(number, bool):
        raise _nonsense(f"{name}, a whole number")
    return number


def _strings(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _nonsense(f"{name}, a list of texts")
    return tuple(value)


def _seconds(body: Mapping[str, Any], name: str, least: float) -> float:
    seconds = _number(body.get(name))
    if seconds is None or not least <= seconds <= _MAX_SECONDS:
        raise _nonsense(f"{name}, a number of seconds")
    return seconds


def _number(value: Any) -> Optional[float]:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def _header_seconds(headers: Mapping[str, str]) -> Optional[float]:
    text = headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < len(str(_MAX_SECONDS)) else None


_Maker = Callable[..., LicenseError]

# By type: the class, and what to do, which the server cannot know.
_ERRORS: Mapping[str, tuple[_Maker, str]] = {
    "malformed-json": (errors.RefusedRequestError, "a proxy may have changed the request; update this package"),
    "invalid-request": (errors.RefusedRequestError, "correct the setting that it names"),
    "authentication-required": (
        errors.AuthenticationError,
        "set bearer_token to a token of one of the tenant's issuers, or mount a projected service-account token",
    ),
    "pool-not-open": (
        errors.PoolNotOpenError,
        "check pool; ask whoever keeps the LicensePool to name this pod's service account in spec.serviceAccounts",
    ),
    "unknown-key": (errors.UnknownKeyError, "check the licence key and that url is the endpoint of its vendor"),
    "licence-suspended": (errors.LicenseSuspendedError, "ask the vendor"),
    "licence-expired": (errors.LicenseExpiredError, "renew the licence with the vendor"),
    "licence-not-yet-valid": (errors.LicenseNotYetValidError, "wait until it begins"),
    "borrow-not-offered": (errors.BorrowNotOfferedError, "acquire a seat while there is a network, or ask the vendor"),
    "borrow-too-long": (errors.BorrowTooLongError, "borrow for fewer days"),
    "borrow-limit": (errors.BorrowLimitError, "wait until somebody returns one, or ask the vendor for more"),
    "unknown-session": (errors.UnknownSessionError, "acquire anew"),
    "generation-superseded": (
        errors.SupersededError,
        "the same machine and instance acquired again; give each program of a machine an instance of its own",
    ),
    "lease-ended": (errors.SeatEndedError, "acquire anew"),
    "idempotent-session-ended": (errors.SeatEndedError, "acquire anew"),
    "rate-limited": (errors.RateLimitedError, "try again later"),
    "body-too-large": (errors.RefusedRequestError, "send less"),
    "unsupported-media-type": (errors.RefusedRequestError, "a proxy may have changed the request"),
    "idempotency-key-reused": (errors.RefusedRequestError, "update this package"),
    "not-found": (WrongServerError, "check url"),
    "method-not-allowed": (WrongServerError, "check url"),
}


def _error(problem: Mapping[str, Any], headers: Mapping[str, str]) -> LicenseError:
    kind = str(problem.get("type", ""))
    name = kind[len(_PROBLEM) :] if kind.startswith(_PROBLEM) else ""
    detail = _detail(problem)
    retry_after = _number(problem.get("retry_after_seconds")) or _header_seconds(headers)
    request_id = str(problem["request_id"])[:_MAX_TEXT] if "request_id" in problem else None
    if name == "pool-exhausted":
        return PoolExhaustedError(
            f"{detail} Wait for a seat (wait=…, or --wait SECONDS), give one back, or buy more.",
            earliest_free_in=_number(problem.get("earliest_free_in_seconds")),
            retry_after=retry_after,
            request_id=request_id,
        )
    if name == "missing-role":
        return errors.MissingRoleError(
            f"{detail} What to do: set bearer_token to one that has the role, or ask whoever keeps the Tenant.",
            role=str(problem.get("missing_role", ""))[:_MAX_TEXT],
            request_id=request_id,
        )
    # Unavailable, overloaded, internal, and what later versions may have: nothing is lost by trying again.
    maker, advice = _ERRORS.get(name, (ServiceUnavailableError, "try again later"))
    return maker(f"{detail} What to do: {advice}.", retry_after=retry_after, request_id=request_id)


def _detail(problem: Mapping[str, Any]) -> str:
    detail = str(problem.get("detail") or problem.get("title") or "The server refused.")[:_MAX_TEXT]
    entries = problem.get("errors")
    if isinstance(entries, list):
        told = [f"{e.get('pointer')}: {e.get('detail')}"[:_MAX_TEXT] for e in entries[:10] if isinstance(e, dict)]
        detail += "".join(f" {each}." for each in told)
    return detail
