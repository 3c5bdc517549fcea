"""What a program knows of one seat: decides its state and when to call next. Pure, no I/O and no clock."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum
from typing import Callable, Optional

from . import _pace
from ._wire import Grant, Renewal
from .errors import (
    LicenseError,
    LicenseExpiredError,
    LicenseSuspendedError,
    PoolExhaustedError,
    PoolNotOpenError,
    SeatLostError,
    SupersededError,
    UnknownKeyError,
)


class SeatState(str, Enum):
    """How it stands with a seat.

    HELD: the server said so at the last call. DEGRADED: the last call failed, and the seat is held to its token's end.
    OFFLINE: held by a stored token, which the server was not asked about. LOST: not held any more; it may come back
    where ``reacquire`` was not turned off. RELEASED: given back. BORROWED: this machine has borrowed it for days, and
    the server is not asked about it.
    """

    HELD = "held"
    DEGRADED = "degraded"
    OFFLINE = "offline"
    LOST = "lost"
    RELEASED = "released"
    BORROWED = "borrowed"

    def __str__(self) -> str:
        """The value: ``held``."""
        return self.value


@dataclass(frozen=True)
class StateChange:
    """A seat's change from one state to another.

    Attributes:
        error: What it came of, where it came of an error.
    """

    old: SeatState
    new: SeatState
    error: Optional[LicenseError] = None


class Step(Enum):
    """What to ask the server about a seat."""

    HEARTBEAT = "heartbeat"
    ACQUIRE = "acquire"


# The server grants and renews no more, but says that who holds a seat keeps it until the token ends.
_ENDING = (UnknownKeyError, LicenseExpiredError, LicenseSuspendedError, PoolNotOpenError)
_HOLDING = frozenset({SeatState.HELD, SeatState.DEGRADED, SeatState.OFFLINE, SeatState.BORROWED})
_NEVER = float("inf")


class Lease:
    """One seat.

    Args:
        grant: What the server, or a stored token, said.
        asked_at: When it was asked, on a clock that never goes back; the seat's life is counted from there.
        reacquire: Whether to acquire anew after the lease ended because this program could not reach the server.
        contact: HELD, or OFFLINE or BORROWED for a stored token.
        chance: Random numbers from 0 up to 1.
    """

    def __init__(
        self,
        grant: Grant,
        asked_at: float,
        *,
        reacquire: bool = True,
        contact: SeatState = SeatState.HELD,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.grant = grant
        self.error: Optional[LicenseError] = None
        self._reacquire = reacquire
        self._contact = contact
        self._chance = chance
        self._told = contact
        self._failures = 0
        self._deadline = asked_at + grant.renewal.expires_in
        self._next_call = asked_at + self._interval()
        if contact is SeatState.OFFLINE:
            self._next_call = asked_at

    @property
    def deadline(self) -> float:
        """When the seat ends unless it is renewed, on the clock of ``asked_at``."""
        return self._deadline

    @property
    def next_call(self) -> float:
        """When to take the next step; infinite where there is none."""
        return self._next_call

    def remaining(self, now: float) -> float:
        """Seconds to the seat's end; 0 where it is not held."""
        return self._deadline - now if self.holds(now) else 0.0

    def holds(self, now: float) -> bool:
        """Whether the seat is held."""
        return self.state(now) in _HOLDING

    def state(self, now: float) -> SeatState:
        """How it stands with the seat."""
        if self._contact in (SeatState.LOST, SeatState.RELEASED):
            return self._contact
        return self._contact if now < self._deadline else SeatState.LOST

    @property
    def step(self) -> Step:
        """What to ask: whether the seat is held on, and for a new one only after the server said that it ended.

        Else a program that slept would take back the seat from one that the same holder started meanwhile.
        """
        return Step.ACQUIRE if self._contact is SeatState.LOST else Step.HEARTBEAT

    def change(self, now: float) -> Optional[StateChange]:
        """The change since this was last asked; None where there was none."""
        old, new = self._told, self.state(now)
        if old is new:
            return None
        self._told = new
        if new is SeatState.LOST and not self._reacquire:
            self._next_call = _NEVER
        return StateChange(old, new, None if new is SeatState.HELD else self.error)

    def renewed(self, renewal: Renewal, asked_at: float) -> None:
        """The server holds the seat on."""
        if self._contact is SeatState.RELEASED:
            return
        self._hold(Grant(**{**vars(self.grant), "renewal": renewal}), asked_at)

    def regranted(self, grant: Grant, asked_at: float) -> bool:
        """The server granted a seat anew; False where nobody wants it any more."""
        if self._contact is SeatState.RELEASED:
            return False
        self._hold(grant, asked_at)
        return True

    def failed(self, error: LicenseError, now: float) -> None:
        """A call brought nothing, or a refusal.

        A seat that somebody ended is lost for good. One whose lease ran out because this program slept or had no
        network is acquired anew.
        """
        if self._contact is SeatState.RELEASED:
            return
        self.error = error
        if isinstance(error, SeatLostError):
            self._ended(error, now)
        elif isinstance(error, _ENDING) and now >= self._deadline:
            self._next_call = _NEVER
        else:
            self._disturbed(error, now)

    def lost(self, error: LicenseError) -> None:
        """The seat is not this process's any more."""
        self.error = error
        self._contact, self._next_call = SeatState.LOST, _NEVER

    def released(self) -> None:
        """The program gives it back."""
        self._contact, self._next_call = SeatState.RELEASED, _NEVER
        self._told = SeatState.RELEASED

    def _hold(self, grant: Grant, asked_at: float) -> None:
        self.grant, self.error, self._failures = grant, None, 0
        self._contact = SeatState.HELD
        self._deadline = asked_at + grant.renewal.expires_in
        self._next_call = asked_at + self._interval()

    def _ended(self, error: LicenseError, now: float) -> None:
        overslept = now >= self._deadline and not isinstance(error, SupersededError)
        self._contact = SeatState.LOST
        self._next_call = now if overslept and self._reacquire else _NEVER

    def _disturbed(self, error: LicenseError, now: float) -> None:
        self._failures += 1
        if self._contact is SeatState.HELD:
            self._contact = SeatState.DEGRADED
        if isinstance(error, PoolExhaustedError):
            self._next_call = now + _pace.while_full(error.retry_after, self._chance)
        else:
            remaining = self._deadline - now
            self._next_call = now + _pace.after_failure(self._failures, error.retry_after, remaining, self._chance)

    def _interval(self) -> float:
        renewal = self.grant.renewal
        return _pace.after_success(renewal.heartbeat_after, renewal.expires_in, self._chance)
