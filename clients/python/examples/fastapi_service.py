"""A FastAPI service that holds one seat while it runs, and works only while it does.

Run with: uvicorn fastapi_service:app
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, HTTPException, Request

from coditect_license_client import AsyncLicenseClient, AsyncSeat, SeatLostError


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncLicenseClient() as client, client.seat() as seat:
        app.state.seat = seat
        yield


app = FastAPI(lifespan=lifespan)


def licensed(request: Request) -> AsyncSeat:
    """Refuses work while the seat is lost; it comes back by itself when the network does."""
    seat: AsyncSeat = request.app.state.seat
    try:
        seat.require()
    except SeatLostError as e:
        raise HTTPException(503, f"no licence seat: {e}", headers={"Retry-After": "5"}) from e
    return seat


@app.get("/work")
async def work(seat: AsyncSeat = Depends(licensed)) -> dict[str, str]:  # noqa: B008 - FastAPI's way
    return {"done": "by a licensed service", "product": seat.product}


@app.get("/health")
async def health(request: Request) -> dict[str, str]:
    return {"seat": str(request.app.state.seat.state)}
