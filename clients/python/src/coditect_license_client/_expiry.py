"""Says in a line that a licence ends soon, or has ended."""

from __future__ import annotations

from typing import Optional

from ._clock import instant

SOON_DAYS = 7.0
"""From how many days before an end it is spoken of."""

SECONDS_PER_DAY = 86400.0


def license_end(expires_at: Optional[float], now: float, soon_days: float = SOON_DAYS) -> Optional[str]:
    """What to tell people of a licence's end; None where there is nothing to tell yet.

    Args:
        expires_at: When the licence ends, before its days of grace; in seconds since 1970, as ``now``.
        now: The time.
        soon_days: From how many days before its end to speak of it.
    """
    if expires_at is None:
        return None
    days = (expires_at - now) / SECONDS_PER_DAY
    if days > soon_days:
        return None
    date = instant(expires_at).strftime("%Y-%m-%d")
    if days > 0:
        return f"the licence ends in {left(days)}, on {date}: renew it with the vendor"
    return f"the licence ended on {date}, and runs on for its days of grace: renew it with the vendor"


def left(days: float) -> str:
    """For people: ``5 days``, ``3.5 hours``."""
    return f"{days:.0f} days" if days >= 2 else f"{max(days * 24, 0):.1f} hours"  # noqa: PLR2004 - as people say it
