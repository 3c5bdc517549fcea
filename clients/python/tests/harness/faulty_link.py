"""A network that fails as told: a TCP proxy on real sockets, with the real API behind it."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Optional
from urllib.parse import urlsplit

_CHUNK = 65536
_NAP = 0.05


class Trouble(Enum):
    """What is wrong with the link."""

    NONE = "all is well"
    CUT = "every connection is closed at once"
    SILENT = "requests are taken, nothing comes back"
    ANSWER_LOST = "the server gets the request, its answer is cut off"
    NONSENSE = "somebody else answers: a sign-in page"
    DRIP = "an answer that never ends, a byte at a time"
    BAD_GATEWAY = "a balancer without a server"


_ANSWERS = {
    Trouble.NONSENSE: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 21\r\n\r\n<html>sign in</html>\n",
    Trouble.BAD_GATEWAY: b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
}


class FaultyLink:
    """Listens on a port of its own, with TLS where there is a certificate."""

    def __init__(self, url: str, certificate: Optional[Path] = None) -> None:
        self._tls = None if certificate is None else ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        if self._tls is not None:
            self._tls.load_cert_chain(str(certificate))
        target = urlsplit(url)
        self._target = (target.hostname or "", target.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._trouble = Trouble.NONE
        self.requests: list[bytes] = []
        self.lost_answers = 0
        self.connections = 0
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def trouble(self) -> Trouble:
        """What is wrong."""
        return self._trouble

    @trouble.setter
    def trouble(self, trouble: Trouble) -> None:
        self._trouble = trouble

    def count(self, text: str) -> int:
        """How many requests held a text."""
        return sum(text.encode() in request for request in self.requests)

    def __enter__(self) -> FaultyLink:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._stopping.set()
        for thread in list(self._threads):
            thread.join()
        self._listener.close()

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            if select.select([self._listener], [], [], _NAP)[0]:
                client, _ = self._listener.accept()
                self.connections += 1
                self._start(self._serve, client)

    def _serve(self, accepted: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            self._secured(accepted) as client,
            socket.create_connection(self._target) as server,
        ):
            while not self._stopping.is_set():
                readable = select.select([client, server], [], [], _NAP)[0]
                if self._trouble is Trouble.CUT:
                    return
                if client in readable and not self._forth(client, server):
                    return
                if server in readable and not self._back(client, server):
                    return

    def _connect(self) -> socket.socket:
        return socket.create_connection(self._target)

    def _secured(self, client: socket.socket) -> socket.socket:
        if self._tls is None:
            return client
        try:
            return self._tls.wrap_socket(client, server_side=True)
        except OSError:
            client.close()
            raise

    def _forth(self, client: socket.socket, server: socket.socket) -> bool:
        data = client.recv(_CHUNK)
        if data:
            self.requests.append(data)
        if self._trouble in _ANSWERS:
            client.sendall(_ANSWERS[self._trouble])
            return False
        if self._trouble is Trouble.DRIP:
            self._drip(client)
            return False
        if self._trouble is not Trouble.SILENT:
            server.sendall(data)
        return bool(data)

    def _back(self, client: socket.socket, server: socket.socket) -> bool:
        data = server.recv(_CHUNK)
        if self._trouble is Trouble.ANSWER_LOST:
            self.lost_answers += 1
            return False
        client.sendall(data)
        return bool(data)

    def _drip(self, client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        while not self._stopping.wait(_NAP) and self._trouble is Trouble.DRIP:
            client.sendall(b" ")
