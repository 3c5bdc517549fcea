"""When to call next: pure arithmetic on seconds."""

from __future__ import annotations

from typing import Callable, Optional

LONGEST_INTERVAL = 300.0
"""A heartbeat is sent at least so often, whatever the server advises."""

_FIRST_RETRY = 1.0
_LONGEST_RETRY = 30.0
_MAX_DOUBLINGS = 6
_LAST_CALL = 1.0
_LONGEST_WAIT = 10.0

Random = Callable[[], float]
"""A number from 0 up to 1."""


def after_success(heartbeat_after: float, expires_in: float, random: Random) -> float:
    """Seconds to the next heartbeat: as advised, up to a tenth earlier, so that many programs do not call at once.

    A seat that ends soon, as before its licence does, is asked about at a third of what is left.
    """
    interval = min(heartbeat_after, LONGEST_INTERVAL, max(expires_in / 3, 1.0))
    return interval * (1 - random() / 10)


def after_failure(failures: int, retry_after: Optional[float], remaining: float, random: Random) -> float:
    """Seconds to the next try: doubled from one second to half a minute, and within what is left of the seat.

    Args:
        failures: How many tries failed in a row, this one counted.
        retry_after: Seconds that the server asks for.
        remaining: Seconds to the seat's end; a last try is made a second before.
        random: So that programs that failed together do not come back together.
    """
    doubled = min(_FIRST_RETRY * 2.0 ** min(failures - 1, _MAX_DOUBLINGS), _LONGEST_RETRY)
    delay = max(doubled * (0.5 + random() / 2), retry_after or 0.0)
    return min(delay, max(remaining - _LAST_CALL, _FIRST_RETRY / 2)) if remaining > 0 else delay


def while_full(retry_after: Optional[float], random: Random) -> float:
    """Seconds to the next try at a full pool.

    The server says when a seat comes free at the latest; one that is given back is free sooner, so it is asked often.
    """
    return min(retry_after or _LONGEST_WAIT, _LONGEST_WAIT) * (0.5 + random() / 2)
