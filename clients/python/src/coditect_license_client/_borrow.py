"""Borrows a seat for days and gives it back: what both clients and the command line have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from . import _calls
from ._calls import Call, Patience
from ._clock import wall
from ._holder import Holder, holder_of
from ._proof import Proof
from ._settings import Settings
from ._store import Bundle, Store
from ._verifier import claims_of
from ._wire import Grant
from .errors import (
    ConfigurationError,
    NoBundleError,
    ServerUnreachableError,
    ServiceUnavailableError,
    StorageError,
)


@dataclass(frozen=True)
class BorrowedSeat:
    """A seat that is this machine's for days, with the network or without it.

    Attributes:
        session_id: The session, as administrators see it.
        pool: The pool that the seat is of.
        product: What is licensed.
        entitlements: The features that the pool unlocks.
        expires_at: When it ends, by the server's clock.
        license_expires_at: When the licence itself ends, before its days of grace; None where it has no end.
    """

    session_id: str
    pool: str
    product: str
    entitlements: frozenset[str]
    expires_at: datetime
    license_expires_at: Optional[datetime] = None


class Borrower:
    """One holder that borrows, and gives back.

    Raises:
        ConfigurationError: There are no pinned roots, without which nothing can be proved offline.
    """

    def __init__(self, settings: Settings, instance: Optional[str]) -> None:
        settings.require_url()
        if settings.offline:
            raise ConfigurationError("a seat is borrowed and given back online: leave offline out")
        self._holder: Holder = holder_of(settings, instance)
        self._proof = Proof(settings, self._holder)
        self._proof.require_pinned()
        self._store = Store(settings.state_dir)

    def borrow(self, days: Optional[int], retry_for: float) -> Call[Grant]:
        """Borrows a seat and stores it.

        Raises:
            LicenseError: It was refused, or could not be had in time, or cannot be stored.
        """
        # Before a seat is taken that could not be given back.
        self._store.require_writable()
        try:
            grant = yield from _calls.borrow(self._holder, self._proof, days, Patience(0.0, retry_for))
        except (ServerUnreachableError, ServiceUnavailableError) as e:
            raise type(e)(
                f"{e}; if the seat was lent all the same, borrowing again has the same one",
                retry_after=e.retry_after,
                request_id=e.request_id,
            ) from e
        yield from _calls.fetch_revocations(self._proof)
        try:
            self._proof.store(grant)
        except StorageError:
            yield from _calls.give_back(grant.session_id, grant.renewal.signed_token)
            raise
        return grant

    def give_back(self) -> Call[Bundle]:
        """Gives the stored seat back; one that has ended is forgotten.

        Raises:
            NoBundleError: None is stored.
            LicenseError: The server could not be told; it stays stored.
        """
        try:
            bundle = self._store.load(self._holder.identity, borrowed=True)
        except NoBundleError:
            raise NoBundleError(
                "this machine has no borrowed seat stored; where borrowing had no answer, borrow again, then return it"
            ) from None
        if claims_of(bundle.signed_token).expires_at > wall():
            yield from _calls.give_back(bundle.session_id, bundle.signed_token)
        self._store.delete(self._holder.identity, borrowed=True)
        return bundle


def borrowed_seat(grant: Grant) -> BorrowedSeat:
    """What the program is told of it."""
    return BorrowedSeat(
        session_id=grant.session_id,
        pool=grant.pool,
        product=grant.product,
        entitlements=frozenset(grant.entitlements),
        expires_at=grant.renewal.expires_at,
        license_expires_at=grant.renewal.license_expires_at,
    )
