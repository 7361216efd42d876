"""Pages of a list: a slice and the token of the next one."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
_MARK = "lab-page:"


class BadTokenError(Exception):
    """A token that this lab did not give."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list; `token` is empty on the last page, `left` counts what comes after it."""

    entries: Sequence[T]
    token: str = ""
    left: int = 0


def page(entries: Sequence[T], offset: int, size: int | None, most: int | None = None) -> Page[T]:
    """The page at `offset`; with `most` the list ends there, yet promises more."""
    reach = len(entries) if most is None else min(most, len(entries))
    end = reach if size is None else min(offset + size, reach)
    if end == reach and most is not None:
        return Page(entries[offset:end], token_of(max(end, most)), 1)
    more = end < len(entries)
    return Page(entries[offset:end], token_of(end) if more else "", len(entries) - end)


def token_of(offset: int) -> str:
    """The token for what stands at `offset`."""
    return base64.urlsafe_b64encode(f"{_MARK}{offset}".encode()).decode()


def offset_of(token: str) -> int:
    """Where a token points; nothing is the beginning."""
    if not token:
        return 0
    try:
        mark, _, offset = base64.urlsafe_b64decode(token).decode().partition(":")
        if f"{mark}:" != _MARK:
            raise BadTokenError(token)
        return int(offset)
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise BadTokenError(token) from error
