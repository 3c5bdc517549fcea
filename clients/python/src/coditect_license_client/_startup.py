"""The check that a program makes when it starts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Literal, Optional, TextIO

from ._client import LicenseClient, Seat
from ._clock import wall
from ._expiry import SECONDS_PER_DAY, SOON_DAYS, left, license_end
from ._lease import SeatState
from .errors import LicenseError

Enforcement = Literal["require", "warn", "off"]
"""What becomes of a program without a seat: ``require`` ends it, ``warn`` tells and goes on, ``off`` does not ask."""


def startup_check(
    client: LicenseClient,
    enforcement: Enforcement = "require",
    *,
    wait: float = 0.0,
    soon_days: float = SOON_DAYS,
    out: Optional[TextIO] = None,
) -> Optional[Seat]:
    """Acquires a seat for as long as the program runs, and says in a line what is wrong where there is none.

    It also says in a line that the licence ends soon, or has ended and runs on for its days of grace; and, where the
    seat is proved by a stored token, that the token ends soon.

    Args:
        client: Says where and with which key.
        enforcement: What becomes of the program without a seat.
        wait: Seconds to wait where every seat is held.
        soon_days: From how many days before its end a licence, or a stored token, is spoken of.
        out: Where to, in place of standard error.

    Returns:
        The seat; None where there is none and the program may go on.

    Raises:
        SystemExit: With ``require``: there is no seat. Its code is that of the error, as of the command line.
        ValueError: Another word was given for ``enforcement``.
    """
    if enforcement not in ("require", "warn", "off"):
        raise ValueError(f"enforcement {enforcement!r} must be 'require', 'warn' or 'off'")
    if enforcement == "off":
        return None
    out = sys.stderr if out is None else out
    try:
        seat = client.seat(wait=wait)
    except LicenseError as e:
        print(f"licence: {e}", file=out)
        if enforcement == "require":
            raise SystemExit(e.exit_code) from e
        return None
    for line in _ends_soon(seat, soon_days):
        print(f"licence: {line}", file=out)
    return seat


def _ends_soon(seat: Seat, soon_days: float) -> Iterator[str]:
    days = seat.expires_in / SECONDS_PER_DAY
    if seat.state is SeatState.OFFLINE and days < soon_days:
        yield f"runs offline, and ends in {left(days)}: go online before"
    if seat.state is SeatState.BORROWED and days < soon_days:
        yield f"the borrowed seat ends in {left(days)}: borrow it anew before"
    end = seat.license_expires_at
    line = license_end(None if end is None else end.timestamp(), wall(), soon_days)
    if line is not None:
        yield line
