"""Hold a floating licence seat: acquire it, keep it, prove it offline, give it back.

    with LicenseClient(url, license_key=key).seat() as seat:
        ...

Importing this package loads neither httpx nor cryptography; they are loaded when they are first needed.
"""

from ._async_client import AsyncLicenseClient, AsyncSeat
from ._borrow import BorrowedSeat
from ._client import LicenseClient, Seat
from ._lease import SeatState, StateChange
from ._reason import Reason
from ._settings import Origin, Settings, TokenSource
from ._startup import Enforcement, startup_check
from ._store import Bundle, read_bundle
from ._verifier import RevocationList, SeatClaims, SeatVerifier
from ._version import __version__
from ._wire import HeldSession, SignedList, Validity
from .errors import (
    AuthenticationError,
    BorrowLimitError,
    BorrowNotOfferedError,
    BorrowTooLongError,
    BundleCorruptedError,
    ClockSetBackError,
    ConfigurationError,
    FingerprintError,
    InvalidTokenError,
    LicenseError,
    LicenseExpiredError,
    LicenseNotYetValidError,
    LicenseSuspendedError,
    MissingRoleError,
    NoBundleError,
    PoolExhaustedError,
    PoolNotOpenError,
    RateLimitedError,
    RefusedRequestError,
    SeatEndedError,
    SeatLostError,
    ServerUnreachableError,
    ServiceUnavailableError,
    StorageError,
    SupersededError,
    TokenExpiredError,
    UnknownKeyError,
    UnknownSessionError,
    WrongMachineError,
    WrongProductError,
    WrongServerError,
    WrongTenantError,
)

__all__ = [
    "AsyncLicenseClient",
    "AsyncSeat",
    "AuthenticationError",
    "BorrowLimitError",
    "BorrowNotOfferedError",
    "BorrowTooLongError",
    "BorrowedSeat",
    "Bundle",
    "BundleCorruptedError",
    "ClockSetBackError",
    "ConfigurationError",
    "Enforcement",
    "FingerprintError",
    "HeldSession",
    "InvalidTokenError",
    "LicenseClient",
    "LicenseError",
    "LicenseExpiredError",
    "LicenseNotYetValidError",
    "LicenseSuspendedError",
    "MissingRoleError",
    "NoBundleError",
    "Origin",
    "PoolExhaustedError",
    "PoolNotOpenError",
    "RateLimitedError",
    "Reason",
    "RefusedRequestError",
    "RevocationList",
    "Seat",
    "SeatClaims",
    "SeatEndedError",
    "SeatLostError",
    "SeatState",
    "SeatVerifier",
    "ServerUnreachableError",
    "ServiceUnavailableError",
    "Settings",
    "SignedList",
    "StateChange",
    "StorageError",
    "SupersededError",
    "TokenExpiredError",
    "TokenSource",
    "UnknownKeyError",
    "UnknownSessionError",
    "Validity",
    "WrongMachineError",
    "WrongProductError",
    "WrongServerError",
    "WrongTenantError",
    "__version__",
    "read_bundle",
    "startup_check",
]
