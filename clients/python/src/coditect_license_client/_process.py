"""What befalls the whole process: its end, a signal, a fork. Nothing is touched before the first seat is acquired."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from types import FrameType
from typing import Optional, Protocol


class Holding(Protocol):
    """Who keeps a client's seats, as the process sees it."""

    def close_at_exit(self) -> None:
        """Gives its seats back, within seconds, and raises nothing."""

    def forget_after_fork(self) -> None:
        """In a child: the seats are the parent's."""


# Those that have seats, and so are still to be told, whether or not the program keeps a reference to its client.
_keepers: set[Holding] = set()
_watching = False
_watched_worker = 0


def watch(keeper: Holding) -> None:
    """From now on its seats are given back at the process's end, and are not a forked child's.

    Until :func:`forget`.
    """
    global _watching  # noqa: PLW0603 - hooks of the process are the process's
    _keepers.add(keeper)
    _watch_worker()
    if not _watching:
        _watching = True
        atexit.register(_at_exit)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_in_child)


def forget(keeper: Holding) -> None:
    """It has no seats any more."""
    _keepers.discard(keeper)


def release_on_sigterm() -> None:
    """Lets SIGTERM end the program in order, by ``SystemExit``, as long as it holds seats.

    Only where nobody has said what SIGTERM does: a program with a handler of its own releases by itself.
    """
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _on_sigterm)


def _at_exit() -> None:
    for keeper in list(_keepers):
        keeper.close_at_exit()


def _in_child() -> None:
    for keeper in list(_keepers):
        keeper.forget_after_fork()
    _keepers.clear()


def _watch_worker() -> None:
    """Processes of multiprocessing end without atexit."""
    global _watched_worker  # noqa: PLW0603 - as above
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None and _watched_worker != os.getpid():
        from multiprocessing.util import Finalize

        _watched_worker = os.getpid()
        Finalize(None, _at_exit, exitpriority=1)


def _on_sigterm(number: int, _frame: Optional[FrameType]) -> None:
    if _keepers:
        # Unwinds every with and finally, then atexit.
        raise SystemExit(128 + number)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
