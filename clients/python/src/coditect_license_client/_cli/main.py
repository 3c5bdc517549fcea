"""Reads the command line. Each command is a function of the parsed arguments that answers the exit code."""

from __future__ import annotations

import argparse
import errno
import io
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any, Optional

from .._settings import SETTINGS_FILE_VARIABLE, TABLE
from .._version import __version__
from ..errors import LicenseError
from . import doctor, run, seats, sessions

_INTERRUPTED = 130
_BROKEN_PIPE = 141
# A licence key is not among them: every user of the machine sees a command's arguments.
_OPTIONS = tuple(row for row in TABLE if not row.secret and row.name != "offline")


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs a command.

    Args:
        arguments: Instead of the process's own.

    Returns:
        The exit code: 0, that of the error (see ``docs``), or that of the program that ``run`` ran.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What a terminal, or a file on Windows, has no letters for must not end a command.
        sys.stdout.reconfigure(errors="backslashreplace")
    parsed = _parser().parse_args(arguments)
    logging.basicConfig(
        format="coditect-license: %(message)s", level=logging.INFO if parsed.verbose else logging.WARNING
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        code = int(parsed.command(parsed))
        sys.stdout.flush()
    except LicenseError as e:
        print(f"coditect-license: {e}", file=sys.stderr)
        return e.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except OSError as e:
        if not _is_broken_pipe(e):
            raise
        # Whoever read the output has seen enough; the interpreter would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    return code


def _is_broken_pipe(error: OSError) -> bool:
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coditect-license",
        description="Holds floating licence seats.",
        epilog="The licence key is read from CODITECT_LICENSE_KEY, a file or the settings file, never an argument.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    add = _adder(commands)
    status = add("status", seats.status, "show the stored seats of this machine, and whether they are held")
    status.add_argument("--json", action="store_true", help="for programs")
    acquire = add("acquire", seats.acquire, "acquire a seat and store it; it ends with its lease, or with release")
    _add_wait(acquire)
    add("release", seats.release, "give the stored seat back")
    held = add("run", run.run, "hold a seat while a program runs; its signals and its exit code are passed on")
    _add_wait(held)
    held.add_argument(
        "--on-lost",
        choices=("warn", "stop"),
        default="warn",
        help="what to do where the seat is lost meanwhile: warn, or stop the program with SIGTERM (default: warn)",
    )
    held.add_argument("program", nargs=argparse.REMAINDER, metavar="-- PROGRAM ...", help="what to run")
    borrow = add("borrow", seats.borrow, "borrow a seat for days, to run without the network")
    borrow.add_argument(
        "--days", type=int, metavar="N", help="for how many days (default: as many as the pool lends seats for)"
    )
    add("return", seats.give_back, "give the borrowed seat back before its time")
    verify = add("verify", seats.verify, "prove a stored seat, or an answer of the API, without the network")
    verify.add_argument("file", metavar="FILE", help="JSON with signed_token and key_statement; - is standard input")
    who = add("sessions", sessions.sessions, "show who holds what, to viewers and administrators")
    who.add_argument("--json", action="store_true", help="for programs")
    ended = add("end", sessions.end, "take a seat from whoever holds it, as an administrator")
    ended.add_argument("session", metavar="SESSION", help="its session_id, as sessions shows it")
    checkup = add("doctor", doctor.doctor, "find out what is wrong, and what to do")
    checkup.add_argument("--no-seat", action="store_true", help="do not try the licence key, which takes a seat")
    add("settings", seats.settings, "show each setting and where it came from")
    return parser


def _adder(commands: Any) -> Any:
    common = argparse.ArgumentParser(add_help=False)
    group = common.add_argument_group("settings", "each else from the environment, else from the settings file")
    for row in _OPTIONS:
        group.add_argument("--" + row.name.replace("_", "-"), metavar="VALUE", help=row.meaning.replace("%", "%%"))
    group.add_argument("--offline", action="store_const", const=True, help="go by what is stored, and ask nobody")
    group.add_argument("--settings-file", metavar="FILE", help=f"an INI file; else {SETTINGS_FILE_VARIABLE}")
    common.add_argument("--verbose", action="store_true", help="say what happens meanwhile")

    def add(name: str, command: Any, meaning: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = commands.add_parser(
            name, parents=[common], help=meaning, description=meaning[0].upper() + meaning[1:] + "."
        )
        parser.set_defaults(command=command)
        return parser

    return add


def _add_wait(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--wait", type=_seconds, default=0.0, metavar="SECONDS", help="how long to wait where every seat is held"
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} must be a number of seconds, 0 or more")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
