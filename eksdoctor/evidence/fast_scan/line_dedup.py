"""Decide whether a line of ipamd's JSON log can match a signature at all, once for all similar lines."""

import re
from collections.abc import Iterable
from functools import cache
from io import BytesIO

from eksdoctor.evidence.signatures.catalogue import Catalogue, catalogue
from eksdoctor.evidence.signatures.classes import Weight

TIMESTAMP_END = len('{"level":"info","ts":"2020-01-02T03:04:05.678Z')
"""The text of a line begins here, after level and timestamp; for longer levels, inside the timestamp."""
_FOLD = bytes(range(256)).lower()
_VARYING = b"0123456789abcdefABCDEF \t\r"
_PLAIN = re.compile(
    rb"""[ !#-\[\]-~]{0,16}",(?:"llr":"[ !#-\[\]-~]*+",)?"msg":"((?:[ !#-\[\]-~]++|\\")*+)"\}\n"""
)
"""The skeleton of a line with one ASCII message and no escapes but quotes."""
_EVENT_TYPES = ("Normal", "Warning")
"""A pasted event row holds one of these; its reason alone can match a signature."""
_MAX_ENTRIES = 8192
_MAX_KEY_BYTES = 2048


class _Cache(dict[bytes, bool]):
    """Results by text, computed at first use; cleared when there are too many."""

    def __missing__(self, text: bytes) -> bool:
        is_relevant = self.compute(text)
        if len(text) <= _MAX_KEY_BYTES:
            if len(self) >= _MAX_ENTRIES:
                self.clear()
            self[text] = is_relevant
        return is_relevant

    def compute(self, text: bytes) -> bool:
        """The result for a new text."""
        raise NotImplementedError


class _PieceCache(_Cache):
    """Whether the skeleton of a text between two quotes contains a signature's text."""

    def compute(self, text: bytes) -> bool:
        return _relevant_pattern().search(text) is not None


class RelevanceCache(_Cache):
    """By the skeleton of a line's text: whether the line must be parsed.

    A skeleton is the text in lower case without digits, the letters a to f and spaces, so numbers, addresses
    and ids are gone. The text of a signature leaves its own skeleton in the line's, so a line that is dropped
    can match nothing but noise.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pieces = _PieceCache()

    def compute(self, text: bytes) -> bool:
        """Check the pieces between quotes, since only names in quotes are ever new."""
        message = _PLAIN.fullmatch(text)
        return message is None or any(map(self._pieces.__getitem__, message[1].split(b'\\"')))

    def are_relevant(self, line_texts: Iterable[bytes]) -> list[bool]:
        """The result for each text; each ends with a line end."""
        return list(map(self.__getitem__, BytesIO(_skeleton(b"".join(line_texts)))))


def relevant_texts(known: Catalogue) -> set[bytes]:
    """Skeletons of signature texts: a message that matches more than noise contains at least one.

    Of a text that contains quotes, the longest piece.
    """
    counted = [one for one in known if one.weight is not Weight.NOISE]
    found = [text for one in counted for text in (one.codes or one.literals)]
    return {_skeleton(max(text.split('"'), key=len).encode()) for text in (*found, *_EVENT_TYPES)}


@cache
def _relevant_pattern() -> re.Pattern[bytes]:
    return re.compile(_trie(relevant_texts(catalogue())))


def _skeleton(line_texts: bytes) -> bytes:
    return line_texts.translate(_FOLD, _VARYING)


def _trie(line_texts: Iterable[bytes]) -> bytes:
    """A regular expression that matches any of the words and reads each letter once."""
    by_letter: dict[bytes, list[bytes]] = {}
    for word in sorted(line_texts):
        by_letter.setdefault(word[:1], []).append(word[1:])
    branches = []
    for letter, rests in by_letter.items():
        branches.append(re.escape(letter) + (b"" if b"" in rests else _trie(rests)))
    return branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")"
