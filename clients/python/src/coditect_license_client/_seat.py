"""What a program sees of a seat."""

from __future__ import annotations

from datetime import datetime
from typing import Optional

from ._core import SeatCore
from ._lease import SeatState
from .errors import LicenseError


class BaseSeat:
    """A seat, whoever keeps it."""

    def __init__(self, core: SeatCore) -> None:
        self._core = core

    @property
    def state(self) -> SeatState:
        """How it stands with the seat at this moment."""
        return self._core.state

    @property
    def held(self) -> bool:
        """Whether the seat is held at this moment."""
        return self.expires_in > 0

    @property
    def error(self) -> Optional[LicenseError]:
        """What went wrong last; None where the last call went well."""
        return self._core.error

    @property
    def session_id(self) -> str:
        """The session, as administrators see it. Another one after the seat was acquired anew."""
        return self._core.session_id

    @property
    def pool(self) -> str:
        """The pool that the seat is of."""
        return self._core.grant.pool

    @property
    def product(self) -> str:
        """What is licensed."""
        return self._core.grant.product

    @property
    def entitlements(self) -> frozenset[str]:
        """The features that the pool unlocks."""
        return frozenset(self._core.grant.entitlements)

    @property
    def hardware_id(self) -> str:
        """What the machine, or the pod, is called."""
        return self._core.holder.hardware_id

    @property
    def holder(self) -> str:
        """What the holder was named by, for people: ``machine-id``, ``argument hardware_id``."""
        return self._core.holder.source

    @property
    def instance(self) -> Optional[str]:
        """Which program of the machine holds it, where that was said."""
        return self._core.holder.instance

    @property
    def expires_in(self) -> float:
        """Seconds until the seat ends unless a heartbeat comes before; 0 where it is not held."""
        return self._core.remaining

    @property
    def expires_at(self) -> datetime:
        """When it ends unless a heartbeat comes before, by the server's clock."""
        return self._core.grant.renewal.expires_at

    @property
    def license_expires_at(self) -> Optional[datetime]:
        """When the licence itself ends, before its days of grace; None where it has no end, or it is not known.

        As the server said at the last heartbeat.
        """
        return self._core.grant.renewal.license_expires_at

    @property
    def signed_token(self) -> str:
        """Proves the seat to others, together with :attr:`key_statement`."""
        return self._core.grant.renewal.signed_token

    @property
    def key_statement(self) -> Optional[str]:
        """Certifies the key that signed :attr:`signed_token`; None where the seat is borrowed, and needs nothing."""
        return self._core.grant.renewal.key_statement

    def require(self) -> None:
        """Refuses to go on without the seat.

        Raises:
            SeatLostError: It is not held at this moment; says why.
        """
        self._core.require_held()

    def __repr__(self) -> str:
        """Without the token, which is as good as the seat."""
        return f"<{type(self).__name__} {self.state} pool={self.pool!r} product={self.product!r}>"
