"""A block of the daemon's JSON log, less the lines that tell nothing: fast enough for the largest logs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from eksdoctor.testimony.signatures import Weight, catalogue

WINDOW = 16 << 10
"""Of each block of a very large log, so much is read with what the daemon says at debug."""
_STAMPED = len('{"level":"info","ts":"2020-01-02T03:04:05.678Z')
_OPENING = b'{"level":"'
_WORKED = b'err: <nil>"}'
_MORE_HEADS = ("contains", "checkAPIErrorAndBroadcastEvent")
"""Debug lines that carry the EC2 error of a failed call."""
_HEAD = 16
_MOST_DISTINCT = 4096


@dataclass(slots=True)
class Bundle:
    """A line, how often the block has it with other stamps only, and its last occurrence."""

    line: bytes
    count: int
    last: bytes


def sift(block: bytes) -> list[Bundle] | None:
    """The telling lines of a block, in order of first appearance; None when the block is not plain zap JSON.

    Left out are lines at info and debug that do not begin as a signature does. Lines that differ in
    their stamp only, such as the numbers of a pool at rest, are one bundle; so are all successes.
    """
    return _bundled(_telling().findall(b"\n" + block))


def sample(block: bytes) -> list[Bundle] | None:
    """As `sift`, but of debug lines only those in the block's first WINDOW.

    What is said at debug is said every few seconds, so it is still heard many times.
    """
    cut = block.find(b"\n", WINDOW)
    if cut < 0:
        return sift(block)
    return _bundled(_telling().findall(b"\n" + block[:cut]) + _loud().findall(block, cut))


def _bundled(lines: list[bytes]) -> list[Bundle] | None:
    found: dict[bytes, Bundle] = {}
    for line in lines:
        words = _WORKED if line.endswith(_WORKED) else line[_STAMPED:]
        bundle = found.get(words)
        if bundle is not None:
            bundle.count += 1
            bundle.last = line
        elif line:
            if not (line.startswith(_OPENING) and line.endswith((b"}", b"}\r"))):
                return None
            found[words] = Bundle(line, 1, line)
    return list(found.values()) if len(found) <= _MOST_DISTINCT else None


@cache
def _telling() -> re.Pattern[bytes]:
    """Every line but zap lines at info or debug whose message begins as no signature does."""
    return re.compile(rb'\n(?!\{"level":"' + _idle(b"[di]") + rb")([^\n]*)", re.DOTALL)


@cache
def _loud() -> re.Pattern[bytes]:
    """Every line but zap lines at debug, and at info those whose message begins as no signature does."""
    return re.compile(rb'\n(?!\{"level":"(?:d|' + _idle(b"i") + rb"))([^\n]*)", re.DOTALL)


def _idle(letter: bytes) -> bytes:
    """The rest of a line that tells nothing, from the level's first letter on.

    Between that letter and the caller stand 47 characters, or 48 when the level is debug.
    """
    heads = [
        literal
        for one in catalogue()
        if one.starts and one.weight is not Weight.CHATTER
        for literal in one.literals
    ]
    trie = _trie({head[:_HEAD].encode() for head in (*heads, *_MORE_HEADS)})
    return letter + rb'.{47}"?[^"\n]*","msg":"(?!' + trie + rb")"


def _trie(words: Iterable[bytes]) -> bytes:
    """An alternation that looks at every letter once."""
    by_letter: dict[bytes, list[bytes]] = {}
    for word in sorted(words):
        by_letter.setdefault(word[:1], []).append(word[1:])
    branches = []
    for letter, rests in by_letter.items():
        branches.append(re.escape(letter) + (b"" if b"" in rests else _trie(rests)))
    return branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")"
