"""Bytes of any stream as newline-aligned blocks of bounded size: gunzipped where they are gzip."""

import zlib
from collections.abc import Iterable, Iterator

GZIP = b"\x1f\x8b"
BLOCK = 192 << 10
"""How much is looked at in one step; what fits the processor's cache is fastest."""
VERY_LONG = 16 << 20
LARGE_BLOCK = 512 << 10
"""In a stream past VERY_LONG a step is larger, as what repeats in a block is read once."""
LINE_LIMIT = 256 << 10
STREAM_LIMIT = 8 << 30
"""A gzip bomb ends here: no log of a node is longer."""
STEP = 1 << 20
"""A larger chunk is cut, and gzip unpacks so much at once."""


def blocks(chunks: Iterable[bytes], size: int = BLOCK, limit: int = STREAM_LIMIT) -> Iterator[bytes]:
    """The stream in blocks of whole lines; of a line beyond LINE_LIMIT the rest is skipped."""
    held: list[bytes] = []
    length = given = 0
    wanted = size
    skipping = False
    for piece in plain(chunks, limit):
        rest = piece
        if skipping:
            start = rest.find(b"\n")
            if start < 0:
                continue
            rest, skipping = rest[start:], False
        held.append(rest)
        length += len(rest)
        if length < wanted:
            continue
        whole = b"".join(held)
        end = whole.rfind(b"\n") + 1
        if end:
            yield _bounded(whole[:end])
            given += end
            held = [whole[end:]]
            wanted = size if given < VERY_LONG else LARGE_BLOCK
        elif length > LINE_LIMIT:
            yield whole[:LINE_LIMIT] + b"\n"
            held, skipping = [], True
        else:
            held, wanted = [whole], length + size  # not looked for anew with every small chunk
        length = sum(map(len, held))
    if held:
        yield _bounded(b"".join(held))


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


def _bounded(block: bytes) -> bytes:
    """The block with every line cut to LINE_LIMIT."""
    half = LINE_LIMIT // 2  # a line of more than LINE_LIMIT covers one of these windows whole
    if all(block.find(b"\n", start, start + half) >= 0 for start in range(0, len(block) - half, half)):
        return block
    return b"\n".join(line[:LINE_LIMIT] for line in block.split(b"\n"))
