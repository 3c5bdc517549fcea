"""Instants are told apart from clocks, and are right in every year that a licence may end in."""

from __future__ import annotations

import pytest

from coditect_license_client._clock import instant


@pytest.mark.parametrize(
    ("epoch_second", "told"),
    [
        (0, "1970-01-01T00:00:00+00:00"),
        (1_767_139_200.5, "2025-12-31T00:00:00.500000+00:00"),
        (253_402_300_799, "9999-12-31T23:59:59+00:00"),
    ],
)
def test_instant(epoch_second: float, told: str) -> None:
    assert instant(epoch_second).isoformat() == told
