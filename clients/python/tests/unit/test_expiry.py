"""What is told of a licence's end, and from when on."""

from __future__ import annotations

from typing import Optional

import pytest

from coditect_license_client._expiry import license_end

END = 1_767_139_200.0  # 2025-12-31
DAY = 86400.0


@pytest.mark.parametrize(
    ("days_before", "told"),
    [
        (7.01, None),
        (7.0, "the licence ends in 7 days, on 2025-12-31: renew it with the vendor"),
        (2.0, "the licence ends in 2 days, on 2025-12-31: renew it with the vendor"),
        (1.9, "the licence ends in 45.6 hours, on 2025-12-31: renew it with the vendor"),
        (0.0, "the licence ended on 2025-12-31, and runs on for its days of grace: renew it with the vendor"),
        (-3.0, "the licence ended on 2025-12-31, and runs on for its days of grace: renew it with the vendor"),
    ],
)
def test_end_is_told_from_a_week_before(days_before: float, told: Optional[str]) -> None:
    assert license_end(END, END - days_before * DAY) == told


def test_licence_without_an_end_is_not_spoken_of() -> None:
    assert license_end(None, END) is None
