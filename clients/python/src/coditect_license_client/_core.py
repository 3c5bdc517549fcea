"""A seat that is kept: its lease, what proves it, who is told of its changes. For many threads; no network."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Callable, Optional

from ._clock import elapsed
from ._holder import Holder
from ._lease import Lease, SeatState, StateChange, Step
from ._proof import Proof
from ._wire import Grant, Renewal
from .errors import LicenseError, SeatLostError

log = logging.getLogger("coditect_license_client")

Listener = Callable[[StateChange], object]

_LEVELS = {
    SeatState.HELD: logging.INFO,
    SeatState.DEGRADED: logging.WARNING,
    SeatState.OFFLINE: logging.WARNING,
    SeatState.BORROWED: logging.INFO,
    SeatState.LOST: logging.ERROR,
}


class SeatCore:
    """One seat of this process."""

    def __init__(self, lease: Lease, holder: Holder, proof: Proof, listeners: Sequence[Listener]) -> None:
        self.holder = holder
        self.proof = proof
        self._lease = lease
        self._listeners = list(listeners)
        self._lock = threading.Lock()
        # So that no seat is stored after it was given back.
        self._storing = threading.Lock()

    @property
    def grant(self) -> Grant:
        """What the server said last."""
        return self._lease.grant

    @property
    def session_id(self) -> str:
        """The session."""
        return self.grant.session_id

    @property
    def state(self) -> SeatState:
        """How it stands now, whether or not anybody was told."""
        with self._lock:
            return self._lease.state(elapsed())

    @property
    def is_borrowed(self) -> bool:
        """Whether it is borrowed for days, and stays so whoever uses it."""
        return self.grant.renewal.key_statement is None

    @property
    def remaining(self) -> float:
        """Seconds to the seat's end; 0 where it is not held."""
        with self._lock:
            return self._lease.remaining(elapsed())

    @property
    def error(self) -> Optional[LicenseError]:
        """What went wrong last; None where the last call went well."""
        return self._lease.error

    @property
    def step(self) -> Step:
        """What to ask next."""
        return self._lease.step

    @property
    def next_call(self) -> float:
        """When."""
        return self._lease.next_call

    @property
    def is_due(self) -> bool:
        """Whether now."""
        return self._lease.next_call <= elapsed()

    def require_held(self) -> None:
        """Refuses a seat that is not held.

        Raises:
            SeatLostError: It is not.
        """
        with self._lock:
            if self._lease.holds(elapsed()):
                return
            state, error = self._lease.state(elapsed()), self._lease.error
        if isinstance(error, SeatLostError):
            raise error
        raise SeatLostError(f"the seat is {state}" + (f": {error}" if error else "")) from error

    def renewed(self, renewal: Renewal, asked_at: float) -> None:
        """The server holds the seat on."""
        grant = Grant(**{**vars(self.grant), "renewal": renewal})
        try:
            self.proof.require(grant)
        except LicenseError as e:
            self.failed(e)
            return
        with self._lock:
            self._lease.renewed(renewal, asked_at)
        self._store()

    def regranted(self, grant: Grant, asked_at: float) -> bool:
        """The server granted a seat anew; False where nobody wants it any more."""
        with self._lock:
            is_wanted = self._lease.regranted(grant, asked_at)
        self._store()
        return is_wanted

    def failed(self, error: LicenseError) -> None:
        """A call brought nothing, or a refusal."""
        with self._lock:
            self._lease.failed(error, elapsed())
        if isinstance(error, SeatLostError):
            self.forget()

    def lost(self, error: LicenseError) -> None:
        """The seat is not this process's any more."""
        with self._lock:
            self._lease.lost(error)

    def released(self) -> bool:
        """The program gives it back; False where it did so before."""
        with self._lock:
            if self._lease.state(elapsed()) is SeatState.RELEASED:
                return False
            self._lease.released()
        return True

    def tell(self) -> None:
        """Tells a change of state, if there is one, to the log and to the listeners. What they raise is logged."""
        with self._lock:
            change = self._lease.change(elapsed())
        if change is None:
            return
        log.log(_LEVELS[change.new], "%s", self._told(change))
        for listener in self._listeners:
            try:
                listener(change)
            except Exception:
                log.exception("A callback for a seat's changes failed")

    def forget_locks(self) -> None:
        """In a forked child: a lock may be held by a thread that is not here."""
        self._lock, self._storing = threading.Lock(), threading.Lock()

    def forget(self) -> None:
        """Deletes what is stored, since the server knows that the session ended.

        Where it could not be told, the seat is held on, and the next start of the program may go on with it.
        """
        with self._storing:
            self.proof.forget()

    def _store(self) -> None:
        with self._storing:
            if self._lease.holds(elapsed()):
                self.proof.keep(self.grant)

    def _told(self, change: StateChange) -> str:
        why = f": {change.error}" if change.error else ""
        return f"The seat of pool {self.grant.pool!r} is {change.new}, was {change.old}{why}"
