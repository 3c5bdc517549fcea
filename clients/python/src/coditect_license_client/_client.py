"""Holds seats from threads."""

from __future__ import annotations

import functools
import inspect
import os
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Callable, Optional, TypeVar, Union, cast

from . import _calls, _process
from ._borrow import BorrowedSeat, Borrower, borrowed_seat
from ._calls import Patience
from ._core import Listener, SeatCore
from ._desk import Desk
from ._keeper import Keeper, release
from ._seat import BaseSeat
from ._settings import Settings, TokenSource, resolve
from ._transport import Transport
from ._wire import HeldSession, SignedList, Validity

F = TypeVar("F", bound=Callable[..., Any])
PathLike = Union[str, "os.PathLike[str]"]

RETRY_FOR = 5.0
PAGE_SIZE = 100


class Seat(BaseSeat):
    """A seat that is held, and kept by a background thread until it is released.

    Use it with ``with``; without, it is given back by :meth:`release` or at the program's end.
    """

    def __init__(self, client: LicenseClient, core: SeatCore) -> None:
        super().__init__(core)
        self._client = client

    def release(self) -> bool:
        """Gives the seat back. Raises nothing; again, it does nothing.

        Returns:
            Whether the server was told; else the seat comes free by itself when its lease ends.
        """
        return self._client._release(self._core)  # noqa: SLF001 - the seat is its client's

    def __enter__(self) -> Seat:
        """The seat itself."""
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        """Gives the seat back, whatever happened."""
        self.release()


class LicenseClient:
    """Acquires seats from a tenant's licence API, and keeps them. For any number of threads.

    Each setting is taken from the argument, else from the environment (``CODITECT_LICENSE_URL``, ``…_KEY``, …), else
    from the settings file; :attr:`settings` says which came from where.

    Args:
        url: Where the licence API is.
        license_key: The pool's licence key.
        license_key_file: A file that holds it; read anew each time, so that keys can be rotated.
        pool: The pool, for a pod, which needs no licence key.
        product: The product that the seat must be for.
        tenant: The tenant whose tokens are believed; needs ``roots_file``.
        roots_file: The tenant's pinned roots (PEM). With them every token is verified, and the last one is stored.
        hardware_id: Names the machine, in place of its fingerprint.
        instance: Tells several programs of one machine apart, each with a seat of its own.
        token_file: A projected service-account token, which makes the pod the holder.
        bearer_token: A token of one of the tenant's OIDC issuers, or a function that answers one: it is asked for each
            request, on the thread that sends it, and is expected to keep a token until it must fetch the next.
        bearer_token_file: A file that holds such a token; read anew for each request.
        state_dir: Where seats are stored to run offline.
        offline: Go by what is stored, and ask nobody.
        timeout: Seconds for one request.
        proxy: The HTTP proxy, in place of the one the environment names.
        ca_file: The certificate authorities (PEM) to trust.
        settings_file: An INI file with a section ``[license]``.
        release_on_sigterm: Let SIGTERM end the program in order while it holds seats, where it has no handler for it.

    Raises:
        ConfigurationError: A setting cannot be understood; says which, where it came from and what it must be.
    """

    def __init__(
        self,
        url: Optional[str] = None,
        *,
        license_key: Optional[str] = None,
        license_key_file: Optional[PathLike] = None,
        pool: Optional[str] = None,
        product: Optional[str] = None,
        tenant: Optional[str] = None,
        roots_file: Optional[PathLike] = None,
        hardware_id: Optional[str] = None,
        instance: Optional[str] = None,
        token_file: Optional[PathLike] = None,
        bearer_token: Union[str, TokenSource, None] = None,
        bearer_token_file: Optional[PathLike] = None,
        state_dir: Optional[PathLike] = None,
        offline: Optional[bool] = None,
        timeout: Optional[float] = None,
        proxy: Optional[str] = None,
        ca_file: Optional[PathLike] = None,
        settings_file: Optional[PathLike] = None,
        release_on_sigterm: bool = True,
    ) -> None:
        arguments = {name: value for name, value in locals().items() if name not in ("self", "release_on_sigterm")}
        self._settings = resolve(arguments)
        self._release_on_sigterm = release_on_sigterm
        self._transport = Transport(self._settings)
        self._desk = Desk(self._settings)
        self._keeper = Keeper(self._transport, self._desk)

    @property
    def settings(self) -> Settings:
        """The settings in force; ``print(client.settings)`` shows where each came from."""
        return self._settings

    def seat(
        self,
        *,
        instance: Optional[str] = None,
        wait: float = 0.0,
        retry_for: float = RETRY_FOR,
        on_change: Optional[Listener] = None,
        reacquire: bool = True,
    ) -> Seat:
        """Acquires a seat, and keeps it until it is released.

        Where this machine has :meth:`borrowed <borrow>` a seat, that one is used and the server is not asked.

        Args:
            instance: In place of the setting: several seats of one process need one each.
            wait: Seconds to wait where every seat is held.
            retry_for: Seconds to try again where the server cannot be reached.
            on_change: Called with each :class:`StateChange`, on the background thread.
            reacquire: Acquire anew where the lease ended because this machine slept or had no network.

        Raises:
            PoolExhaustedError: Every seat is held.
            UnknownKeyError: The licence key is unknown or revoked.
            ServerUnreachableError: Nobody answered.
            LicenseError: One of the other reasons of :mod:`coditect_license_client.errors`.
        """
        ticket = self._desk.ticket(instance, [on_change] if on_change else [], reacquire=reacquire)
        try:
            at_hand = ticket.borrowed() or (ticket.offline() if self._settings.offline else None)
            if at_hand is not None:
                return Seat(self, at_hand)
            core = _calls.drive(_calls.open_seat(ticket, Patience(wait, retry_for)), self._transport)
        except BaseException:
            self._desk.free(ticket.holder)
            self._transport.rest()
            raise
        if self._release_on_sigterm:
            _process.release_on_sigterm()
        self._keeper.keep(core)
        return Seat(self, core)

    def with_seat(
        self, *, instance: Optional[str] = None, wait: float = 0.0, retry_for: float = RETRY_FOR
    ) -> Callable[[F], F]:
        """Decorates a function: a seat is held while it runs. Calls that overlap share one seat.

        Arguments and errors are those of :meth:`seat`.
        """
        shared = _SharedSeat(lambda: self.seat(instance=instance, wait=wait, retry_for=retry_for))

        def decorate(function: F) -> F:
            if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
                raise TypeError(
                    f"{function.__name__} runs on after its call: use AsyncLicenseClient, or with client.seat()"
                )

            @functools.wraps(function)
            def run(*args: Any, **kwargs: Any) -> Any:
                with shared:
                    return function(*args, **kwargs)

            return cast(F, run)

        return decorate

    def borrow(
        self, days: Optional[int] = None, *, instance: Optional[str] = None, retry_for: float = RETRY_FOR
    ) -> BorrowedSeat:
        """Borrows a seat for days and stores it, so that programs of this machine run without the network to its end.

        A seat that is held already is the one that is borrowed. Borrowing again makes the time longer, never shorter.

        Args:
            days: For how many days of 24 hours; left out, for as many as the pool lends seats for.
            instance: In place of the setting.
            retry_for: Seconds to try again where the server cannot be reached.

        Raises:
            BorrowNotOfferedError: The pool lends no seats.
            BorrowTooLongError: It lends them for fewer days.
            BorrowLimitError: As many are borrowed as it lends.
            ConfigurationError: There are no pinned roots (``roots_file``), without which it could not be proved.
            LicenseError: One of the other reasons of :mod:`coditect_license_client.errors`.
        """
        grant = _calls.drive(Borrower(self._settings, instance).borrow(days, retry_for), self._transport)
        return borrowed_seat(grant)

    def return_borrowed(self, *, instance: Optional[str] = None) -> None:
        """Gives the borrowed seat back before its time; it is free at once. One that has ended is forgotten.

        Raises:
            NoBundleError: This machine has borrowed none.
            LicenseError: The server could not be told; the seat stays borrowed.
        """
        _calls.drive(Borrower(self._settings, instance).give_back(), self._transport)

    def validate(self, session_id: Optional[str] = None, *, signed_token: Optional[str] = None) -> Validity:
        """Asks the server whether it holds a seat now: what a service does that was shown a token.

        Args:
            session_id: The session, or
            signed_token: its token.

        Raises:
            LicenseError: The server could not be asked.
        """
        if (session_id is None) == (signed_token is None):
            raise TypeError("validate takes a session_id or a signed_token")
        return _calls.drive(_calls.validate(session_id, signed_token), self._transport)

    def revocations(self) -> SignedList:
        """Fetches the list of seats that ended before their tokens, for :meth:`SeatVerifier.verify_revocations`."""
        return _calls.drive(_calls.revocations(), self._transport)

    def sessions(self, *, pool: Optional[str] = None, page_size: int = PAGE_SIZE) -> Iterator[HeldSession]:
        """Tells who holds what, by pool and seat. Needs a ``bearer_token`` with the role viewer or admin.

        The server is asked for a page at a time, as they are looked at; what changes meanwhile may be missed.

        Args:
            pool: Of this pool only.
            page_size: How many sessions to ask for at a time; 1 to 1000.

        Raises:
            MissingRoleError: The token has neither role.
            AuthenticationError: The token is not accepted.
            LicenseError: The server could not be asked.
        """
        after: Optional[str] = None
        while True:
            page = _calls.drive(_calls.sessions(self._settings, pool, page_size, after), self._transport)
            yield from page.sessions
            after = page.next
            if after is None:
                return

    def end_session(self, session_id: str) -> None:
        """Takes a seat from whoever holds it; it is free at once. Needs a ``bearer_token`` with the role admin.

        Of a session that has ended already nothing changes. Its program is told at its next heartbeat, and a copy of
        its token proves it offline until that ends.

        Args:
            session_id: As :meth:`sessions` tells administrators.

        Raises:
            MissingRoleError: The token has not the role.
            UnknownSessionError: There never was such a session.
            AuthenticationError: The token is not accepted.
            LicenseError: The server could not be asked.
        """
        _calls.drive(_calls.end_session(self._settings, session_id), self._transport)

    def close(self) -> None:
        """Gives all seats back and closes the connections; the client may be used again."""
        for core in self._keeper.cores:
            self._release(core)
        self._transport.rest()

    def __enter__(self) -> LicenseClient:
        """The client itself."""
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        """As :meth:`close`."""
        self.close()

    def _release(self, core: SeatCore) -> bool:
        if not core.released():
            return True
        is_last = self._keeper.drop(core)
        self._desk.free(core.holder)
        try:
            # A stored seat is given back where it was acquired, online; a borrowed one by return_borrowed.
            return self._settings.offline or core.is_borrowed or release(core, self._transport)
        finally:
            if is_last:
                self._transport.rest()


class _SharedSeat:
    """One seat for all calls that overlap."""

    def __init__(self, open_seat: Callable[[], Seat]) -> None:
        self._open_seat = open_seat
        self._lock = threading.Lock()
        self._users = 0
        self._seat: Optional[Seat] = None

    def __enter__(self) -> None:
        with self._lock:
            if self._seat is None:
                self._seat = self._open_seat()
            self._users += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0 and self._seat is not None:
                seat, self._seat = self._seat, None
                seat.release()
