"""A refusal on its way from the network to the answer it becomes."""

import re
from typing import Any

from eksdoctor.snapshot.request import Refusal

LONGEST = 500
_TERMINAL_SEQUENCES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


class Refused(Exception):  # noqa: N818  a refusal is an answer, not an error
    """Raised by a collector that got no whole answer; `documents` are those that came before."""

    def __init__(
        self, refusal: Refusal, documents: tuple[Any, ...] = (), dropped: int = 0, pages: int = 1
    ) -> None:
        super().__init__(refusal.words)
        self.refusal = refusal
        self.documents = documents
        self.dropped = dropped
        self.pages = pages


def refused(reason: str, words: str, grant: str = "") -> Refused:
    """A refusal, its words made fit for a terminal: one line, no controls, 500 characters at most."""
    return Refused(Refusal(reason, clean(words), clean(grant)))


def clean(text: str) -> str:
    """Foreign text as one printable line of at most 500 characters."""
    line = " ".join(_CONTROLS.sub(" ", _TERMINAL_SEQUENCES.sub("", text)).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
