"""Who asks for a seat: a machine, one of several programs on it, or a pod."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from . import _jws, _wire
from ._fingerprint import fingerprint
from ._settings import Settings, missing
from .errors import ConfigurationError, InvalidTokenError


@dataclass(frozen=True)
class Holder:
    """One holder.

    Attributes:
        hardware_id: What the machine, or the pod, is called; seat tokens carry its hash.
        is_pod: Whether it is a pod, which proves itself by its service account's token and needs no licence key.
        source: Where its name came from, for people.
        instance: Which program of the machine, where there are several.
        identity: Names the holder and the pool it asks, on this machine, without giving the key away.
    """

    settings: Settings
    hardware_id: str
    is_pod: bool
    source: str
    instance: Optional[str]
    identity: str

    def request(self, idempotency_key: str) -> _wire.Request:
        """Asks for a seat, with the key and the token as they are now: both are replaced now and then.

        Raises:
            AuthenticationError: The function that answers the bearer token failed.
            ConfigurationError: There is no licence key, or no pool for a pod, or one cannot be read.
        """
        headers = {"Idempotency-Key": idempotency_key, **self.authorization()}
        if self.is_pod:
            return _wire.acquire_as_pod(_required(self.settings.pool, "pool", "of which pool"), self.instance, headers)
        key = _required(self.settings.read_license_key(), "license_key", "which pool it opens")
        return _wire.acquire(key, self.hardware_id, self.instance, headers)

    def borrow_request(self, idempotency_key: str, days: Optional[int]) -> _wire.Request:
        """Asks to borrow a seat; otherwise as :meth:`request`."""
        return _wire.borrow(self.request(idempotency_key), days)

    def authorization(self) -> Mapping[str, str]:
        """The header that says who calls; empty where the licence key alone does.

        Raises:
            AuthenticationError: The function that answers the bearer token failed.
            ConfigurationError: The bearer token, or the pod's, cannot be read.
        """
        token = self.settings.read_bearer_token()
        if token is not None:
            return _wire.bearer(token)
        return _wire.bearer(_read_token(self.settings.token_file)) if self.is_pod else {}


def holder_of(settings: Settings, instance: Optional[str] = None) -> Holder:
    """The holder that the settings describe.

    Raises:
        ConfigurationError: The licence key, or the pod's token, cannot be read.
        FingerprintError: This machine cannot be named.
    """
    instance = instance if instance is not None else settings.instance
    key = settings.read_license_key()
    is_pod = key is None and settings.hardware_id is None and _has_pod_token(settings)
    hardware_id, source = _pod(settings.token_file) if is_pod else _machine(settings)
    opens = settings.pool if is_pod else key
    identity = _digest("\0".join((settings.url or "", _digest(opens or ""), hardware_id, instance or "")))
    return Holder(settings, hardware_id, is_pod, source, instance, identity)


def _machine(settings: Settings) -> tuple[str, str]:
    if settings.hardware_id is not None:
        return settings.hardware_id, str(settings.origin("hardware_id"))
    found = fingerprint(settings.product or settings.require_url())
    return found.hardware_id, found.source


def _has_pod_token(settings: Settings) -> bool:
    if settings.token_file.is_file():
        return True
    if settings.origin("token_file").kind != "default":
        raise ConfigurationError(
            f"token_file {str(settings.token_file)!r}, from {settings.origin('token_file')}, is not there:"
            " mount a projected service-account token, or leave it out"
        )
    return False


def _pod(file: Path) -> tuple[str, str]:
    """What the server calls the pod: it reads the same claims of the same token."""
    try:
        claims = json.loads(_jws.decode("token", _read_token(file).split(".")[1]))["kubernetes.io"]
        namespace, account, pod = claims["namespace"], claims["serviceaccount"]["name"], claims["pod"]["uid"]
    except (InvalidTokenError, IndexError, KeyError, TypeError, ValueError):
        raise ConfigurationError(
            f"token_file {file} holds no projected service-account token of a pod: mount one, or set a licence key"
        ) from None
    return f"kubernetes:{namespace}:{account}:{pod}", f"the pod of {file}"


def _read_token(file: Path) -> str:
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigurationError(f"cannot read token_file {file}: {e}") from None
    if not token or any(c.isspace() for c in token):
        raise ConfigurationError(f"token_file {file} holds no token")
    return token


def _required(value: Optional[str], name: str, what: str) -> str:
    if value is None:
        raise ConfigurationError(missing(name, what))
    return value


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
