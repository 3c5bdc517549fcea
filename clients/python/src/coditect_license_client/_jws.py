"""A JWS in compact form, read but not yet believed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import _strict_json
from ._claims import Claims
from ._reason import Reason, refuse

_PARTS = 3
_HEADER_NAMES = frozenset({"alg", "typ", "kid"})
_BASE64URL = re.compile("[A-Za-z0-9_-]*")


@dataclass(frozen=True)
class CompactJws:
    """Its parts, decoded.

    Attributes:
        part: What it is, for messages.
    """

    part: str
    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    signing_input: bytes
    signature: bytes

    @property
    def key_id(self) -> str:
        """Where the header has no usable ``kid``, a text that names no key."""
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else ""

    @property
    def claims(self) -> Claims:
        """The payload's claims."""
        return Claims(self.part, self.payload)

    def require_header(self, algorithm: str, kind: str) -> None:
        """Refuses every header but the one that is issued.

        A key may be used with one algorithm only, for one purpose only, and the header may neither bring a key nor
        change how the rest is read.
        """
        if self.header.get("alg") != algorithm:
            raise refuse(Reason.ALGORITHM_NOT_ALLOWED, f'{self.part}: "alg" must be {algorithm}')
        if self.header.get("typ") != kind:
            raise refuse(Reason.TYPE_NOT_ALLOWED, f'{self.part}: "typ" must be {kind}')
        if not _HEADER_NAMES.issuperset(self.header):
            raise refuse(Reason.HEADER_NOT_ALLOWED, f"{self.part}: the header may hold only alg, typ and kid")


def read(part: str, text: str, longest: int) -> CompactJws:
    """Reads a JWS of at most ``longest`` characters."""
    if len(text) > longest:
        raise refuse(Reason.TOO_LARGE, f"{part}: longer than {longest} characters")
    parts = text.split(".")
    if len(parts) != _PARTS:
        raise _malformed(part, "must have three parts")
    header, payload, signature = (decode(part, each) for each in parts)
    return CompactJws(
        part=part,
        header=_object(part, "header", header),
        payload=_object(part, "payload", payload),
        signing_input=f"{parts[0]}.{parts[1]}".encode("ascii"),
        signature=signature,
    )


def decode(part: str, encoded: str) -> bytes:
    """Decodes canonical base64url; Python's decoder passes over much, so what it gives is encoded and compared."""
    if _BASE64URL.fullmatch(encoded):
        try:
            decoded = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        except binascii.Error:
            decoded = b""
        if encode(decoded) == encoded:
            return decoded
    raise _malformed(part, "must be canonical base64url")


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _object(part: str, what: str, encoded: bytes) -> dict[str, Any]:
    try:
        return _strict_json.read(encoded.decode("utf-8"))
    except ValueError:
        raise _malformed(part, f"the {what} must be one JSON object in UTF-8 with unique names") from None


def _malformed(part: str, rule: str) -> Exception:
    return refuse(Reason.MALFORMED, f"{part}: {rule}")
