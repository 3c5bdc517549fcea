"""Ten thousand heartbeats leave nothing behind."""

from __future__ import annotations

import gc
import sys
import threading
from pathlib import Path
from typing import Callable

import pytest

from coditect_license_client import LicenseClient, SeatState, _calls

ClientMaker = Callable[..., LicenseClient]

SEATS = 100
MANY_CALLS = 95
SINGLE_CALLS = 500
WARM_UP = 20
# Of memory, what the interpreter's own caches come and go by; one for each call would be six hundred.
MOST_BLOCKS = 300


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files as Linux shows them")
def test_ten_thousand_heartbeats_leak_nothing(make_client: ClientMaker) -> None:
    client = make_client("desk")
    seats = [client.seat(instance=f"{n}") for n in range(SEATS)]
    cores = client._keeper.cores

    def beat(many: int, single: int) -> None:
        for _ in range(many):
            _calls.drive(_calls.keep(cores), client._transport)
        for _ in range(single):
            _calls.drive(_calls.keep(cores[:1]), client._transport)

    def measure() -> tuple[int, int, int]:
        gc.collect()
        return sys.getallocatedblocks(), len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    beat(WARM_UP, WARM_UP)
    blocks_before, files_before, threads_before = measure()
    beat(MANY_CALLS, SINGLE_CALLS)
    blocks_after, files_after, threads_after = measure()

    assert MANY_CALLS * SEATS + SINGLE_CALLS >= 10_000
    assert {seat.state for seat in seats} == {SeatState.HELD}
    assert blocks_after - blocks_before < MOST_BLOCKS
    assert files_after <= files_before
    assert threads_after <= threads_before


def test_seats_that_come_and_go_leave_nothing(make_client: ClientMaker) -> None:
    client = make_client("desk")
    for _ in range(3):
        client.seat().release()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(50):
        client.seat().release()
    gc.collect()
    assert sys.getallocatedblocks() - before < MOST_BLOCKS
    assert client._keeper.cores == []
