"""What the exit code of a program that was run becomes."""

from __future__ import annotations

import pytest

from coditect_license_client._cli.run import exit_code


@pytest.mark.parametrize(
    ("returned", "code"),
    [
        (0, 0),
        (7, 7),
        (-15, 143),
        # Of Windows: ended by Ctrl-C, and by a fault; sys.exit takes no number beyond 31 bits.
        (0xC000013A, -1073741510),
        (0xFFFFFFFF, -1),
    ],
)
def test_exit_code(returned: int, code: int) -> None:
    assert exit_code(returned) == code
