"""Reads one JSON object and nothing after it; what two readers might understand differently is an error."""

from __future__ import annotations

import json
from typing import Any

MAX_DEPTH = 8
"""Of objects and arrays, the outermost counted."""

OTHER = object()
"""What is neither text, whole number, truth, array nor object; no claim may be it."""

# Of a whole number that may fit into 64 bits.
_MAX_DIGITS = 20


def read(text: str) -> dict[str, Any]:
    """Reads the object.

    Raises:
        ValueError: It is no JSON object, a name occurs twice, half of a surrogate pair occurs, or it is too deep.
    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole_number,
            parse_float=lambda _: OTHER,
            parse_constant=_no_json,
        )
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    _require_plain(value, 1)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members


def _whole_number(digits: str) -> Any:
    # A longer one is no claim's value, and converting it takes time that grows with its square.
    return int(digits) if len(digits) <= _MAX_DIGITS else OTHER


def _no_json(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _require_plain(value: Any, depth: int) -> None:
    if isinstance(value, str):
        _require_whole(value)
    elif isinstance(value, (dict, list)):
        if depth > MAX_DEPTH:
            raise ValueError("too deep")
        for name in value if isinstance(value, dict) else ():
            _require_whole(name)
        for item in value.values() if isinstance(value, dict) else value:
            _require_plain(item, depth + 1)


def _require_whole(text: str) -> None:
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("half a character")
