"""Who holds which seat of a client: what both clients have in common. No network."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Optional

from ._clock import elapsed, wall
from ._core import Listener, SeatCore
from ._holder import Holder, holder_of
from ._lease import Lease, SeatState
from ._proof import Proof, grant_of
from ._settings import Settings
from ._wire import Grant
from .errors import (
    BundleCorruptedError,
    ClockSetBackError,
    ConfigurationError,
    InvalidTokenError,
    LicenseError,
    NoBundleError,
    SeatLostError,
    StorageError,
)

log = logging.getLogger("coditect_license_client")

_NOTHING_USABLE = (BundleCorruptedError, ClockSetBackError, InvalidTokenError, NoBundleError, StorageError)


class Ticket:
    """One seat that is being opened, and whose holder nobody else of this process may be."""

    def __init__(self, holder: Holder, proof: Proof, listeners: Sequence[Listener], *, reacquire: bool) -> None:
        self.holder = holder
        self.proof = proof
        self._listeners = listeners
        self._reacquire = reacquire

    def granted(self, grant: Grant, asked_at: float) -> SeatCore:
        """A seat that the server granted."""
        return self._core(Lease(grant, asked_at, reacquire=self._reacquire))

    def offline(self) -> SeatCore:
        """The stored seat; the server is not asked.

        Raises:
            LicenseError: None is stored that holds now.
        """
        bundle, seat = self.proof.stored()
        grant = grant_of(bundle, seat, wall())
        return self._core(Lease(grant, elapsed(), reacquire=self._reacquire, contact=SeatState.OFFLINE))

    def borrowed(self) -> Optional[SeatCore]:
        """The seat that this machine has borrowed; None where it has none that holds now. The server is not asked."""
        found = self.proof.borrowed()
        if found is None:
            return None
        grant = grant_of(*found, wall())
        return self._core(Lease(grant, elapsed(), reacquire=False, contact=SeatState.BORROWED))

    def stored(self, because: LicenseError) -> Optional[SeatCore]:
        """As :meth:`offline`, where the server could not be asked; None where no stored seat holds."""
        if not self.proof.is_pinned:
            return None
        try:
            core = self.offline()
        except _NOTHING_USABLE as e:
            log.info("No stored seat can be used: %s", e)
            return None
        log.warning("Goes on with a stored seat until the server can be asked: %s", because)
        return core

    def _core(self, lease: Lease) -> SeatCore:
        return SeatCore(lease, self.holder, self.proof, self._listeners)


class Desk:
    """Gives out tickets, one for each holder."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._taken: set[str] = set()
        self._inherited: frozenset[str] = frozenset()

    def ticket(self, instance: Optional[str], listeners: Sequence[Listener], *, reacquire: bool) -> Ticket:
        """Begins to open a seat; :meth:`free` ends it.

        Raises:
            ConfigurationError: The same holder has a seat already, here or in the process this one was forked from.
            FingerprintError: This machine cannot be named.
        """
        self.settings.require_url()
        holder = holder_of(self.settings, instance)
        if holder.identity in self._inherited:
            raise ConfigurationError(
                "the process that this one was forked from holds a seat as the same holder, and would lose it:"
                " give this one an instance of its own"
            )
        if holder.identity in self._taken:
            raise ConfigurationError(
                "this process holds a seat as the same holder already, and would lose it: share that seat, or give this"
                " one an instance of its own"
            )
        proof = Proof(self.settings, holder)
        self._taken.add(holder.identity)
        return Ticket(holder, proof, listeners, reacquire=reacquire)

    def free(self, holder: Holder) -> None:
        """The holder has no seat any more."""
        self._taken.discard(holder.identity)

    def forget_after_fork(self, cores: Sequence[SeatCore]) -> None:
        """In a child: the seats are the parent's."""
        self._inherited, self._taken = self._inherited | self._taken, set()
        for core in cores:
            core.forget_locks()
            core.lost(SeatLostError("the process that this one was forked from holds the seat: acquire one of its own"))
