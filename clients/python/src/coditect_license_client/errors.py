"""Everything that can go wrong, each with what to do and an exit code of its own for the command line."""

from __future__ import annotations

from typing import ClassVar, Optional


class LicenseError(Exception):
    """Base of all errors of this package.

    Attributes:
        exit_code: What ``coditect-license`` ends with when this error ends it.
        retry_after: Seconds after which to try again, where the server named them.
        request_id: Names the request in the server's logs, where it was answered.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, retry_after: Optional[float] = None, request_id: Optional[str] = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.request_id = request_id


class ConfigurationError(LicenseError):
    """A setting is missing, cannot be understood, or contradicts another one."""

    exit_code = 2


class ServerUnreachableError(LicenseError):
    """No answer: no network, a name that is not found, a refused connection, a time-out, TLS or a proxy."""

    exit_code = 10


class WrongServerError(LicenseError):
    """Something answered that is no licence API: a wrong URL, a sign-in page of a network, a proxy's error page."""

    exit_code = 11


class UnknownKeyError(LicenseError):
    """The licence key is unknown or was revoked."""

    exit_code = 12


class PoolExhaustedError(LicenseError):
    """Every seat of the pool is held.

    Attributes:
        earliest_free_in: Seconds until a seat comes free if nobody gives one back before; None where no seat is sold.
    """

    exit_code = 13

    def __init__(
        self,
        message: str,
        *,
        earliest_free_in: Optional[float] = None,
        retry_after: Optional[float] = None,
        request_id: Optional[str] = None,
    ) -> None:
        super().__init__(message, retry_after=retry_after, request_id=request_id)
        self.earliest_free_in = earliest_free_in


class LicenseExpiredError(LicenseError):
    """The licence has ended."""

    exit_code = 14


class LicenseNotYetValidError(LicenseError):
    """The licence has not begun."""

    exit_code = 15


class LicenseSuspendedError(LicenseError):
    """The vendor has suspended the licence."""

    exit_code = 16


class AuthenticationError(LicenseError):
    """The server asks for a bearer token, or does not accept the one that was sent."""

    exit_code = 19


class MissingRoleError(AuthenticationError):
    """The bearer token has not the role that this needs.

    Attributes:
        role: The role: ``holder``, ``viewer`` or ``admin``.
    """

    exit_code = 28

    def __init__(
        self, message: str, *, role: str, retry_after: Optional[float] = None, request_id: Optional[str] = None
    ) -> None:
        super().__init__(message, retry_after=retry_after, request_id=request_id)
        self.role = role


class RateLimitedError(LicenseError):
    """Too many acquires at once."""

    exit_code = 20


class ServiceUnavailableError(LicenseError):
    """The server is there but cannot serve now; nothing is lost."""

    exit_code = 21


class RefusedRequestError(LicenseError):
    """The server does not accept the request as it was sent."""

    exit_code = 22


class SeatLostError(LicenseError):
    """The seat is not held any more."""

    exit_code = 23


class SupersededError(SeatLostError):
    """The same holder acquired again elsewhere, and that session has the seat."""


class SeatEndedError(SeatLostError):
    """The seat was released, was taken away, or its lease ended."""


class UnknownSessionError(SeatLostError):
    """The server has never heard of the session."""


class PoolNotOpenError(LicenseError):
    """The pool is not open to the service account of this pod."""

    exit_code = 24


class BorrowNotOfferedError(LicenseError):
    """The pool lends no seats."""

    exit_code = 25


class BorrowTooLongError(LicenseError):
    """The pool lends seats for fewer days."""

    exit_code = 26


class BorrowLimitError(LicenseError):
    """As many seats are borrowed as the pool lends."""

    exit_code = 27


class InvalidTokenError(LicenseError):
    """A token, its statement or a revocation list proves nothing.

    Attributes:
        reason: The stable name of the first check that failed, one of :class:`coditect_license_client.Reason`.
    """

    exit_code = 30

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class WrongTenantError(InvalidTokenError):
    """The server, or a token, is another tenant's than the pinned roots or the settings say."""

    exit_code = 17


class WrongProductError(InvalidTokenError):
    """The licence key, or a token, is for another product."""

    exit_code = 18


class TokenExpiredError(InvalidTokenError):
    """The stored token has ended: a seat must be acquired online."""

    exit_code = 31


class WrongMachineError(InvalidTokenError):
    """The stored token belongs to another machine."""

    exit_code = 32


class ClockSetBackError(LicenseError):
    """The clock shows an earlier time than this machine has seen before."""

    exit_code = 33


class NoBundleError(LicenseError):
    """Nothing is stored that could prove a seat without the network."""

    exit_code = 34


class BundleCorruptedError(LicenseError):
    """What is stored cannot be read."""

    exit_code = 35


class StorageError(LicenseError):
    """The folder for stored seats cannot be read or written, as in a read-only home."""

    exit_code = 36


class FingerprintError(LicenseError):
    """This machine cannot be named."""

    exit_code = 37
