"""Long answers of the API server, read in pieces; only their end is kept in memory."""

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

PIECE_BYTES = 1 << 14
MAX_REFUSAL_BYTES = 1 << 12


class TooLongError(Exception):
    """The answer is longer than may be read."""


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """An HTTP answer with an unread body."""

    answer: Any
    deadline: Deadline

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.answer.status)

    def header(self, name: str) -> str:
        """The value of a header; empty when it is missing."""
        return str(self.answer.headers.get(name) or "")

    @property
    def at(self) -> datetime:
        """The `Date` header of the answer; the local time when it is missing or invalid."""
        try:
            found = parsedate_to_datetime(self.header("Date"))
        except (ValueError, OverflowError):
            found = None
        if found is None or found.tzinfo is None or not OLDEST < found.year < NEWEST:
            return datetime.now(UTC).replace(microsecond=0)
        return found.astimezone(UTC)

    def pieces(self) -> Iterator[bytes]:
        """The body in pieces; raises Refused at the deadline or when the connection breaks."""
        import urllib3.exceptions as network

        try:
            for piece in self.answer.stream(PIECE_BYTES):
                if self.deadline.left <= 0:
                    raise refused("timeout", self.deadline.message)
                yield piece
        except network.ReadTimeoutError as error:
            raise refused("timeout", self.deadline.message) from error
        except (network.HTTPError, OSError) as error:
            raise refused("failed", "the connection closed before the end of the answer") from error

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
        """The first MAX_REFUSAL_BYTES bytes."""
        found = b""
        for piece in self.pieces():
            found += piece
            if len(found) >= MAX_REFUSAL_BYTES:
                break
        return found[:MAX_REFUSAL_BYTES]


@contextmanager
def streamed(
    api: KubernetesApi, path: str, query: dict[str, str], headers: dict[str, str], deadline: Deadline
) -> Iterator[StreamedAnswer]:
    """GET a path; the end of the `with` closes the connection, whether or not the body was read."""
    answer = api.open(path, query, {"Accept": "*/*", "Accept-Encoding": "identity", **headers}, deadline)
    try:
        yield StreamedAnswer(answer, deadline)
    finally:
        answer.close()
