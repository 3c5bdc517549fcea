"""Holds answers and stored seats against the pinned roots, and stores what proves a seat offline."""

from __future__ import annotations

import logging
from typing import Optional

from ._clock import instant, wall
from ._holder import Holder
from ._reason import Reason
from ._settings import Settings, missing
from ._store import Bundle, Store
from ._verifier import RevocationList, SeatClaims, SeatVerifier
from ._wire import Grant, Renewal, SignedList
from .errors import (
    BundleCorruptedError,
    ConfigurationError,
    InvalidTokenError,
    LicenseError,
    NoBundleError,
    StorageError,
    TokenExpiredError,
    WrongProductError,
)

log = logging.getLogger("coditect_license_client")


class Proof:
    """What one holder can prove.

    Without pinned roots nothing is verified and nothing is stored: the server is believed as TLS proves it.
    """

    def __init__(self, settings: Settings, holder: Holder) -> None:
        self._product = settings.product
        self._holder = holder
        self._store = Store(settings.state_dir)
        self._verifier = _verifier(settings, holder)
        self._list: Optional[SignedList] = None

    @property
    def is_pinned(self) -> bool:
        """Whether there are pinned roots."""
        return self._verifier is not None

    def require(self, grant: Grant) -> None:
        """Refuses an answer that these roots do not certify, or that is for another product or machine.

        The time is not looked at: the server has just answered, and this machine's clock may be wrong.

        Raises:
            InvalidTokenError: With ``WrongTenantError`` and ``WrongProductError`` for the usual mistakes.
        """
        if self._product is not None and grant.product != self._product:
            raise WrongProductError(
                f"the licence key opens a pool of the product {grant.product!r}, and this program is {self._product!r}:"
                " check the licence key and product",
                reason=Reason.NOT_EXPECTED.value,
            )
        if self._verifier is not None:
            self._verifier.verify_genuine(grant.renewal.signed_token, grant.renewal.key_statement)

    def keep(self, grant: Grant) -> None:
        """Stores the seat, where there are pinned roots. It is held all the same where that fails, which is logged."""
        if self._verifier is None:
            return
        try:
            self.store(grant)
        except (BundleCorruptedError, StorageError) as e:
            log.warning("The seat cannot be proved offline later: %s", e)

    def store(self, grant: Grant) -> None:
        """Stores the seat.

        Raises:
            StorageError: It cannot be stored.
        """
        kept, license_end = self._list, grant.renewal.license_expires_at
        self._store.save(
            self._holder.identity,
            Bundle(
                url=self._holder.settings.require_url(),
                session_id=grant.session_id,
                pool=grant.pool,
                product=grant.product,
                signed_token=grant.renewal.signed_token,
                key_statement=grant.renewal.key_statement,
                instance=self._holder.instance,
                revocation_list=None if kept is None else kept.revocation_list,
                revocation_statement=None if kept is None else kept.key_statement,
                license_expires_at=None if license_end is None else license_end.timestamp(),
            ),
        )
        if self._verifier is not None:
            seat = self._verifier.verify_genuine(grant.renewal.signed_token, grant.renewal.key_statement)
            self._store.learned_time(seat.issued_at, seat.tenant)

    def forget(self) -> None:
        """Deletes what was stored, since the seat was given back or lost."""
        if self._verifier is None:
            return
        try:
            self._store.delete(self._holder.identity)
        except StorageError as e:
            log.warning("A seat that was given back stays stored: %s", e)

    def learn(self, signed: SignedList) -> None:
        """Verifies a list that was fetched and stores it with the next seat; one that is refused is passed over."""
        if self._verifier is None:
            return
        try:
            revocations = self._verifier.verify_revocations(signed.revocation_list, signed.key_statement)
            if revocations.sequence >= self._store.sequence(revocations.tenant):
                self._list = signed
                self._store.saw(revocations.issued_at, revocations.tenant, revocations.sequence)
        except LicenseError as e:
            log.info("A revocation list was passed over: %s", e)

    def require_pinned(self) -> None:
        """Refuses where nothing could be proved without the network.

        Raises:
            ConfigurationError: There are no pinned roots.
        """
        self._pinned()

    def _pinned(self) -> SeatVerifier:
        if self._verifier is None:
            raise ConfigurationError(missing("roots_file", "by which roots stored seats are proved"))
        return self._verifier

    def borrowed(self) -> Optional[tuple[Bundle, SeatClaims]]:
        """The borrowed seat that is stored, if it holds now; one that has ended is deleted."""
        if self._verifier is None:
            return None
        try:
            bundle = self._store.load(self._holder.identity, borrowed=True)
        except NoBundleError:
            return None
        except (BundleCorruptedError, StorageError) as e:
            log.warning("The borrowed seat cannot be used: %s", e)
            return None
        try:
            return bundle, self.verified(bundle)
        except LicenseError as e:
            log.warning("The borrowed seat cannot be used: %s", e)
            if isinstance(e, TokenExpiredError):
                self.forget_borrowed()
            return None

    def forget_borrowed(self) -> None:
        """Deletes the borrowed seat, since it was given back or has ended."""
        try:
            self._store.delete(self._holder.identity, borrowed=True)
        except StorageError as e:
            log.warning("A borrowed seat that is over stays stored: %s", e)

    def stored(self) -> tuple[Bundle, SeatClaims]:
        """The seat that is stored, if it holds now.

        Raises:
            ConfigurationError: There are no pinned roots.
            ClockSetBackError: The clock was set back.
            NoBundleError: Nothing is stored.
            BundleCorruptedError: What is stored cannot be understood.
            InvalidTokenError: It proves nothing, or nothing any more.
        """
        bundle = self._store.load(self._holder.identity)
        return bundle, self.verified(bundle)

    def verified(self, bundle: Bundle) -> SeatClaims:
        """As :meth:`stored`, of a bundle that was read elsewhere."""
        verifier = self._pinned()
        self._store.require_clock()
        seat = verifier.verify(
            bundle.signed_token, bundle.key_statement, revocations=self._revocations(bundle, verifier)
        )
        self._store.saw(wall(), seat.tenant)
        return seat

    def _revocations(self, bundle: Bundle, verifier: SeatVerifier) -> Optional[RevocationList]:
        """The stored list; None where it has ended, and says nothing, or where there is none."""
        if bundle.revocation_list is None or bundle.revocation_statement is None:
            return None
        try:
            seen = verifier.verify_genuine(bundle.signed_token, bundle.key_statement).tenant
            return verifier.verify_revocations(
                bundle.revocation_list, bundle.revocation_statement, seen=self._store.sequence(seen)
            )
        except InvalidTokenError as e:
            if e.reason in (Reason.LIST_EXPIRED.value, Reason.STATEMENT_EXPIRED.value):
                return None
            raise


def grant_of(bundle: Bundle, seat: SeatClaims, now: float) -> Grant:
    """A stored seat in the form of an answer, its life counted from now."""
    license_end = bundle.license_expires_at
    return Grant(
        session_id=seat.session_id,
        pool=seat.pool,
        product=seat.product,
        entitlements=seat.entitlements,
        renewal=Renewal(
            signed_token=bundle.signed_token,
            key_statement=bundle.key_statement,
            expires_at=instant(seat.expires_at),
            expires_in=seat.expires_at - now,
            heartbeat_after=max((seat.expires_at - seat.not_before) / 3, 1.0),
            license_expires_at=None if license_end is None else instant(license_end),
        ),
    )


def _verifier(settings: Settings, holder: Holder) -> Optional[SeatVerifier]:
    roots = settings.pinned_roots()
    if roots is None:
        return None
    return SeatVerifier(roots, tenant=settings.tenant, product=settings.product, hardware_id=holder.hardware_id)
