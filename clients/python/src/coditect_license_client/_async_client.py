"""Holds seats from asyncio."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Generator
from types import TracebackType
from typing import Any, Callable, Optional, TypeVar, Union, cast

from . import _calls
from ._borrow import BorrowedSeat, Borrower, borrowed_seat
from ._calls import Patience
from ._client import PAGE_SIZE, RETRY_FOR, PathLike
from ._core import Listener, SeatCore
from ._desk import Desk
from ._keeper import NOT_TOLD, RELEASE_SECONDS, AsyncKeeper
from ._seat import BaseSeat
from ._settings import Settings, TokenSource, resolve
from ._transport import AsyncTransport
from ._wire import HeldSession, SignedList, Validity
from .errors import LicenseError

log = logging.getLogger("coditect_license_client")

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


class AsyncSeat(BaseSeat):
    """A seat that is held, and kept by a task of the running loop until it is released."""

    def __init__(self, client: AsyncLicenseClient, core: SeatCore) -> None:
        super().__init__(core)
        self._client = client

    async def release(self) -> bool:
        """As :meth:`Seat.release`."""
        return await self._client._release(self._core)  # noqa: SLF001 - the seat is its client's


class _Opening:
    """A seat to come: ``await`` it, or enter it with ``async with``."""

    def __init__(self, open_seat: Callable[[], Awaitable[AsyncSeat]]) -> None:
        self._open_seat = open_seat
        self._seat: Optional[AsyncSeat] = None

    def __await__(self) -> Generator[Any, None, AsyncSeat]:
        return self._open_seat().__await__()

    async def __aenter__(self) -> AsyncSeat:
        self._seat = await self._open_seat()
        return self._seat

    async def __aexit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self._seat is not None:
            await self._seat.release()


class AsyncLicenseClient:
    """As :class:`LicenseClient`, for asyncio: seats are kept by a task, not by a thread. For one event loop.

    Arguments and errors are those of :class:`LicenseClient`. SIGTERM is left to the program: a loop has handlers of its
    own. A seat that was not released is given back at the program's end.
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
    ) -> None:
        self._settings = resolve({name: value for name, value in locals().items() if name != "self"})
        self._transport = AsyncTransport(self._settings)
        self._desk = Desk(self._settings)
        self._keeper = AsyncKeeper(self._transport, self._desk)

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
    ) -> _Opening:
        """A seat: ``async with client.seat() as seat``, or ``seat = await client.seat()``.

        Arguments and errors are those of :meth:`LicenseClient.seat`; ``on_change`` is called in the event loop.
        """
        return _Opening(
            functools.partial(
                self._open, instance, Patience(wait, retry_for), [on_change] if on_change else [], reacquire=reacquire
            )
        )

    def with_seat(
        self, *, instance: Optional[str] = None, wait: float = 0.0, retry_for: float = RETRY_FOR
    ) -> Callable[[F], F]:
        """Decorates a coroutine function: a seat is held while it runs. Calls that overlap share one seat."""
        shared = _SharedSeat(lambda: self.seat(instance=instance, wait=wait, retry_for=retry_for))

        def decorate(function: F) -> F:
            if not inspect.iscoroutinefunction(function):
                raise TypeError(f"{function.__name__} is no coroutine function: use LicenseClient")

            @functools.wraps(function)
            async def run(*args: Any, **kwargs: Any) -> Any:
                async with shared:
                    return await function(*args, **kwargs)

            return cast(F, run)

        return decorate

    async def borrow(
        self, days: Optional[int] = None, *, instance: Optional[str] = None, retry_for: float = RETRY_FOR
    ) -> BorrowedSeat:
        """As :meth:`LicenseClient.borrow`."""
        call = Borrower(self._settings, instance).borrow(days, retry_for)
        return borrowed_seat(await _calls.drive_async(call, self._transport))

    async def return_borrowed(self, *, instance: Optional[str] = None) -> None:
        """As :meth:`LicenseClient.return_borrowed`."""
        await _calls.drive_async(Borrower(self._settings, instance).give_back(), self._transport)

    async def validate(self, session_id: Optional[str] = None, *, signed_token: Optional[str] = None) -> Validity:
        """As :meth:`LicenseClient.validate`."""
        if (session_id is None) == (signed_token is None):
            raise TypeError("validate takes a session_id or a signed_token")
        return await _calls.drive_async(_calls.validate(session_id, signed_token), self._transport)

    async def revocations(self) -> SignedList:
        """As :meth:`LicenseClient.revocations`."""
        return await _calls.drive_async(_calls.revocations(), self._transport)

    async def sessions(self, *, pool: Optional[str] = None, page_size: int = PAGE_SIZE) -> AsyncIterator[HeldSession]:
        """As :meth:`LicenseClient.sessions`, for ``async for``."""
        after: Optional[str] = None
        while True:
            page = await _calls.drive_async(_calls.sessions(self._settings, pool, page_size, after), self._transport)
            for session in page.sessions:
                yield session
            after = page.next
            if after is None:
                return

    async def end_session(self, session_id: str) -> None:
        """As :meth:`LicenseClient.end_session`."""
        await _calls.drive_async(_calls.end_session(self._settings, session_id), self._transport)

    async def close(self) -> None:
        """Gives all seats back and closes the connections; the client may be used again."""
        for core in self._keeper.cores:
            await self._release(core)
        await self._transport.rest()

    async def __aenter__(self) -> AsyncLicenseClient:
        """The client itself."""
        return self

    async def __aexit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        """As :meth:`close`."""
        await self.close()

    async def _open(
        self, instance: Optional[str], patience: Patience, listeners: list[Listener], *, reacquire: bool
    ) -> AsyncSeat:
        ticket = self._desk.ticket(instance, listeners, reacquire=reacquire)
        try:
            at_hand = ticket.borrowed() or (ticket.offline() if self._settings.offline else None)
            if at_hand is not None:
                return AsyncSeat(self, at_hand)
            core = await _calls.drive_async(_calls.open_seat(ticket, patience), self._transport)
        except BaseException:
            self._desk.free(ticket.holder)
            await self._transport.rest()
            raise
        self._keeper.keep(core)
        return AsyncSeat(self, core)

    async def _release(self, core: SeatCore) -> bool:
        if not core.released():
            return True
        is_last = await self._keeper.drop(core)
        self._desk.free(core.holder)
        try:
            return self._settings.offline or core.is_borrowed or await self._told(core)
        finally:
            if is_last:
                await self._transport.rest()

    async def _told(self, core: SeatCore) -> bool:
        try:
            call = _calls.release(core.session_id, core.grant.renewal.signed_token)
            await _calls.drive_async(call, self._transport, RELEASE_SECONDS)
        except LicenseError as e:
            log.warning(NOT_TOLD, e)
            return False
        core.forget()
        return True


class _SharedSeat:
    """One seat for all calls that overlap."""

    def __init__(self, open_seat: Callable[[], _Opening]) -> None:
        self._open_seat = open_seat
        self._lock: Optional[asyncio.Lock] = None
        self._users = 0
        self._seat: Optional[AsyncSeat] = None

    async def __aenter__(self) -> None:
        async with self._turn():
            if self._seat is None:
                self._seat = await self._open_seat()
            self._users += 1

    async def __aexit__(self, *_: object) -> None:
        async with self._turn():
            self._users -= 1
            if self._users == 0 and self._seat is not None:
                seat, self._seat = self._seat, None
                await seat.release()

    def _turn(self) -> asyncio.Lock:
        # Python 3.9 binds a lock to the loop that runs when it is made, and a decorator runs before any.
        if self._lock is None:
            self._lock = asyncio.Lock()
        return self._lock
