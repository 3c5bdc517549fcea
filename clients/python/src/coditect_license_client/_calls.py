"""What is said to the server and in what order, written once for threads and asyncio.

Each function is a generator: it yields what to do next, a request or a pause, and is sent the reply. ``drive`` runs one
with blocking calls, ``drive_async`` with awaited ones.
"""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional, TypeVar, Union

from . import _pace, _wire
from ._clock import elapsed
from ._core import SeatCore
from ._desk import Ticket
from ._holder import Holder
from ._lease import Step
from ._proof import Proof
from ._settings import Settings, missing
from ._transport import AsyncTransport, Transport
from ._wire import Answer, Grant, Renewal, Request, SessionPage, SignedList, Validity
from .errors import (
    AuthenticationError,
    ConfigurationError,
    LicenseError,
    PoolExhaustedError,
    RateLimitedError,
    SeatEndedError,
    ServerUnreachableError,
    ServiceUnavailableError,
    WrongServerError,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Pause:
    """Wait for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Reply:
    """What became of a request.

    Attributes:
        asked_at: When it was sent: a seat's life is counted from there.
    """

    asked_at: float
    answer: Optional[Answer] = None
    error: Optional[LicenseError] = None

    def require(self) -> Answer:
        """The answer.

        Raises:
            LicenseError: There is none.
        """
        if self.answer is None:
            raise self.error or ServerUnreachableError("no answer")
        return self.answer


Call = Generator[Union[Request, Pause], Any, T]


def drive(call: Call[T], transport: Transport, timeout: Optional[float] = None) -> T:
    """Runs a call, blocking."""

    def perform(step: Union[Request, Pause]) -> Optional[Reply]:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        asked_at = elapsed()
        try:
            return Reply(asked_at, transport.call(step, timeout))
        except LicenseError as e:
            return Reply(asked_at, error=e)

    reply: Optional[Reply] = None
    try:
        while True:
            reply = perform(call.send(reply))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


async def drive_async(call: Call[T], transport: AsyncTransport, timeout: Optional[float] = None) -> T:
    """Runs a call for asyncio."""

    async def perform(step: Union[Request, Pause]) -> Optional[Reply]:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        asked_at = elapsed()
        try:
            return Reply(asked_at, await transport.call(step, timeout))
        except LicenseError as e:
            return Reply(asked_at, error=e)

    reply: Optional[Reply] = None
    try:
        while True:
            reply = await perform(call.send(reply))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Patience:
    """How long to try.

    Attributes:
        wait: Seconds to wait for a free seat of a full pool.
        retry_for: Seconds to try again where the server cannot be reached or cannot serve.
    """

    wait: float
    retry_for: float

    def ends(self, error: LicenseError, began: float) -> float:
        """Until when to try again after an error; 0 where trying again is in vain."""
        if isinstance(error, PoolExhaustedError):
            return began + self.wait
        if isinstance(error, (ServerUnreachableError, ServiceUnavailableError, RateLimitedError)):
            return began + max(self.wait, self.retry_for)
        return 0.0


def acquire(
    holder: Holder, proof: Proof, patience: Patience, clock: Callable[[], float] = elapsed
) -> Call[tuple[Grant, float]]:
    """Acquires a seat; answers the grant and when it was asked for.

    A retry names the same request, so an answer that was lost costs no second session.

    Raises:
        LicenseError: The seat was refused, or could not be had in time.
    """
    return (yield from _obtain(holder.request, _wire.read_grant, proof, patience, clock))


def borrow(
    holder: Holder, proof: Proof, days: Optional[int], patience: Patience, clock: Callable[[], float] = elapsed
) -> Call[Grant]:
    """Borrows a seat; otherwise as :func:`acquire`."""
    grant, _ = yield from _obtain(
        lambda key: holder.borrow_request(key, days), _wire.read_borrowed, proof, patience, clock
    )
    return grant


def _obtain(
    request: Callable[[str], Request],
    read: Callable[[Answer], Grant],
    proof: Proof,
    patience: Patience,
    clock: Callable[[], float],
) -> Call[tuple[Grant, float]]:
    began, failures, key = clock(), 0, str(uuid.uuid4())
    while True:
        reply = yield request(key)
        try:
            grant = read(reply.require())
        except SeatEndedError:
            # The session of an answer that was lost has ended meanwhile: its name is used up.
            key = str(uuid.uuid4())
            continue
        except LicenseError as e:
            failures += 1
            delay = _delay(e, failures)
            if clock() + delay > patience.ends(e, began):
                raise
            yield Pause(delay)
            continue
        yield from _require(proof, grant)
        return grant, reply.asked_at


def _delay(error: LicenseError, failures: int) -> float:
    if isinstance(error, PoolExhaustedError):
        return _pace.while_full(error.retry_after, random.random)
    return _pace.after_failure(failures, error.retry_after, 0.0, random.random)


def _require(proof: Proof, grant: Grant) -> Call[None]:
    try:
        proof.require(grant)
    except LicenseError:
        # Nobody will use it.
        end = _wire.give_back if grant.renewal.key_statement is None else _wire.release
        yield end(grant.session_id, grant.renewal.signed_token)
        raise


def fetch_revocations(proof: Proof) -> Call[None]:
    """Fetches the revocation list where it can be verified; without it a seat is proved as without a network."""
    if proof.is_pinned:
        reply = yield _wire.revocations()
        try:
            proof.learn(_wire.read_revocations(reply.require()))
        except LicenseError:
            return


def release(session_id: str, signed_token: str) -> Call[None]:
    """Gives a seat back.

    Raises:
        LicenseError: The server could not be told; the seat comes free when its lease ends.
    """
    reply = yield _wire.release(session_id, signed_token)
    _wire.read_release(reply.require())


def give_back(session_id: str, signed_token: str) -> Call[None]:
    """Gives a borrowed seat back.

    Raises:
        LicenseError: The server could not be told.
    """
    reply = yield _wire.give_back(session_id, signed_token)
    _wire.read_given_back(reply.require())


def validate(session_id: Optional[str], signed_token: Optional[str]) -> Call[Validity]:
    """Asks whether a seat is held."""
    reply = yield _wire.validate(session_id, signed_token)
    return _wire.read_validity(reply.require())


def revocations() -> Call[SignedList]:
    """Fetches the revocation list."""
    reply = yield _wire.revocations()
    return _wire.read_revocations(reply.require())


def sessions(settings: Settings, pool: Optional[str], limit: int, after: Optional[str] = None) -> Call[SessionPage]:
    """Asks who holds what, one page.

    Raises:
        LicenseError: The server refused, or could not be asked.
    """
    reply = yield _wire.sessions(pool, limit, after, _shown(settings))
    page = _wire.read_sessions(reply.require())
    if page.next is not None and page.next == after:
        raise WrongServerError("the server tells the same page of sessions again and again: check url")
    return page


def end_session(settings: Settings, session_id: str) -> Call[None]:
    """Takes a seat from whoever holds it.

    Raises:
        LicenseError: The server refused, or could not be asked.
    """
    try:
        named = str(uuid.UUID(session_id))
    except ValueError:
        raise ConfigurationError(
            f"{session_id[:100]!r} names no session: it must be a session_id, such as `sessions` tells administrators"
        ) from None
    reply = yield _wire.end_session(named, _shown(settings))
    _wire.read_ended(reply.require())


def _shown(settings: Settings) -> Mapping[str, str]:
    token = settings.read_bearer_token()
    if token is None:
        raise ConfigurationError(missing("bearer_token", "who asks"))
    return _wire.bearer(token)


def keep(due: Sequence[SeatCore]) -> Call[None]:
    """Takes the next step for each seat that is due; whatever happens is told to the seats and nobody else."""
    beating = [core for core in due if core.step is Step.HEARTBEAT]
    for begin in range(0, len(beating), _wire.MAX_BATCH):
        yield from _heartbeats(beating[begin : begin + _wire.MAX_BATCH])
    yield from _one_by_one([core for core in due if core.step is Step.ACQUIRE and core.is_due], _reacquire)


def _heartbeats(cores: Sequence[SeatCore]) -> Call[None]:
    if len(cores) > 1:
        is_answered = yield from _heartbeat_together(cores)
        if is_answered:
            return
    yield from _one_by_one(cores, _heartbeat)


def _one_by_one(cores: Sequence[SeatCore], ask: Callable[[SeatCore], Call[None]]) -> Call[None]:
    """Asks about each; once nobody answers, the others need not wait for it, each for its own."""
    away: Optional[LicenseError] = None
    for core in cores:
        try:
            if away is not None:
                raise away
            yield from ask(core)
        except LicenseError as e:
            core.failed(e)
            away = e if isinstance(e, ServerUnreachableError) else None


def _heartbeat(core: SeatCore) -> Call[None]:
    reply = yield _wire.heartbeat(core.session_id, core.grant.renewal.signed_token)
    core.renewed(_wire.read_renewal(reply.require()), reply.asked_at)


def _heartbeat_together(cores: Sequence[SeatCore]) -> Call[bool]:
    """Answers False where each must prove itself: the caller's own token is missing or has ended."""
    sessions = [core.session_id for core in cores]
    try:
        reply = yield _wire.heartbeats(sessions, cores[0].holder.authorization())
        results = _wire.read_renewals(reply.require(), sessions)
    except (AuthenticationError, ConfigurationError):
        return False
    except LicenseError as e:
        results = [e] * len(sessions)
    for core, result in zip(cores, results):
        if isinstance(result, Renewal):
            core.renewed(result, reply.asked_at)
        else:
            core.failed(result)
    return True


def _reacquire(core: SeatCore) -> Call[None]:
    reply = yield core.holder.request(str(uuid.uuid4()))
    grant = _wire.read_grant(reply.require())
    yield from _require(core.proof, grant)
    if not core.regranted(grant, reply.asked_at):
        # It was given back while it was being acquired anew.
        yield _wire.release(grant.session_id, grant.renewal.signed_token)


def open_seat(ticket: Ticket, patience: Patience) -> Call[SeatCore]:
    """Acquires a seat; where nobody can be asked, goes on with a stored one that still holds.

    Raises:
        LicenseError: The seat was refused, or could not be had in time.
    """
    try:
        grant, asked_at = yield from acquire(ticket.holder, ticket.proof, patience)
    except (ServerUnreachableError, ServiceUnavailableError, WrongServerError) as e:
        stored = ticket.stored(e)
        if stored is None:
            raise
        return stored
    yield from fetch_revocations(ticket.proof)
    ticket.proof.keep(grant)
    return ticket.granted(grant, asked_at)
