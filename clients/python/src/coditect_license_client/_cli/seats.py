"""The commands about seats that are stored."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Optional

from .. import _calls
from .._borrow import Borrower
from .._calls import Patience
from .._client import RETRY_FOR
from .._clock import instant, wall
from .._expiry import license_end
from .._holder import holder_of
from .._proof import Proof
from .._settings import TABLE, Settings, missing, resolve
from .._store import Bundle, Store
from .._transport import Transport
from .._verifier import SeatClaims, SeatVerifier, claims_of
from ..errors import ConfigurationError, InvalidTokenError, LicenseError, NoBundleError, SeatLostError, StorageError

_DAY = 86400.0
_HOUR = 3600.0
_MINUTE = 60.0


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings in force."""
    return resolve(settings_given(arguments))


def settings_given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The command's options, which count as arguments."""
    names = {row.name for row in TABLE} | {"settings_file"}
    return {name: value for name, value in vars(arguments).items() if name in names and value is not None}


def settings(arguments: argparse.Namespace) -> int:
    """Shows each setting and where it came from."""
    print(settings_of(arguments))
    return 0


def acquire(arguments: argparse.Namespace) -> int:
    """Acquires a seat and stores it, so that ``status`` and ``release`` find it."""
    chosen = settings_of(arguments)
    holder = holder_of(chosen)
    proof = Proof(chosen, holder)
    borrowed = proof.borrowed()
    if borrowed is not None:
        print(f"borrowed: {_described(borrowed[1])}")
        return 0
    if chosen.offline:
        _, seat = proof.stored()
        print(f"offline: {_described(seat)}")
        return 0
    # Before a seat is taken that could not be given back.
    Store(chosen.state_dir).require_writable()
    transport = Transport(chosen)
    try:
        grant, _ = _calls.drive(_calls.acquire(holder, proof, Patience(arguments.wait, RETRY_FOR)), transport)
        _calls.drive(_calls.fetch_revocations(proof), transport)
        try:
            proof.store(grant)
        except StorageError:
            _calls.drive(_calls.release(grant.session_id, grant.renewal.signed_token), transport)
            raise
    finally:
        transport.rest()
    print(_described(claims_of(grant.renewal.signed_token)))
    return 0


def borrow(arguments: argparse.Namespace) -> int:
    """Borrows a seat for days and stores it."""
    chosen = settings_of(arguments)
    transport = Transport(chosen)
    try:
        grant = _calls.drive(Borrower(chosen, None).borrow(arguments.days, RETRY_FOR), transport)
    finally:
        transport.rest()
    print(f"borrowed {_described(claims_of(grant.renewal.signed_token))}")
    return 0


def give_back(arguments: argparse.Namespace) -> int:
    """Gives the borrowed seat back."""
    chosen = settings_of(arguments)
    transport = Transport(chosen)
    try:
        bundle = _calls.drive(Borrower(chosen, None).give_back(), transport)
    finally:
        transport.rest()
    print(f"returned the borrowed seat of pool {bundle.pool}")
    return 0


def release(arguments: argparse.Namespace) -> int:
    """Gives the stored seat back."""
    chosen = settings_of(arguments)
    if chosen.offline:
        raise ConfigurationError("a seat is given back online: leave --offline out")
    holder = holder_of(chosen)
    store = Store(chosen.state_dir)
    bundle = store.load(holder.identity)
    transport = Transport(chosen)
    try:
        _calls.drive(_calls.release(bundle.session_id, bundle.signed_token), transport)
    finally:
        transport.rest()
    store.delete(holder.identity)
    print(f"released the seat of pool {bundle.pool}")
    return 0


@dataclass(frozen=True)
class _Row:
    """One stored seat, as ``status --json`` shows it."""

    product: str
    pool: str
    slot: int
    holder: str
    instance: Optional[str]
    session_id: str
    held: bool
    borrowed: bool
    proved: str
    expires_at: str
    seconds_left: float
    days_left: float
    license_expires_at: Optional[str]
    license_days_left: Optional[float]
    warning: Optional[str]
    problem: Optional[str]


def status(arguments: argparse.Namespace) -> int:
    """Shows the stored seats: what the server says of them, or what they prove without it."""
    chosen = settings_of(arguments)
    stored = Store(chosen.state_dir).all()
    if not stored:
        raise NoBundleError(f"no seat is stored in {chosen.state_dir}: coditect-license acquire")
    transport = Transport(chosen)
    try:
        rows = [_row(chosen, bundle, transport) for _, bundle in stored]
    finally:
        transport.rest()
    _show(rows, as_json=arguments.json)
    return 0 if any(row.held for row in rows) else SeatLostError.exit_code


def verify(arguments: argparse.Namespace) -> int:
    """Proves a stored seat, or an answer of the API, without the network."""
    chosen = settings_of(arguments)
    roots = chosen.pinned_roots()
    if roots is None:
        raise ConfigurationError(missing("roots_file", "by which roots it is proved"))
    verifier = SeatVerifier(roots, tenant=chosen.tenant, product=chosen.product, hardware_id=chosen.hardware_id)
    members = _members(arguments.file)
    Store(chosen.state_dir).require_clock()
    statement = None if members.get("key_statement") is None else _text(members, "key_statement")
    seat = verifier.verify(_text(members, "signed_token"), statement)
    print(f"valid: {_described(seat)}")
    print(json.dumps(asdict(seat), indent=2))
    return 0


def _members(name: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
        members = json.loads(text)
    except OSError as e:
        raise ConfigurationError(f"cannot read {name}: {e.strerror}") from None
    except ValueError:
        raise InvalidTokenError(f"{name} is not JSON", reason="MALFORMED") from None
    return members if isinstance(members, dict) else {}


def _text(members: dict[str, Any], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise InvalidTokenError(
            f"there is no text {name!r}: give a stored seat or an answer to acquire", reason="MALFORMED"
        )
    return value


def _row(chosen: Settings, bundle: Bundle, transport: Transport) -> _Row:
    seat = claims_of(bundle.signed_token)
    found = _state(chosen, bundle, seat, transport)
    left, end = found.left, found.license_expires_at
    return _Row(
        product=seat.product,
        pool=seat.pool,
        slot=seat.slot,
        holder=seat.hardware_hash,
        instance=bundle.instance,
        session_id=seat.session_id,
        held=left > 0,
        borrowed=bundle.is_borrowed,
        proved=found.proved,
        expires_at=_iso(wall() + left if left > 0 else seat.expires_at),
        seconds_left=round(left, 1),
        days_left=round(left / _DAY, 2),
        license_expires_at=None if end is None else _iso(end),
        license_days_left=None if end is None else round((end - wall()) / _DAY, 2),
        warning=license_end(end, wall()),
        problem=found.problem,
    )


@dataclass(frozen=True)
class _State:
    """How it stands with a stored seat: seconds left, who says so, what is the matter, when the licence ends."""

    left: float
    proved: str
    problem: Optional[str]
    license_expires_at: Optional[float]


def _state(chosen: Settings, bundle: Bundle, seat: SeatClaims, transport: Transport) -> _State:
    if chosen.offline or chosen.url != bundle.url:
        return _offline(chosen, bundle, seat)
    try:
        validity = _calls.drive(_calls.validate(bundle.session_id, None), transport)
    except LicenseError as e:
        offline = _offline(chosen, bundle, seat)
        return replace(offline, problem=offline.problem or str(e))
    if not validity.valid:
        return _State(0.0, "online", validity.reason, bundle.license_expires_at)
    end = validity.license_expires_at
    return _State(validity.expires_in, "online", None, None if end is None else end.timestamp())


def _offline(chosen: Settings, bundle: Bundle, seat: SeatClaims) -> _State:
    acquired_at = replace(chosen, url=bundle.url)
    try:
        Proof(acquired_at, holder_of(acquired_at, bundle.instance)).verified(bundle)
    except LicenseError as e:
        return _State(0.0, "not proved", str(e), bundle.license_expires_at)
    return _State(max(seat.expires_at - wall(), 0.0), "offline", None, bundle.license_expires_at)


def _show(rows: list[_Row], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"seats": [asdict(row) for row in rows]}, indent=2))
        return
    heads = ("PRODUCT", "POOL", "SEAT", "HOLDER", "HELD", "PROVED", "LEFT", "EXPIRES", "LICENCE")
    table = [
        (
            row.product,
            row.pool,
            str(row.slot),
            row.holder[:12] + (f"/{row.instance}" if row.instance else ""),
            ("borrowed" if row.borrowed else "yes") if row.held else "no",
            row.proved,
            _left(row.seconds_left),
            row.expires_at,
            row.license_expires_at or "-",
        )
        for row in rows
    ]
    show_table(heads, table)
    for row in rows:
        for line in (row.problem, row.warning):
            if line:
                print(f"{row.pool}: {line}")


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Shows rows in columns. What others have named cannot steer the terminal."""
    table = [["".join(c if c.isprintable() else "?" for c in cell) for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(heads))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def _described(seat: SeatClaims) -> str:
    left = _left(seat.expires_at - wall())
    return f"seat {seat.slot} of pool {seat.pool}, product {seat.product}, until {_iso(seat.expires_at)} ({left} left)"


def _left(seconds: float) -> str:
    for unit, name in ((_DAY, "days"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{max(seconds, 0):.0f} s"


def _iso(epoch_second: float) -> str:
    return instant(epoch_second).strftime("%Y-%m-%dT%H:%M:%SZ")
