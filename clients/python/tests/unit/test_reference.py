"""REFERENCE.md has every name, argument, setting, error and exit code, and none that is not there.

The tables between markers are made of the code:  pytest tests/unit/test_reference.py --write-reference
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import coditect_license_client as package
from coditect_license_client import LicenseError, Reason, SeatState, errors
from coditect_license_client._cli.main import _parser
from coditect_license_client._settings import TABLE

PAGE = Path(__file__).parents[2] / "REFERENCE.md"
TEXT = PAGE.read_text(encoding="utf-8")


def settings_table() -> str:
    rows = ["| setting | environment variable | default | meaning |", "|---|---|---|---|"]
    for row in TABLE:
        default = "" if row.default is None else f"`{row.default}`" if " " not in str(row.default) else row.default
        rows.append(f"| `{row.name}` | `{row.variable}` | {default} | {row.meaning} |")
    return "\n".join(rows)


def errors_table() -> str:
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, LicenseError)]
    rows = ["| code | error | is a | |", "|---|---|---|---|"]
    for kind in sorted(kinds, key=lambda kind: (kind.exit_code, kind.__name__)):
        meaning = (kind.__doc__ or "").splitlines()[0]
        rows.append(f"| {kind.exit_code} | `{kind.__name__}` | `{kind.__bases__[0].__name__}` | {meaning} |")
    return "\n".join(rows)


TABLES = {"settings": settings_table(), "errors": errors_table()}


@pytest.mark.parametrize("name", TABLES)
def test_table_is_that_of_the_code(name: str, pytestconfig: pytest.Config) -> None:
    marked = re.compile(f"(?<=<!-- {name} -->\n).*?(?=\n<!-- end -->)", re.DOTALL)
    if pytestconfig.getoption("--write-reference"):
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(marked.sub(lambda _: TABLES[name], page), encoding="utf-8")
        return
    (written,) = marked.findall(TEXT)
    assert written == TABLES[name]


def public_members(kind: type) -> Iterator[str]:
    if dataclasses.is_dataclass(kind):
        yield from (each.name for each in dataclasses.fields(kind))
    for name, member in inspect.getmembers(kind):
        is_ours = any(name in vars(base) for base in kind.__mro__ if base.__module__.startswith(package.__name__))
        if is_ours and not name.startswith("_") and (inspect.isroutine(member) or isinstance(member, property)):
            yield name


def mentions() -> Iterator[str]:
    for name in package.__all__:
        exported: Any = getattr(package, name)
        yield name
        if inspect.isclass(exported) and not issubclass(exported, (enum.Enum, Exception)):
            yield from (f"{name}.{member}" for member in public_members(exported))
        if name in ("LicenseClient", "startup_check", "SeatVerifier"):
            yield from (f"{name}({each})" for each in inspect.signature(exported).parameters)
    for method in ("seat", "with_seat", "validate", "sessions"):
        parameters = inspect.signature(getattr(package.LicenseClient, method)).parameters
        yield from (f"LicenseClient.{method}({each})" for each in parameters if each != "self")


@pytest.mark.parametrize("mention", sorted(set(mentions())))
def test_every_name_is_there(mention: str) -> None:
    if "(" in mention:
        mention = mention.partition("(")[2].rstrip(")")
        assert f"`{mention}`" in TEXT
    elif "." in mention:
        kind, _, member = mention.partition(".")
        section = TEXT.partition(f"## `{kind}`")[2].partition("\n## ")[0] or TEXT
        assert re.search(rf"`{member}\b", section), f"{member} in the section of {kind}"
    else:
        assert f"`{mention}" in TEXT


@pytest.mark.parametrize("each", [*SeatState, *Reason], ids=str)
def test_every_state_and_reason_is_there(each: enum.Enum) -> None:
    assert f"`{each.value}`" in TEXT


def test_every_command_and_option_is_there() -> None:
    commands = next(action for action in _parser()._actions if action.choices).choices
    assert isinstance(commands, dict)
    for name, parser in commands.items():
        assert f"`{name}" in TEXT
        common = {"--help", "--settings-file", "--verbose", "--offline"} | {
            "--" + row.name.replace("_", "-") for row in TABLE
        }
        for action in parser._actions:
            for option in action.option_strings:
                if option.startswith("--") and option not in common:
                    assert option in TEXT, f"{option} of {name}"
