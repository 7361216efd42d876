"""The bundled table of instance limits: what types could hold on the day it was written."""

from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).with_name("instance_limits.csv")  # written by tests/tables/build_instance_table.py
_DATE = "# as of "


class Row(NamedTuple):
    """One type; None where no source states the number. `enis` are those of the default network card."""

    instance_type: str
    enis: int
    addresses_per_eni: int
    nitro: bool
    vcpus: int | None
    branch_enis: int | None


@cache
def rows() -> dict[str, Row]:
    """Every type of the table, smaller before larger within a family."""
    return {row.instance_type: row for row in map(_row, _lines()[2:])}


@cache
def date() -> str:
    """The day of the table, as `2026-08-11`."""
    return _lines()[0].removeprefix(_DATE)


def matching(pattern: str) -> tuple[str, ...]:
    """The types that a name or shell pattern (`m7g.*`, `*`) stands for, none when it fits no type."""
    if pattern in rows():
        return (pattern,)
    return tuple(name for name in rows() if fnmatchcase(name, pattern))


def near(name: str) -> tuple[str, ...]:
    """Types of a similar name, the nearest first."""
    return tuple(get_close_matches(name, rows(), n=3))


@cache
def _lines() -> tuple[str, ...]:
    return tuple(TABLE.read_text(encoding="ascii").splitlines())


def _row(line: str) -> Row:
    name, enis, addresses, nitro, vcpus, branches = line.split(",")
    return Row(name, int(enis), int(addresses), nitro == "yes", _number(vcpus), _number(branches))


def _number(text: str) -> int | None:
    return int(text) if text else None
