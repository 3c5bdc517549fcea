"""Why a token proves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from .errors import InvalidTokenError, TokenExpiredError, WrongTenantError


class Reason(str, Enum):
    """Why a token, statement or revocation list is not accepted: the names are the same in every language.

    ``docs/verify-offline.md`` says in which order things are checked; the first that fails is the reason.
    """

    TOO_LARGE = "TOO_LARGE"
    MALFORMED = "MALFORMED"
    ALGORITHM_NOT_ALLOWED = "ALGORITHM_NOT_ALLOWED"
    TYPE_NOT_ALLOWED = "TYPE_NOT_ALLOWED"
    HEADER_NOT_ALLOWED = "HEADER_NOT_ALLOWED"
    UNKNOWN_ROOT = "UNKNOWN_ROOT"
    UNKNOWN_LEAF = "UNKNOWN_LEAF"
    LEAF_NOT_ALLOWED = "LEAF_NOT_ALLOWED"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    CLAIM_MISSING = "CLAIM_MISSING"
    CLAIM_MALFORMED = "CLAIM_MALFORMED"
    TENANT_MISMATCH = "TENANT_MISMATCH"
    NOT_EXPECTED = "NOT_EXPECTED"
    STATEMENT_TOO_LONG = "STATEMENT_TOO_LONG"
    STATEMENT_NOT_YET_VALID = "STATEMENT_NOT_YET_VALID"
    STATEMENT_EXPIRED = "STATEMENT_EXPIRED"
    OUTLIVES_STATEMENT = "OUTLIVES_STATEMENT"
    BORROWED_TOO_LONG = "BORROWED_TOO_LONG"
    NOT_YET_VALID = "NOT_YET_VALID"
    EXPIRED = "EXPIRED"
    LIST_NOT_YET_VALID = "LIST_NOT_YET_VALID"
    LIST_EXPIRED = "LIST_EXPIRED"
    LIST_ROLLED_BACK = "LIST_ROLLED_BACK"
    REVOKED = "REVOKED"


_CLASSES: Mapping[Reason, type[InvalidTokenError]] = {
    Reason.UNKNOWN_ROOT: WrongTenantError,
    Reason.STATEMENT_EXPIRED: TokenExpiredError,
    Reason.EXPIRED: TokenExpiredError,
}


def refuse(reason: Reason, detail: str) -> InvalidTokenError:
    """The error for a reason."""
    return _CLASSES.get(reason, InvalidTokenError)(detail, reason=reason.value)
