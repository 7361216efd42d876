"""The exception that a collector raises, and the cleaning of text from the network."""

import re
from typing import Any

from eksdoctor.snapshot.request import Refusal

MAX_LENGTH = 500
_TERMINAL_SEQUENCES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


class Refused(Exception):  # noqa: N818  a refusal becomes part of an Answer
    """Raised by a collector whose request failed; `documents` were read before the failure."""

    def __init__(
        self, refusal: Refusal, documents: tuple[Any, ...] = (), dropped: int = 0, pages: int = 1
    ) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
        self.documents = documents
        self.dropped = dropped
        self.pages = pages


def refused(reason: str, message: str, grant: str = "") -> Refused:
    """The exception for a reason of `REFUSALS`; message and grant are cleaned for a terminal."""
    return Refused(Refusal(reason, clean(message), clean(grant)))


def clean(text: str) -> str:
    """Text from the network as one line without control characters, at most 500 characters."""
    line = " ".join(_CONTROLS.sub(" ", _TERMINAL_SEQUENCES.sub("", text)).split())
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"
