"""Whether a line of the daemon's JSON log can bear a signature at all, learnt once for all lines like it."""

import re
from collections.abc import Iterable
from functools import cache
from io import BytesIO

from eksdoctor.evidence.signatures.catalogue import Catalogue, Weight, catalogue

STAMPED = len('{"level":"info","ts":"2020-01-02T03:04:05.678Z')
"""A line's words begin here, behind level and stamp; at longer levels with the end of the stamp."""
_FOLD = bytes(range(256)).lower()
_VARYING = b"0123456789abcdefABCDEF \t\r"
_PLAIN = re.compile(
    rb"""[ !#-\[\]-~]{0,16}",(?:"llr":"[ !#-\[\]-~]*+",)?"msg":"((?:[ !#-\[\]-~]++|\\")*+)"\}\n"""
)
"""The skeleton of words that are one message in ASCII, without other escapes than of quotes."""
_ROWS = ("Normal", "Warning")
"""In a pasted row of events, whose reason is a signature by itself."""
_MOST = 8192
_LONGEST = 2048


class _Learnt(dict[bytes, bool]):
    """Verdicts by what they are on, each learnt when first asked for; forgotten when they are too many."""

    def __missing__(self, text: bytes) -> bool:
        verdict = self.judge(text)
        if len(text) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[text] = verdict
        return verdict

    def judge(self, text: bytes) -> bool:
        """The verdict on a text not met before."""
        raise NotImplementedError


class _Pieces(_Learnt):
    """Whether the skeleton of what stands between two quotes holds one of the texts."""

    def judge(self, text: bytes) -> bool:
        return _texts().search(text) is not None


class Verdicts(_Learnt):
    """By a skeleton of words: whether a line with such words must be read.

    A skeleton is the words in lower case less digits, the letters a to f and blanks, so numbers,
    addresses and ids are gone from it. What a signature is recognised by leaves its own skeleton in the
    line's, hence a line passed over bears none but chatter.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pieces = _Pieces()

    def judge(self, text: bytes) -> bool:
        """By the pieces between quotes, as only names in quotes are ever new."""
        plain = _PLAIN.fullmatch(text)
        return plain is None or any(map(self._pieces.__getitem__, plain[1].split(b'\\"')))

    def on(self, words: Iterable[bytes]) -> list[bool]:
        """The verdict on each of these words, which end with their line."""
        return list(map(self.__getitem__, BytesIO(_skeleton(b"".join(words)))))


def texts(known: Catalogue) -> set[bytes]:
    """Skeletons of texts: a message with a signature that is not chatter holds at least one.

    Of a text with quotes in it, the longest piece.
    """
    told = [one for one in known if one.weight is not Weight.CHATTER]
    found = [text for one in told for text in (one.codes or one.literals)]
    return {_skeleton(max(text.split('"'), key=len).encode()) for text in (*found, *_ROWS)}


@cache
def _texts() -> re.Pattern[bytes]:
    return re.compile(_trie(texts(catalogue())))


def _skeleton(words: bytes) -> bytes:
    return words.translate(_FOLD, _VARYING)


def _trie(words: Iterable[bytes]) -> bytes:
    """An alternation that looks at every letter once."""
    by_letter: dict[bytes, list[bytes]] = {}
    for word in sorted(words):
        by_letter.setdefault(word[:1], []).append(word[1:])
    branches = []
    for letter, rests in by_letter.items():
        branches.append(re.escape(letter) + (b"" if b"" in rests else _trie(rests)))
    return branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")"
