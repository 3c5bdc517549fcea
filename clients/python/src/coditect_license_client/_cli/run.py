"""Holds a seat while a program runs."""

from __future__ import annotations

import argparse
import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Optional

from .._client import LicenseClient
from .._lease import SeatState, StateChange
from ..errors import ConfigurationError
from .seats import settings_given

_NOT_FOUND = 127
_NOT_EXECUTABLE = 126
_KILLED = 128
_PASSED_ON = ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT", "SIGBREAK")
# A terminal sends these to the program as well.
_FROM_TERMINAL = ("SIGINT", "SIGQUIT", "SIGBREAK")
_LARGEST_EXIT_CODE = 0x7FFFFFFF


def run(arguments: argparse.Namespace) -> int:
    """Runs the program; answers its exit code, or 128 and the number of the signal that ended it, as shells do."""
    program = arguments.program[1:] if arguments.program[:1] == ["--"] else arguments.program
    if not program:
        raise ConfigurationError("no program to run: coditect-license run [OPTIONS] -- PROGRAM [ARGUMENT ...]")
    client = LicenseClient(**settings_given(arguments), release_on_sigterm=False)
    child: list[subprocess.Popen[bytes]] = []

    def stop_where_lost(change: StateChange) -> None:
        if change.new is SeatState.LOST and arguments.on_lost == "stop":
            for process in child:
                process.terminate()

    with client, client.seat(wait=arguments.wait, on_change=stop_where_lost), _passing_signals_to(child):
        try:
            child.append(subprocess.Popen(program))  # noqa: S603 - it is what the user asks for
        except FileNotFoundError:
            return _cannot_run(program[0], "no such program", _NOT_FOUND)
        except OSError as e:
            return _cannot_run(program[0], e.strerror, _NOT_EXECUTABLE)
        return exit_code(child[0].wait())


def exit_code(returned: int) -> int:
    """What to end with where a program ended so.

    Args:
        returned: As ``subprocess`` tells it: less than 0 for a signal, and on Windows a number of 32 bits, which can
            only be handed on as a signed one.
    """
    if returned < 0:
        return _KILLED - returned
    return returned if returned <= _LARGEST_EXIT_CODE else returned - 2**32


def _cannot_run(program: str, why: Optional[str], code: int) -> int:
    print(f"coditect-license: cannot run {program}: {why}", file=sys.stderr)
    return code


@contextlib.contextmanager
def _passing_signals_to(child: list[subprocess.Popen[bytes]]) -> Iterator[None]:
    from_terminal = sys.stdin is not None and sys.stdin.isatty()

    def pass_on(number: int, _frame: Optional[FrameType]) -> None:
        if from_terminal and signal.Signals(number).name in _FROM_TERMINAL:
            return
        for process in child:
            _send(process, number)
        if not child:
            raise SystemExit(_KILLED + number)

    numbers = [getattr(signal, name) for name in _PASSED_ON if hasattr(signal, name)]
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _send(process: subprocess.Popen[bytes], number: int) -> None:
    """Nothing happens where it has ended."""
    if sys.platform == "win32":
        # One process can send another no signal there, but end it.
        process.terminate()
    else:
        process.send_signal(number)
