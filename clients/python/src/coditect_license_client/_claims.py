"""Reads claims that must be there and of exactly one type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from . import _strict_json
from ._reason import Reason, refuse

MAX_NUMBER = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

_MAX_EPOCH_SECOND = 253402300799  # 9999-12-31T23:59:59Z
_SHA_256 = re.compile("[0-9a-f]{64}")
_ABSENT = object()


class Claims:
    """The claims of one text.

    Args:
        part: What the text is, for messages.
        members: The JSON object.
    """

    def __init__(self, part: str, members: Mapping[str, Any]) -> None:
        self.part = part
        self._members = members

    def text(self, name: str, longest: int) -> str:
        """A text of 1 to ``longest`` characters, as Unicode counts them."""
        return self._text(name, self._value(name), longest)

    def texts(self, name: str, most: int, longest: int) -> tuple[str, ...]:
        """An array of at most ``most`` texts."""
        items = self._value(name)
        if not isinstance(items, list) or len(items) > most:
            raise self.malformed(name, f"must be an array of at most {most} strings")
        return tuple(self._text(name, item, longest) for item in items)

    def sha256(self, name: str) -> str:
        """64 digits in lower-case hex."""
        text = self.text(name, 64)
        if not _SHA_256.fullmatch(text):
            raise self.malformed(name, "must be a SHA-256 in lower-case hex")
        return text

    def number(self, name: str, least: int, most: int) -> int:
        """A whole number."""
        value = self._value(name)
        if not is_number(value, least, most):
            raise self.malformed(name, f"must be a whole number from {least} to {most}")
        return int(value)

    def time(self, name: str) -> int:
        """Seconds since 1970."""
        return self.number(name, 0, _MAX_EPOCH_SECOND)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._value(name)
        if not isinstance(value, bool):
            raise self.malformed(name, "must be true or false")
        return value

    def members(self, name: str) -> dict[str, Any]:
        """The members of an object, which are still to be checked."""
        value = self._value(name)
        if not isinstance(value, dict):
            raise self.malformed(name, "must be an object")
        return value

    def require_period(self, begins: str, not_before: int, expires_at: int) -> None:
        """Refuses an end that is not after the beginning."""
        if expires_at <= not_before:
            raise self.malformed("exp", f'must be after "{begins}"')

    def require_issuer(self, issuer: str, tenant: str) -> None:
        """Refuses an issuer that is not the tenant's."""
        if issuer != f"urn:coditect:tenant:{tenant}":
            raise refuse(Reason.TENANT_MISMATCH, f'{self.part}: "iss" is not the issuer of "tenant"')

    def malformed(self, name: str, rule: str) -> Exception:
        """The refusal of a claim that breaks a rule."""
        return refuse(Reason.CLAIM_MALFORMED, f'{self.part}: claim "{name}" {rule}')

    def _text(self, name: str, value: Any, longest: int) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= longest:
            raise self.malformed(name, f"must hold strings of 1 to {longest} characters")
        return value

    def _value(self, name: str) -> Any:
        value = self._members.get(name, _ABSENT)
        if value is _ABSENT:
            raise refuse(Reason.CLAIM_MISSING, f'{self.part}: no claim "{name}"')
        return value


def is_number(value: Any, least: int, most: int) -> bool:
    """Whether it is a whole number within the bounds; True and 1.0 are none."""
    return value is not _strict_json.OTHER and type(value) is int and least <= value <= most
