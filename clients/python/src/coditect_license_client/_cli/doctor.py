"""Finds out what is wrong, step by step, and says what to do."""

from __future__ import annotations

import argparse
import json
import socket
import ssl
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Callable, Optional
from urllib.parse import urlsplit

from .. import _calls, _wire
from .._calls import Patience
from .._clock import wall
from .._holder import holder_of
from .._proof import Proof
from .._settings import Settings
from .._store import Store
from .._transport import Transport
from .._verifier import SeatVerifier
from ..errors import (
    ClockSetBackError,
    ConfigurationError,
    LicenseError,
    PoolExhaustedError,
    ServerUnreachableError,
    WrongTenantError,
)
from .seats import settings_of

_SECONDS = 5.0
_CLOCK_WARNING = 5.0
_CLOCK_FAILURE = 120.0
_CERTIFICATE_WARNING_DAYS = 14
_DAY = 86400


class Concern(Exception):  # noqa: N818 - not an error: what works, but not as it should
    """What works, but should be looked at."""


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    Attributes:
        look: Answers what was found; raises Concern, or LicenseError where it fails.
        is_network: Whether it is in vain once an earlier one of its kind failed.
    """

    name: str
    look: Callable[[], str]
    is_network: bool = True


def doctor(arguments: argparse.Namespace) -> int:
    """Looks at everything; answers the exit code of the first thing that is wrong, or 0."""
    examination = Examination(settings_of(arguments), takes_seat=not arguments.no_seat)
    try:
        return _run(examination.checks())
    finally:
        examination.close()


def _run(checks: list[Check]) -> int:
    code, network_failed = 0, False
    for check in checks:
        if check.is_network and network_failed:
            print(f"skip  {check.name}")
            continue
        try:
            print(f"ok    {check.name}: {check.look()}")
        except Concern as e:
            print(f"warn  {check.name}: {e}")
        except LicenseError as e:
            print(f"FAIL  {check.name}: {e}")
            code = code or e.exit_code
            network_failed = network_failed or check.is_network
    return code


class Examination:
    """The checks of one set of settings."""

    def __init__(self, settings: Settings, *, takes_seat: bool) -> None:
        self._settings = settings
        self._takes_seat = takes_seat
        self._transport = Transport(settings)
        self._store = Store(settings.state_dir)

    def close(self) -> None:
        """Closes the connections."""
        self._transport.rest()

    def checks(self) -> list[Check]:
        """What to look at, in order."""
        checks = [
            Check("settings", self._look_at_settings, is_network=False),
            Check("machine", self._look_at_machine, is_network=False),
            Check("storage", self._look_at_storage, is_network=False),
        ]
        if self._settings.roots_file is not None:
            checks.append(Check("pinned roots", self._look_at_roots, is_network=False))
        if self._settings.url is None or self._settings.offline:
            return checks
        checks.append(Check("proxy", self._look_at_proxy))
        if self._proxy() is None:
            checks += [Check("name service", self._look_up), Check("connection", self._connect)]
        checks += [Check("licence API", self._look_at_api), Check("clock", self._look_at_clock)]
        if self._settings.roots_file is not None:
            checks.append(Check("tenant", self._look_at_tenant))
        if self._takes_seat:
            checks.append(Check("licence key", self._try_key))
        return checks

    def _look_at_settings(self) -> str:
        url = self._settings.require_url()
        if urlsplit(url).scheme == "http" and not _is_near(urlsplit(url).hostname or ""):
            raise Concern(f"{url} has no TLS: everybody between reads the licence key; ask the vendor for an https URL")
        return f"{url}, from {self._settings.origin('url')}"

    def _look_at_machine(self) -> str:
        holder = holder_of(self._settings)
        return f"named by {holder.source}" + (f", instance {holder.instance}" if holder.instance else "")

    def _look_at_storage(self) -> str:
        self._store.require_writable()
        self._store.require_clock()
        return f"{self._settings.state_dir} can be written to"

    def _look_at_roots(self) -> str:
        self._verifier()
        return f"{self._settings.roots_file} is as it must be"

    def _look_at_proxy(self) -> str:
        proxy = self._proxy()
        return "none" if proxy is None else f"{proxy}; name service and connection are its business"

    def _look_up(self) -> str:
        host, port = _address(self._settings)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as e:
            raise ServerUnreachableError(
                f"{host} is not found ({e}): check url, and this machine's name service"
            ) from None
        return f"{host} is {', '.join(sorted({str(each[4][0]) for each in found}))}"

    def _connect(self) -> str:
        host, port = _address(self._settings)
        try:
            with socket.create_connection((host, port), timeout=_SECONDS) as connection:
                if urlsplit(self._settings.require_url()).scheme == "http":
                    return f"{host}:{port} answers, without TLS"
                return self._shake_hands(connection, host)
        except ssl.SSLError as e:
            raise ServerUnreachableError(
                f"{host} is not who it says, or its authority is not trusted ({e}): set ca_file to its authority"
            ) from None
        except OSError as e:
            raise ServerUnreachableError(
                f"{host}:{port} cannot be reached ({e}): check url, firewalls, and whether a proxy is needed"
            ) from None

    def _shake_hands(self, connection: socket.socket, host: str) -> str:
        ca_file = self._settings.ca_file
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        with context.wrap_socket(connection, server_hostname=host) as secured:
            ends = ssl.cert_time_to_seconds(str((secured.getpeercert() or {})["notAfter"]))
            days = (ends - wall()) / _DAY
            if days < _CERTIFICATE_WARNING_DAYS:
                raise Concern(f"the certificate of {host} ends in {days:.0f} days: tell the vendor")
            return f"{host} speaks {secured.version()}, its certificate lasts {days:.0f} days"

    def _look_at_api(self) -> str:
        _wire.read_ready(self._transport.call(_wire.ready(), _SECONDS))
        return "ready"

    def _look_at_clock(self) -> str:
        date = self._transport.call(_wire.ready(), _SECONDS).headers.get("date")
        try:
            theirs = parsedate_to_datetime(date or "")
        except (TypeError, ValueError):
            raise Concern("the server does not say what time it is") from None
        ahead = (datetime.now(timezone.utc) - theirs).total_seconds()
        told = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the server's"
        if abs(ahead) > _CLOCK_FAILURE:
            raise ClockSetBackError(f"this clock is {told}: set it right, or stored seats cannot be proved")
        if abs(ahead) > _CLOCK_WARNING:
            raise Concern(f"this clock is {told}: set it right, stored seats end by it")
        return "agrees with the server's"

    def _look_at_tenant(self) -> str:
        answer = self._transport.call(_wire.Request("GET", "/.well-known/jwks.json", headers={}), _SECONDS)
        try:
            ids = {key["kid"] for key in json.loads(answer.body)["keys"]}
        except (KeyError, TypeError, ValueError):
            raise Concern("the server does not tell its keys") from None
        if not ids & self._verifier().root_ids:
            raise WrongTenantError(
                "none of the pinned roots is this server's: check url and roots_file; fetch the roots anew where the"
                " vendor replaced them",
                reason="UNKNOWN_ROOT",
            )
        return "the server's root is pinned"

    def _try_key(self) -> str:
        # As an instance of its own, so that no seat of this machine is superseded.
        holder = holder_of(self._settings, f"doctor-{uuid.uuid4()}")
        call = _calls.acquire(holder, Proof(self._settings, holder), Patience(0.0, 0.0))
        try:
            grant, _ = _calls.drive(call, self._transport, _SECONDS)
        except PoolExhaustedError as e:
            raise Concern(f"it is right, but no seat is free: {e}") from None
        _calls.drive(_calls.release(grant.session_id, grant.renewal.signed_token), self._transport, _SECONDS)
        return f"opens pool {grant.pool}, product {grant.product}; a seat was taken and given back"

    def _verifier(self) -> SeatVerifier:
        roots = self._settings.pinned_roots()
        if roots is None:
            raise ConfigurationError("there are no pinned roots")
        return SeatVerifier(roots, tenant=self._settings.tenant, product=self._settings.product)

    def _proxy(self) -> Optional[str]:
        """The proxy in force, as httpx takes it from the environment."""
        from urllib.request import getproxies, proxy_bypass

        if self._settings.proxy is not None:
            return self._settings.proxy
        parts = urlsplit(self._settings.require_url())
        if proxy_bypass(parts.hostname or ""):
            return None
        proxies = getproxies()
        return proxies.get(parts.scheme) or proxies.get("all")


def _address(settings: Settings) -> tuple[str, int]:
    parts = urlsplit(settings.require_url())
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _is_near(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith((".svc", ".cluster.local"))
