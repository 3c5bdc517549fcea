"""The verifier says of every shared vector what the vector says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coditect_license_client._verifier import SeatClaims, SeatVerifier
from coditect_license_client.errors import InvalidTokenError

CASES = sorted((Path(__file__).parents[3] / "vectors" / "cases").glob("*.json"))
MEMBERS = {
    "description",
    "now",
    "roots",
    "tenant",
    "product",
    "hardware",
    "statement",
    "token",
    "revocations",
    "verdict",
}


def test_there_are_vectors() -> None:
    assert len(CASES) > 250
    # They are verified by a path of their own.
    assert sum("borrowed" in case.stem for case in CASES) >= 29


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_vector(case: Path) -> None:
    vector = json.loads(case.read_text(encoding="utf-8"))
    assert set(vector) <= MEMBERS, "a member that this runner does not know"
    assert verdict(vector) == vector["verdict"]


def verdict(vector: dict[str, Any]) -> dict[str, Any]:
    verifier = SeatVerifier(
        "".join(vector["roots"]),
        tenant=vector.get("tenant"),
        product=vector.get("product"),
        hardware_id=vector.get("hardware"),
    )
    now = vector["now"]
    try:
        revocations = None
        if "revocations" in vector:
            given = vector["revocations"]
            assert set(given) <= {"list", "statement", "seen"}
            by = text(given["statement"]) if "statement" in given else None
            revocations = verifier.verify_revocations(text(given["list"]), by, seen=given["seen"], now=now)
        statement = text(vector["statement"]) if "statement" in vector else None
        seat = verifier.verify(text(vector["token"]), statement, now=now, revocations=revocations)
    except InvalidTokenError as e:
        return {"reason": e.reason}
    return {"claims": claims(seat)}


def text(written: Any) -> str:
    if isinstance(written, str):
        return written
    return "".join(part if isinstance(part, str) else part["repeat"] * part["times"] for part in written)


def claims(seat: SeatClaims) -> dict[str, Any]:
    return {
        "iss": f"urn:coditect:tenant:{seat.tenant}",
        "aud": seat.product,
        "sub": seat.session_id,
        "tenant": seat.tenant,
        "pool": seat.pool,
        "slot": seat.slot,
        "gen": seat.generation,
        "ent": list(seat.entitlements),
        "iat": seat.issued_at,
        "nbf": seat.not_before,
        "exp": seat.expires_at,
        "jti": seat.token_id,
        "hwh": seat.hardware_hash,
    }
