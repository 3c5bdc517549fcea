"""Where commands are given, as people and scripts give them."""

from __future__ import annotations

import subprocess
import sys

from harness.programs import environment

COMMAND = [sys.executable, "-m", "coditect_license_client._cli.main"]


class Terminal:
    """One with these environment variables."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = variables

    def __call__(self, *arguments: str, code: int = 0, **variables: str) -> str:
        """Gives a command, which must end with the code; answers all that it says."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=environment(**{**self.variables, **variables}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"ended with {done.returncode}: {done.stdout}"
        assert "Traceback" not in done.stdout
        return done.stdout
