"""Seats of asyncio programs, against the real API."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Callable

import pytest

from coditect_license_client import AsyncLicenseClient, ConfigurationError, SeatState, StateChange
from harness.devstack import Devstack
from harness.faulty_link import FaultyLink, Trouble

AsyncMaker = Callable[..., AsyncLicenseClient]


@pytest.fixture
def make_client(devstack: Devstack, hardware: str, tmp_path: Path) -> AsyncMaker:
    def make(**settings: Any) -> AsyncLicenseClient:
        defaults = {
            "url": devstack.url,
            "license_key": devstack.license_key("short"),
            "hardware_id": hardware,
            "state_dir": tmp_path / "state",
        }
        return AsyncLicenseClient(**{**defaults, **settings})

    return make


async def until(condition: Callable[[], object]) -> None:
    async def wait() -> None:
        while not condition():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), 30)


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(work())  # type: ignore[arg-type]


def test_is_held_inside_async_with_and_kept_without_a_thread(make_client: AsyncMaker) -> None:
    async def work() -> None:
        threads = threading.active_count()
        async with make_client() as client, client.seat() as seat:
            first = seat.signed_token
            await until(lambda: seat.signed_token != first)
            assert seat.state is SeatState.HELD
            assert (await client.validate(seat.session_id)).valid
            assert threading.active_count() <= threads + 1, "only what asyncio itself looks names up with"
            session = seat.session_id
            await seat.release()
            assert (await client.validate(session)).reason == "released"

    run(work)


def test_awaited_seat_is_given_back_by_its_client(make_client: AsyncMaker) -> None:
    async def work() -> None:
        client = make_client()
        seats = [await client.seat(instance=f"worker-{n}") for n in range(3)]
        await client.close()
        assert {seat.state for seat in seats} == {SeatState.RELEASED}
        assert not (await client.validate(seats[0].session_id)).valid
        await client.close()
        assert len(asyncio.all_tasks()) == 1

    run(work)


def test_decorated_calls_that_overlap_share_one_seat(make_client: AsyncMaker, link: FaultyLink) -> None:
    async def work() -> None:
        client = make_client(url=link.url)

        @client.with_seat()
        async def double(number: int) -> int:
            await asyncio.sleep(0)
            return number * 2

        assert await asyncio.gather(*(double(n) for n in range(5))) == [0, 2, 4, 6, 8]
        assert link.count("/licenses/acquire ") == 1
        assert link.count("/licenses/release ") == 1

    run(work)


def test_decorating_a_plain_function_is_refused(make_client: AsyncMaker) -> None:
    with pytest.raises(TypeError, match="LicenseClient"):
        make_client().with_seat()(lambda: None)  # type: ignore[type-var]


def test_trouble_is_told_in_the_loop(make_client: AsyncMaker, link: FaultyLink) -> None:
    async def work() -> None:
        changes: list[StateChange] = []

        def tell(change: StateChange) -> None:
            asyncio.get_running_loop()
            changes.append(change)

        async with make_client(url=link.url, timeout=1) as client, client.seat(on_change=tell) as seat:
            link.trouble = Trouble.CUT
            await until(lambda: changes)
            link.trouble = Trouble.NONE
            await until(lambda: len(changes) == 2)
            assert [change.new for change in changes] == [SeatState.DEGRADED, SeatState.HELD]
            assert seat.held

    run(work)


def test_cancelled_program_gives_its_seat_back(make_client: AsyncMaker) -> None:
    async def work() -> None:
        client = make_client()
        sessions: list[str] = []

        async def hold() -> None:
            async with client.seat() as seat:
                sessions.append(seat.session_id)
                await asyncio.sleep(3600)

        task = asyncio.create_task(hold())
        await until(lambda: sessions)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not (await client.validate(sessions[0])).valid
        await client.close()

    run(work)


def test_second_seat_of_the_same_holder_is_refused(make_client: AsyncMaker) -> None:
    async def work() -> None:
        async with make_client() as client, client.seat():
            with pytest.raises(ConfigurationError, match="instance"):
                await client.seat()

    run(work)
