"""The commands for those who see who holds what, and who may take a seat away."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Optional

from .._client import LicenseClient
from .._wire import HeldSession
from .seats import settings_given, show_table

_AT_A_TIME = 1000


def sessions(arguments: argparse.Namespace) -> int:
    """Shows who holds what, of the pool that is set, or of all."""
    with LicenseClient(**settings_given(arguments)) as client:
        held = list(client.sessions(pool=client.settings.pool, page_size=_AT_A_TIME))
    if arguments.json:
        print(json.dumps({"sessions": [_members(session) for session in held]}, indent=2))
    else:
        show_table(("POOL", "SEAT", "HOLDER", "KEY", "PRINCIPAL", "SINCE", "UNTIL", "SESSION"), [_row(s) for s in held])
    return 0


def end(arguments: argparse.Namespace) -> int:
    """Takes a seat from whoever holds it."""
    with LicenseClient(**settings_given(arguments)) as client:
        client.end_session(arguments.session)
    print(f"ended session {arguments.session}")
    return 0


def _members(session: HeldSession) -> dict[str, Any]:
    """As the server tells it; what is not there is null."""
    return {name: _iso(value) if isinstance(value, datetime) else value for name, value in asdict(session).items()}


def _row(session: HeldSession) -> tuple[str, ...]:
    until = _iso(session.borrowed_until or session.lease_until)
    return (
        session.pool,
        str(session.slot),
        session.holder[:12],
        session.key,
        session.principal or "-",
        _iso(session.acquired_at),
        f"{until} (borrowed)" if session.borrowed_until else until,
        session.session_id or "-",
    )


def _iso(instant: Optional[datetime]) -> str:
    return "-" if instant is None else instant.strftime("%Y-%m-%dT%H:%M:%SZ")
