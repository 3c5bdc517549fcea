"""Two clocks: one that people can set, and one that nobody can and that goes on while the machine sleeps."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def elapsed() -> float:
    """Seconds since some instant in the past; never goes back, and counts the time in which the machine slept.

    ``time.monotonic`` stands still during sleep on Linux and macOS, while a lease goes on.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        # On macOS this one counts sleep, and time.monotonic, which uses another one, does not.
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


def wall() -> float:
    """Seconds since 1970, by the clock that people can set."""
    return time.time()


def instant(epoch_second: float) -> datetime:
    """Seconds since 1970 as an instant, in UTC.

    ``datetime.fromtimestamp`` knows no year after 3000 on Windows, and licences without an end are given one.
    """
    return _EPOCH + timedelta(seconds=epoch_second)
