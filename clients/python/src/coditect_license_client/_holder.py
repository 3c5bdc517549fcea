"""Who asks for a seat: a machine, one of several programs on it, or a pod."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from . import _wire
from ._fingerprint import fingerprint
from ._settings import Settings, missing
from .errors import ConfigurationError


@dataclass(frozen=True)
class Holder:
    """One holder.

    Attributes:
        hardware_id: What the machine is called; None where the pod's token says who it is.
        source: Where that came from, for people.
        instance: Which program of the machine, where there are several.
        identity: Names the holder and the pool it asks, on this machine, without giving the key away.
    """

    settings: Settings
    hardware_id: Optional[str]
    source: str
    instance: Optional[str]
    identity: str

    def request(self, idempotency_key: str) -> _wire.Request:
        """Asks for a seat, with the key and the token as they are now: both are replaced now and then.

        Raises:
            ConfigurationError: There is no licence key, or it cannot be read.
        """
        key = self.settings.read_license_key()
        if key is None and self.hardware_id is not None:
            raise ConfigurationError(missing("license_key", "which pool it opens"))
        headers = {"Idempotency-Key": idempotency_key, **_authorization(self.settings)}
        return _wire.acquire(key, self.hardware_id, self.instance, headers)


def holder_of(settings: Settings, instance: Optional[str] = None) -> Holder:
    """The holder that the settings describe.

    Raises:
        ConfigurationError: The licence key cannot be read.
        FingerprintError: This machine cannot be named.
    """
    instance = instance if instance is not None else settings.instance
    hardware_id, source = _machine(settings)
    key = _digest(settings.read_license_key() or "")
    identity = _digest("\0".join((settings.url or "", key, hardware_id or "pod", instance or "")))
    return Holder(settings, hardware_id, source, instance, identity)


def _machine(settings: Settings) -> tuple[Optional[str], str]:
    if settings.hardware_id is not None:
        return settings.hardware_id, str(settings.origin("hardware_id"))
    if pod_token_file(settings) is not None:
        return None, f"the pod of {settings.token_file}"
    found = fingerprint(settings.product or settings.require_url())
    return found.hardware_id, found.source


def pod_token_file(settings: Settings) -> Optional[Path]:
    """The projected service-account token, where there is one and no other token was set.

    Raises:
        ConfigurationError: One was named that is not there.
    """
    if settings.bearer_token is not None:
        return None
    if settings.token_file.is_file():
        return settings.token_file
    if settings.origin("token_file").kind != "default":
        raise ConfigurationError(
            f"token_file {str(settings.token_file)!r}, from {settings.origin('token_file')}, is not there:"
            " mount a projected service-account token, or leave it out"
        )
    return None


def _authorization(settings: Settings) -> Mapping[str, str]:
    file = pod_token_file(settings)
    token = settings.bearer_token if file is None else _read_token(file)
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def _read_token(file: Path) -> str:
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as e:
        raise ConfigurationError(f"cannot read token_file {file}: {e}") from None
    if not token or any(c.isspace() for c in token):
        raise ConfigurationError(f"token_file {file} holds no token")
    return token


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
