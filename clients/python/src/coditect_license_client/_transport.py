"""Speaks HTTP with httpx, for threads and for asyncio, and says in plain words why nothing came back."""

from __future__ import annotations

import contextlib
import os
import ssl
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Optional

from ._clock import elapsed
from ._settings import Settings
from ._wire import MAX_ANSWER_BYTES, USER_AGENT, Answer, Request
from .errors import ConfigurationError, LicenseError, ServerUnreachableError, WrongServerError

if TYPE_CHECKING:
    import httpx


class Transport:
    """Calls the API from threads. Opens its connections when they are first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http: Optional[httpx.Client] = None
        self._busy = 0
        self._lock = threading.Lock()
        self._process = os.getpid()

    def call(self, request: Request, timeout: Optional[float] = None) -> Answer:
        """Sends one request and reads the whole answer.

        Args:
            request: What to send.
            timeout: Seconds for all of it, where that is less than the setting.

        Raises:
            ServerUnreachableError: No answer, or none in time.
            WrongServerError: The answer is endless.
        """
        with _plain_words(self._settings), self._borrowed() as http:
            # From now on: loading httpx for the first time takes its own.
            deadline = _Deadline(self._settings.timeout, timeout)
            with http.stream(**_arguments(self._settings, request, deadline)) as got:
                body = bytearray()
                for part in got.iter_bytes():
                    _extend(body, part, deadline)
                return Answer(got.status_code, got.headers, bytes(body))

    def rest(self) -> None:
        """Closes the connections unless a call uses them; the next call opens new ones."""
        with self._lock:
            if self._busy:
                return
            http, self._http = self._http, None
        if http is not None:
            http.close()

    @contextlib.contextmanager
    def _borrowed(self) -> Iterator[httpx.Client]:
        import httpx

        if self._process != os.getpid():
            # In a forked child: the connections are the parent's, and closing them here would end them there.
            self._http, self._busy, self._lock, self._process = None, 0, threading.Lock(), os.getpid()
        with self._lock:
            if self._http is None:
                self._http = httpx.Client(**_options(self._settings))
            self._busy += 1
            http = self._http
        try:
            yield http
        finally:
            with self._lock:
                self._busy -= 1


class AsyncTransport:
    """As :class:`Transport`, for asyncio."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http: Optional[httpx.AsyncClient] = None
        self._busy = 0
        self._process = os.getpid()

    async def call(self, request: Request, timeout: Optional[float] = None) -> Answer:
        """As :meth:`Transport.call`."""
        with _plain_words(self._settings), self._borrowed() as http:
            deadline = _Deadline(self._settings.timeout, timeout)
            async with http.stream(**_arguments(self._settings, request, deadline)) as got:
                body = bytearray()
                async for part in got.aiter_bytes():
                    _extend(body, part, deadline)
                return Answer(got.status_code, got.headers, bytes(body))

    async def rest(self) -> None:
        """As :meth:`Transport.rest`."""
        if self._http is not None and not self._busy:
            http, self._http = self._http, None
            await http.aclose()

    @contextlib.contextmanager
    def _borrowed(self) -> Iterator[httpx.AsyncClient]:
        import httpx

        if self._process != os.getpid():
            self._http, self._busy, self._process = None, 0, os.getpid()
        if self._http is None:
            self._http = httpx.AsyncClient(**_options(self._settings))
        self._busy += 1
        try:
            yield self._http
        finally:
            self._busy -= 1


class _Deadline:
    def __init__(self, setting: float, timeout: Optional[float]) -> None:
        self.seconds = setting if timeout is None else min(setting, timeout)
        self._end = elapsed() + self.seconds

    def require(self) -> None:
        # httpx bounds each read, so a server that drips would be waited for without end.
        if elapsed() > self._end:
            raise ServerUnreachableError(f"the answer did not arrive within {self.seconds:g} s: try again later")


def _options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"headers": {"User-Agent": USER_AGENT, "Accept": "application/json"}}
    if settings.proxy is not None:
        options["proxy"] = settings.proxy
    if settings.ca_file is not None:
        options["verify"] = _trust(settings)
    return options


def _trust(settings: Settings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(settings.ca_file))
    except (OSError, ssl.SSLError) as e:
        raise ConfigurationError(
            f"ca_file {str(settings.ca_file)!r}, from {settings.origin('ca_file')}, must be certificates as PEM: {e}"
        ) from None


def _arguments(settings: Settings, request: Request, deadline: _Deadline) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": settings.require_url() + request.path,
        "content": request.body,
        "headers": dict(request.headers),
        "timeout": deadline.seconds,
    }


def _extend(body: bytearray, part: bytes, deadline: _Deadline) -> None:
    body += part
    deadline.require()
    if len(body) > MAX_ANSWER_BYTES:
        raise WrongServerError("the answer does not end: check url, and proxies between")


@contextlib.contextmanager
def _plain_words(settings: Settings) -> Iterator[None]:
    import httpx

    try:
        yield
    except httpx.HTTPError as e:
        raise _unreachable(e, settings) from e
    except httpx.InvalidURL as e:
        raise ConfigurationError(f"url {settings.url!r}, from {settings.origin('url')}, is no URL: {e}") from None


def _unreachable(error: httpx.HTTPError, settings: Settings) -> LicenseError:
    import httpx

    text = str(error) or type(error).__name__
    if isinstance(error, httpx.UnsupportedProtocol):
        return ConfigurationError(f"url {settings.url!r} or the proxy's has a scheme that is not supported: {text}")
    if isinstance(error, httpx.DecodingError):
        return WrongServerError(f"{settings.url} answered what cannot be decoded ({text}): check url, and proxies")
    return ServerUnreachableError(f"{settings.url} {_why(error, text)}")


def _why(error: httpx.HTTPError, text: str) -> str:
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return "did not answer in time: check the network; a firewall may drop packets"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"broke off or does not speak HTTP ({text}): check its port, try again"
    if isinstance(error, httpx.ProxyError):
        return f"is behind a proxy that refused ({text}): check proxy, HTTPS_PROXY and NO_PROXY"
    if _is_tls(error):
        return f"is not who it says, or its authority is not trusted ({text}): set ca_file to its authority"
    return f"cannot be reached ({text}): check url, name service, network and proxy"


def _is_tls(error: BaseException) -> bool:
    cause: Optional[BaseException] = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return "CERTIFICATE" in str(error).upper() or "SSL" in str(error).upper()
