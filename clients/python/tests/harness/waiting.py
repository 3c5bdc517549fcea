"""Waits for a condition with a deadline."""

from __future__ import annotations

import time
from typing import Callable, Optional

PATIENCE = 30.0


def wait_until(
    condition: Callable[[], object], seconds: float = PATIENCE, what: Optional[Callable[[], str]] = None
) -> None:
    """Waits until the condition holds.

    Raises:
        AssertionError: It does not in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what() if what else condition}"
        time.sleep(0.02)
