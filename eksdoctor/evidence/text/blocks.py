"""Split any byte stream into blocks of lines with bounded size; gzip is decompressed."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

GZIP_MAGIC = b"\x1f\x8b"
BLOCK_BYTES = 512 << 10
"""How many bytes are processed in one step."""
MAX_LINE_BYTES = 256 << 10
MAX_STREAM_BYTES = 8 << 30
"""Stops a gzip bomb: no log of a node is longer."""
CHUNK_BYTES = 1 << 20
"""Larger chunks are split; gzip decompresses at most this much at once."""


@dataclass(frozen=True, slots=True)
class LineBlock:
    """Whole lines with their line ends (the last line of a stream may lack it); `size` is in bytes."""

    lines: list[bytes]
    size: int


def read_blocks(
    chunks: Iterable[bytes], size: int = BLOCK_BYTES, limit: int = MAX_STREAM_BYTES
) -> Iterator[LineBlock]:
    """The stream in blocks of at least `size` bytes; lines are cut to MAX_LINE_BYTES."""
    lines: list[bytes] = []
    partial: list[bytes] = []  # of a line that has not ended
    length = pending = 0
    for piece in decompress(chunks, limit):
        new_lines = _split_lines(piece)
        length += len(piece)
        if pending <= MAX_LINE_BYTES:
            partial += new_lines[:1]
            pending += sum(map(len, new_lines[:1]))
        if not new_lines or not new_lines[0].endswith(b"\n"):
            continue
        new_lines[0] = _truncate(b"".join(partial))
        partial = [] if new_lines[-1].endswith(b"\n") else [new_lines.pop()]
        pending = sum(map(len, partial))
        lines += new_lines
        if length - pending >= size:
            yield LineBlock(lines, length - pending)
            lines, length = [], pending
    if length:
        yield LineBlock([*lines, _truncate(b"".join(partial))] if partial else lines, length)


def decompress(chunks: Iterable[bytes], limit: int = MAX_STREAM_BYTES) -> Iterator[bytes]:
    """The bytes in pieces of at most CHUNK_BYTES, decompressed if gzip; damaged gzip ends the stream."""
    remaining = iter(chunks)
    head = b""
    for chunk in remaining:
        head += chunk
        if len(head) >= len(GZIP_MAGIC):
            break
    stream = _gunzip(head, remaining) if head.startswith(GZIP_MAGIC) else _split_chunks(head, remaining)
    total = 0
    for piece in stream:
        yield piece
        total += len(piece)
        if total >= limit:
            return


def _split_chunks(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from _split_chunk(head)
    for chunk in rest:
        yield from _split_chunk(chunk)


def _split_chunk(chunk: bytes) -> Iterator[bytes]:
    if len(chunk) <= CHUNK_BYTES:
        yield chunk
        return
    for start in range(0, len(chunk), CHUNK_BYTES):
        yield chunk[start : start + CHUNK_BYTES]


def _gunzip(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """A rotated log may hold several gzip members, one after the other."""
    member = head
    while member.startswith(GZIP_MAGIC):
        engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            yield from _gunzip_member(engine, member, rest)
        except zlib.error:
            return
        member = engine.unused_data
        while len(member) < len(GZIP_MAGIC) and (chunk := next(rest, None)) is not None:
            member += chunk


def _gunzip_member(engine: "zlib._Decompress", head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    pending: bytes | None = head
    while pending is not None and not engine.eof:
        yield engine.decompress(pending, CHUNK_BYTES)
        pending = engine.unconsumed_tail or next(rest, None) if not engine.eof else None


def _split_lines(piece: bytes) -> list[bytes]:
    """The lines of the piece; each line that ends in it is cut to MAX_LINE_BYTES."""
    lines = BytesIO(piece).readlines()
    half = MAX_LINE_BYTES // 2  # a line longer than MAX_LINE_BYTES covers one of these windows
    if all(piece.find(b"\n", start, start + half) >= 0 for start in range(0, len(piece) - half, half)):
        return lines
    return [_truncate(line) if line.endswith(b"\n") else line for line in lines]


def _truncate(line: bytes) -> bytes:
    return line if len(line) <= MAX_LINE_BYTES else line[:MAX_LINE_BYTES] + b"\n"
