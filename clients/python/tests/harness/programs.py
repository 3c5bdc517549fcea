"""Runs small programs that hold seats, in processes of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Optional

from harness.devstack import ROOT

_FLUSHING = "import functools; print = functools.partial(print, flush=True)\n"
SOURCES = ROOT / "clients" / "python" / "src"


def environment(**variables: str) -> dict[str, str]:
    """For a program that finds this package, and nothing of whoever runs the tests."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CODITECT_")}
    return {**ours, "PYTHONPATH": str(SOURCES), **variables}


class Program:
    """A running program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self._output: IO[str] = process.stdout

    def line(self) -> str:
        """Its next line."""
        line = self._output.readline().strip()
        assert line, f"the program ended ({self.process.wait()}) without saying more"
        return line

    def signal(self, number: int) -> None:
        """Sends it a signal."""
        self.process.send_signal(number)

    def end(self) -> int:
        """Waits for its end; answers its exit code."""
        return self.process.wait(timeout=30)

    def rest(self) -> str:
        """What it says until its end."""
        return self._output.read()


@contextlib.contextmanager
def program(code: str, variables: dict[str, str], cwd: Optional[Path] = None) -> Iterator[Program]:
    """Starts Python code, each of whose lines comes at once and in one piece; what it logs is none of them."""
    command = [sys.executable, "-c", _FLUSHING + textwrap.dedent(code)]
    with running(command, variables, cwd, errors=None) as started:
        yield started


@contextlib.contextmanager
def running(
    command: list[str], variables: dict[str, str], cwd: Optional[Path] = None, errors: Optional[int] = subprocess.STDOUT
) -> Iterator[Program]:
    """Starts a program; ends it where it has not ended by itself. What it says on either output is read as one."""
    process = subprocess.Popen(
        command,
        env=environment(**variables),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        # A shell lets its background jobs ignore it, and so all that they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - a process without threads
    )
    with process:
        try:
            yield Program(process)
        finally:
            if process.poll() is None:
                process.kill()
