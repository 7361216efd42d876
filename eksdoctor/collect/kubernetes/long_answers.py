"""Answers of the API server that may be long: read piece by piece, their end kept in little memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.api import KubernetesApi
from eksdoctor.collect.refusal import refused
from eksdoctor.snapshot.manifest import NEWEST, OLDEST

PIECE = 1 << 14
MOST_OF_A_REFUSAL = 1 << 12


class TooLongError(Exception):
    """More came than may be read."""


@dataclass(frozen=True, slots=True)
class Flow:
    """An HTTP answer whose body has not been read yet."""

    answer: Any
    deadline: Deadline

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.answer.status)

    def header(self, name: str) -> str:
        """A header, empty without it."""
        return str(self.answer.headers.get(name) or "")

    @property
    def at(self) -> datetime:
        """When it was answered, as the answer says itself; our own clock where it does not."""
        try:
            found = parsedate_to_datetime(self.header("Date"))
        except (ValueError, OverflowError):
            found = None
        if found is None or found.tzinfo is None or not OLDEST < found.year < NEWEST:
            return datetime.now(UTC).replace(microsecond=0)
        return found.astimezone(UTC)

    def pieces(self) -> Iterator[bytes]:
        """The body; raises Refused when the deadline passes or the connection breaks before its end."""
        import urllib3.exceptions as network

        try:
            for piece in self.answer.stream(PIECE):
                if self.deadline.left <= 0:
                    raise refused("timeout", self.deadline.words)
                yield piece
        except network.ReadTimeoutError as error:
            raise refused("timeout", self.deadline.words) from error
        except (network.HTTPError, OSError) as error:
            raise refused("failed", "the answer broke off before its end") from error

    def whole(self, most: int) -> bytes:
        """The body; raises TooLongError when it has more than `most` bytes."""
        return self.tail(most, most)

    def tail(self, kept: int, most: int) -> bytes:
        """The last `kept` bytes of a body; raises TooLongError when it has more than `most` bytes."""
        end = bytearray()
        total = 0
        length = self.header("Content-Length")
        if length.isascii() and length.isdigit() and int(length[:20]) > most:
            raise TooLongError
        for piece in self.pieces():
            total += len(piece)
            if total > most:
                raise TooLongError
            end += piece
            if len(end) > 2 * kept:
                del end[:-kept]
        return bytes(end[-kept:])

    def beginning(self) -> bytes:
        """The first bytes, enough for a refusal's words; empty when they do not come."""
        found = b""
        for piece in self.pieces():
            found += piece
            if len(found) >= MOST_OF_A_REFUSAL:
                break
        return found[:MOST_OF_A_REFUSAL]


@contextmanager
def flowing(
    api: KubernetesApi, path: str, query: dict[str, str], headers: dict[str, str], deadline: Deadline
) -> Iterator[Flow]:
    """GET a path; what is not read by the end of the `with` is left on the wire."""
    answer = api.open(path, query, {"Accept": "*/*", "Accept-Encoding": "identity", **headers}, deadline)
    try:
        yield Flow(answer, deadline)
    finally:
        answer.close()
