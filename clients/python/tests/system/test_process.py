"""Seats and the life of a process: its ends, its signals, its forks, its pauses."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Callable

import pytest

from coditect_license_client import LicenseClient
from harness.devstack import Devstack
from harness.programs import program
from harness.waiting import wait_until

ClientMaker = Callable[..., LicenseClient]

HOLD = """
    import sys, time
    from coditect_license_client import LicenseClient
    client = LicenseClient()
    seat = client.seat()
    print(seat.session_id)
"""


@pytest.fixture
def variables(devstack: Devstack, hardware: str, tmp_path: Path) -> dict[str, str]:
    return {
        "CODITECT_LICENSE_URL": devstack.url,
        "CODITECT_LICENSE_KEY": devstack.license_key("short"),
        "CODITECT_LICENSE_HARDWARE_ID": hardware,
        "CODITECT_LICENSE_STATE_DIR": str(tmp_path / "state"),
    }


@pytest.fixture
def client(make_client: ClientMaker) -> LicenseClient:
    """Asks the server what became of others' seats."""
    return make_client(hardware_id="looks on")


def reason(client: LicenseClient, session: str) -> object:
    validity = client.validate(session)
    return "held" if validity.valid else validity.reason


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        ("", 0),
        ("sys.exit(3)", 3),
        ("raise ValueError", 1),
        ("import threading; threading.Thread(target=lambda: time.sleep(0.5)).start()", 0),
        ("del client, seat", 0),
    ],
)
def test_seat_is_given_back_at_the_programs_end(
    client: LicenseClient, variables: dict[str, str], ends: str, code: int
) -> None:
    with program(HOLD + "    " + ends, variables) as holder:
        session = holder.line()
        assert holder.end() == code
    assert reason(client, session) == "released"


def test_async_seat_is_given_back_at_the_programs_end(client: LicenseClient, variables: dict[str, str]) -> None:
    code = """
        import asyncio
        from coditect_license_client import AsyncLicenseClient
        client = AsyncLicenseClient()
        async def work():
            seat = await client.seat()
            print(seat.session_id)
        asyncio.run(work())
    """
    with program(code, variables) as holder:
        session = holder.line()
        assert holder.end() == 0, holder.rest()
    assert reason(client, session) == "released"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, -signal.SIGINT)])
@pytest.mark.parametrize("form", ["time.sleep(60)", "\n    with client.seat(instance='2'): time.sleep(60)"])
def test_seat_is_given_back_where_a_signal_ends_the_program(
    client: LicenseClient, variables: dict[str, str], number: int, code: int, form: str
) -> None:
    with program(HOLD + "    " + form, variables) as holder:
        session = holder.line()
        holder.signal(number)
        assert holder.end() == code, holder.rest()
    assert reason(client, session) == "released"


def test_programs_own_handler_for_sigterm_is_left_alone(client: LicenseClient, variables: dict[str, str]) -> None:
    code = """
        import signal, sys
        signal.signal(signal.SIGTERM, lambda *_: (print("mine"), sys.exit(7)))
    """
    with program(code + HOLD.replace("    ", "        ") + "        time.sleep(60)", variables) as holder:
        session = holder.line()
        holder.signal(signal.SIGTERM)
        assert holder.line() == "mine"
        assert holder.end() == 7
    assert reason(client, session) == "released"


def test_without_a_seat_sigterm_ends_the_program_as_ever(variables: dict[str, str]) -> None:
    with program(HOLD + "    seat.release(); print('done'); time.sleep(60)", variables) as holder:
        holder.line()
        assert holder.line() == "done"
        holder.signal(signal.SIGTERM)
        assert holder.end() == -signal.SIGTERM


def test_seat_of_a_killed_program_comes_free_with_its_lease(client: LicenseClient, variables: dict[str, str]) -> None:
    with program(HOLD + "    time.sleep(60)", variables) as holder:
        session = holder.line()
        holder.signal(signal.SIGKILL)
        holder.end()
    assert reason(client, session) == "held"
    wait_until(lambda: reason(client, session) == "lease-ended")


def test_program_that_was_paused_beyond_its_lease_gets_a_seat_anew(
    client: LicenseClient, variables: dict[str, str]
) -> None:
    code = HOLD.replace("client.seat()", "client.seat(on_change=lambda c: print(c.new, seat.session_id))")
    with program(code + "    time.sleep(60)", variables) as holder:
        session = holder.line()
        holder.signal(signal.SIGSTOP)
        wait_until(lambda: reason(client, session) == "lease-ended")
        holder.signal(signal.SIGCONT)
        told = holder.line().split()
        while told[0] != "held":
            told = holder.line().split()
        assert told[1] != session
        assert reason(client, told[1]) == "held"


def test_forked_child_holds_no_seat_and_takes_none_away(client: LicenseClient, variables: dict[str, str]) -> None:
    code = """
        import os, sys, threading
        from coditect_license_client import ConfigurationError, LicenseClient
        client = LicenseClient()
        seat = client.seat()
        print(seat.session_id)
        child = os.fork()
        if child == 0:
            print(seat.state, seat.held, threading.active_count())
            try:
                client.seat()
            except ConfigurationError as e:
                print(e)
            with client.seat(instance="child") as own:
                print(own.state)
            sys.exit(5)
        print("child ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        first = seat.signed_token
        import time
        while seat.signed_token == first:
            time.sleep(0.05)
        print(seat.state)
        time.sleep(60)
    """
    # Python 3.12 and later warn whoever forks while there are threads.
    with program(code, {**variables, "PYTHONWARNINGS": "ignore::DeprecationWarning"}) as holder:
        session = holder.line()
        assert holder.line() == "lost False 1"
        assert "instance of its own" in holder.line()
        assert holder.line() == "held"
        assert holder.line() == "child ended 5"
        assert reason(client, session) == "held"
        assert holder.line() == "held"
        holder.signal(signal.SIGTERM)
        assert holder.end() == 143
    assert reason(client, session) == "released"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_a_pool_hold_seats_of_their_own(
    client: LicenseClient, variables: dict[str, str], tmp_path: Path, method: str
) -> None:
    (tmp_path / "pool.py").write_text(
        """
import multiprocessing, os
from coditect_license_client import LicenseClient

def begin():
    global seat
    seat = LicenseClient().seat(instance=f"worker-{os.getpid()}")

def work(number):
    seat.require()
    return seat.session_id

if __name__ == "__main__":
    pool = multiprocessing.get_context("METHOD").Pool(2, begin)
    for session in sorted(set(pool.map(work, range(50), chunksize=1))):
        print(session)
    pool.close()
    pool.join()
""".replace("METHOD", method)
    )
    with program("import runpy; runpy.run_path('pool.py', run_name='__main__')", variables, tmp_path) as holder:
        sessions = holder.rest().split()
        assert holder.end() == 0, sessions
    assert 1 <= len(sessions) <= 2
    assert {reason(client, session) for session in sessions} == {"released"}


def test_program_ends_in_time_where_the_server_is_silent(variables: dict[str, str], devstack: Devstack) -> None:
    from harness.faulty_link import FaultyLink, Trouble

    with FaultyLink(devstack.url) as link:
        with program(HOLD + "    input()", {**variables, "CODITECT_LICENSE_URL": link.url}) as holder:
            holder.line()
            link.trouble = Trouble.SILENT
            began = time.monotonic()
            holder.signal(signal.SIGTERM)
            holder.end()
        assert time.monotonic() - began < 8
