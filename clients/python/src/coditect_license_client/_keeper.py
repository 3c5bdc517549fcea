"""Keeps the seats of a client with heartbeats: one thread, or one task, however many there are."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Iterator
from typing import Optional

from . import _calls, _process
from ._clock import elapsed
from ._core import SeatCore
from ._desk import Desk
from ._transport import AsyncTransport, Transport
from .errors import LicenseError

log = logging.getLogger("coditect_license_client")

# A waiting thread does not notice that the machine slept: it looks at the clock now and then.
_LONGEST_NAP = 5.0
# What is due within so much of now is sent along: one call for many seats.
_TOGETHER = 5.0
_SHORTEST_CALL = 1.0
_LONGEST_CALL = 300.0
_EXIT_SECONDS = 2.0

RELEASE_SECONDS = 5.0
"""How long to try to give a seat back."""

NOT_TOLD = "The seat could not be given back, and comes free when its lease ends: %s"


class Round:
    """Which seats are kept, and which are due."""

    def __init__(self) -> None:
        self.cores: list[SeatCore] = []
        self.has_failed = False

    @contextlib.contextmanager
    def guarded(self) -> Iterator[None]:
        """A defect of this package must not end the heartbeats, nor the program; nor may it fill the log."""
        self.has_failed = True
        try:
            # Before as well: who slept is told that the seat was lost, though it may be back in a moment.
            self.tell()
            yield
            self.tell()
            self.has_failed = False
        except Exception:
            log.exception("A round of heartbeats failed")

    def tell(self) -> None:
        """Tells every seat's change of state."""
        for core in list(self.cores):
            core.tell()

    def due(self) -> list[SeatCore]:
        """The seats to ask about now: once one is due, those that will be soon are asked about with it."""
        now = elapsed()
        cores = list(self.cores)
        if all(core.next_call > now for core in cores):
            return []
        # A seat with a short lease is not asked about long before its time.
        return [core for core in cores if core.next_call <= now + min(_TOGETHER, core.remaining / 10)]

    def timeout(self) -> float:
        """Seconds for a call: it must not last until the seats have ended, or there is no time for another one."""
        ends = (core.remaining for core in self.cores)
        return max(_SHORTEST_CALL, min((seconds / 2 for seconds in ends if seconds > 0), default=_LONGEST_CALL))

    def nap(self) -> float:
        """Seconds until something may be due."""
        if self.has_failed:
            return _LONGEST_NAP
        next_call = min((core.next_call for core in self.cores), default=float("inf"))
        ends = (core.remaining for core in self.cores)
        soonest = min((seconds for seconds in ends if seconds > 0), default=_LONGEST_NAP)
        return max(0.0, min(next_call - elapsed(), soonest, _LONGEST_NAP))


class Keeper:
    """A background thread, which is there as long as there are seats to keep."""

    def __init__(self, transport: Transport, desk: Desk) -> None:
        self._transport = transport
        self._desk = desk
        self._round = Round()
        self._changed = threading.Condition()
        self._thread: Optional[threading.Thread] = None

    @property
    def cores(self) -> list[SeatCore]:
        """The seats that are kept."""
        return list(self._round.cores)

    def keep(self, core: SeatCore) -> None:
        """Keeps a seat from now on."""
        with self._changed:
            self._round.cores.append(core)
            _process.watch(self)
            if self._thread is None:
                # A daemon: the seats are given back at exit, and must not hold the program up before.
                self._thread = threading.Thread(target=self._run, name="coditect-license-keeper", daemon=True)
                self._thread.start()
            self._changed.notify()

    def drop(self, core: SeatCore) -> bool:
        """Keeps a seat no longer; answers whether it was the last one."""
        with self._changed:
            if core in self._round.cores:
                self._round.cores.remove(core)
            self._changed.notify()
            if not self._round.cores:
                _process.forget(self)
            return not self._round.cores

    def close_at_exit(self) -> None:
        """Gives the seats back, within seconds: the program wants to end."""
        _release_at_exit(self.cores, self._transport)

    def forget_after_fork(self) -> None:
        """In a child: the thread is not here, and the seats are the parent's."""
        self._desk.forget_after_fork(self._round.cores)
        self._round, self._changed, self._thread = Round(), threading.Condition(), None

    def _run(self) -> None:
        while self._goes_on():
            with self._round.guarded():
                _calls.drive(_calls.keep(self._round.due()), self._transport, self._round.timeout())
            with self._changed:
                if self._round.cores:
                    self._changed.wait(self._round.nap())

    def _goes_on(self) -> bool:
        with self._changed:
            if not self._round.cores:
                self._thread = None
            return self._thread is threading.current_thread()


def release(core: SeatCore, transport: Transport, timeout: float = RELEASE_SECONDS) -> bool:
    """Tells the server that a seat is given back; answers whether it was told, and raises nothing."""
    try:
        _calls.drive(_calls.release(core.session_id, core.grant.renewal.signed_token), transport, timeout)
    except LicenseError as e:
        log.warning(NOT_TOLD, e)
        return False
    core.forget()
    return True


def _release_at_exit(cores: list[SeatCore], transport: Transport) -> None:
    deadline = elapsed() + RELEASE_SECONDS
    for core in cores:
        if elapsed() < deadline and core.released():
            release(core, transport, _EXIT_SECONDS)
    transport.rest()


class AsyncKeeper:
    """A task, which is there as long as there are seats to keep."""

    def __init__(self, transport: AsyncTransport, desk: Desk) -> None:
        self._transport = transport
        self._desk = desk
        self._round = Round()
        self._task: Optional[asyncio.Task[None]] = None

    @property
    def cores(self) -> list[SeatCore]:
        """The seats that are kept."""
        return list(self._round.cores)

    def keep(self, core: SeatCore) -> None:
        """Keeps a seat from now on, in the loop that runs."""
        self._round.cores.append(core)
        _process.watch(self)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="coditect-license-keeper")

    async def drop(self, core: SeatCore) -> bool:
        """Keeps a seat no longer; answers whether it was the last one."""
        if core in self._round.cores:
            self._round.cores.remove(core)
        if self._round.cores:
            return False
        _process.forget(self)
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            # Does not raise what the task raises, and is itself cancelled as its caller is.
            await asyncio.wait({task})
        return True

    def close_at_exit(self) -> None:
        """Gives the seats back without the loop, which has ended."""
        _release_at_exit(self.cores, Transport(self._desk.settings))

    def forget_after_fork(self) -> None:
        """As :meth:`Keeper.forget_after_fork`."""
        self._desk.forget_after_fork(self._round.cores)
        self._round, self._task = Round(), None

    async def _run(self) -> None:
        while self._round.cores:
            with self._round.guarded():
                await _calls.drive_async(_calls.keep(self._round.due()), self._transport, self._round.timeout())
            await asyncio.sleep(self._round.nap())
