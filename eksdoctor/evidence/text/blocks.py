"""The lines of any stream in blocks of bounded size: gunzipped where it is gzip."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

GZIP = b"\x1f\x8b"
BLOCK = 512 << 10
"""How much is looked at in one step."""
LINE_LIMIT = 256 << 10
STREAM_LIMIT = 8 << 30
"""A gzip bomb ends here: no log of a node is longer."""
STEP = 1 << 20
"""A larger chunk is cut, and gzip unpacks so much at once."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines with their ends; only the last line of a stream may lack its own. `size` is in bytes."""

    lines: list[bytes]
    size: int


def blocks(chunks: Iterable[bytes], size: int = BLOCK, limit: int = STREAM_LIMIT) -> Iterator[Block]:
    """The stream in blocks of at least `size`; of a line beyond LINE_LIMIT the rest is skipped."""
    lines: list[bytes] = []
    part: list[bytes] = []  # of a line that has not ended
    length = waiting = 0
    for piece in plain(chunks, limit):
        more = _lines(piece)
        length += len(piece)
        if waiting <= LINE_LIMIT:
            part += more[:1]
            waiting += sum(map(len, more[:1]))
        if not more or not more[0].endswith(b"\n"):
            continue
        more[0] = _short(b"".join(part))
        part = [] if more[-1].endswith(b"\n") else [more.pop()]
        waiting = sum(map(len, part))
        lines += more
        if length - waiting >= size:
            yield Block(lines, length - waiting)
            lines, length = [], waiting
    if length:
        yield Block([*lines, _short(b"".join(part))] if part else lines, length)


def plain(chunks: Iterable[bytes], limit: int = STREAM_LIMIT) -> Iterator[bytes]:
    """The bytes in pieces of at most STEP, gunzipped if they start as gzip; damage ends them quietly."""
    opening = iter(chunks)
    head = b""
    for chunk in opening:
        head += chunk
        if len(head) >= len(GZIP):
            break
    stream = _unzipped(head, opening) if head.startswith(GZIP) else _pieces(head, opening)
    total = 0
    for piece in stream:
        yield piece
        total += len(piece)
        if total >= limit:
            return


def _pieces(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from _cut(head)
    for chunk in rest:
        yield from _cut(chunk)


def _cut(chunk: bytes) -> Iterator[bytes]:
    if len(chunk) <= STEP:
        yield chunk
        return
    for start in range(0, len(chunk), STEP):
        yield chunk[start : start + STEP]


def _unzipped(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """A rotation may hold several members, one after the other."""
    member = head
    while member.startswith(GZIP):
        engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            yield from _member(engine, member, rest)
        except zlib.error:
            return
        member = engine.unused_data
        while len(member) < len(GZIP) and (chunk := next(rest, None)) is not None:
            member += chunk


def _member(engine: "zlib._Decompress", head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    waiting: bytes | None = head
    while waiting is not None and not engine.eof:
        yield engine.decompress(waiting, STEP)
        waiting = engine.unconsumed_tail or next(rest, None) if not engine.eof else None


def _lines(piece: bytes) -> list[bytes]:
    """The piece's lines, each that ends in it cut to LINE_LIMIT."""
    lines = BytesIO(piece).readlines()
    half = LINE_LIMIT // 2  # a line of more than LINE_LIMIT covers one of these windows whole
    if all(piece.find(b"\n", start, start + half) >= 0 for start in range(0, len(piece) - half, half)):
        return lines
    return [_short(line) if line.endswith(b"\n") else line for line in lines]


def _short(line: bytes) -> bytes:
    return line if len(line) <= LINE_LIMIT else line[:LINE_LIMIT] + b"\n"
