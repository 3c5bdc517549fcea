"""The check that a program makes when it starts."""

from __future__ import annotations

import sys
from typing import Literal, Optional, TextIO

from ._client import LicenseClient, Seat
from ._lease import SeatState
from .errors import LicenseError

Enforcement = Literal["require", "warn", "off"]
"""What becomes of a program without a seat: ``require`` ends it, ``warn`` tells and goes on, ``off`` does not ask."""

_SECONDS_PER_DAY = 86400.0


def startup_check(
    client: LicenseClient,
    enforcement: Enforcement = "require",
    *,
    wait: float = 0.0,
    soon_days: float = 7.0,
    out: Optional[TextIO] = None,
) -> Optional[Seat]:
    """Acquires a seat for as long as the program runs, and says in a line what is wrong where there is none.

    Where the seat is proved by a stored token, it also says in a line that the token ends soon.

    Args:
        client: Says where and with which key.
        enforcement: What becomes of the program without a seat.
        wait: Seconds to wait where every seat is held.
        soon_days: From how many days before its end a stored token is spoken of.
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
    days = seat.expires_in / _SECONDS_PER_DAY
    if seat.state is SeatState.OFFLINE and days < soon_days:
        print(f"licence: runs offline, and ends in {_left(days)}: go online before", file=out)
    if seat.state is SeatState.BORROWED and days < soon_days:
        print(f"licence: the borrowed seat ends in {_left(days)}: borrow it anew before", file=out)
    return seat


def _left(days: float) -> str:
    return f"{days:.0f} days" if days >= 2 else f"{max(days * 24, 0):.1f} hours"  # noqa: PLR2004 - as people say it
