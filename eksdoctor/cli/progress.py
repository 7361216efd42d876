"""What is said on standard error while the collectors work; only to a terminal."""

import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from eksdoctor.collect.rounds import Observer
from eksdoctor.render.sanitize import one_line
from eksdoctor.snapshot.request import Answer, Request
from eksdoctor.snapshot.snapshot import Snapshot

Sentence = Callable[[Snapshot], str]


class Progress(Observer):
    """A status line, and a first sentence once round 1 is in."""

    def __init__(self, voice: str, interim: Sentence | None = None) -> None:
        self._speaks = voice == "spoken" and sys.stderr.isatty()
        self._interim = interim
        self._round = self._asked = self._answered = 0

    def __enter__(self) -> Self:
        self._say("asking cluster and account …")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wipe()

    def round_started(self, number: int, requests: Sequence[Request]) -> None:
        """Say how much a round asks."""
        self._round, self._asked, self._answered = number, len(requests), 0
        self._count()

    def answered(self, _answer: Answer) -> None:
        """Count an answer."""
        self._answered += 1
        self._count()

    def round_finished(self, number: int, snapshot: Snapshot) -> None:
        """Say what the first round tells."""
        if self._speaks and number == 1 and self._interim:
            self._wipe()
            print(f"So far: {one_line(self._interim(snapshot))}", file=sys.stderr)

    def _count(self) -> None:
        self._say(f"round {self._round}: {self._answered} of {self._asked} answers …")

    def _say(self, words: str) -> None:
        if self._speaks:
            self._wipe()
            print(words, end="", file=sys.stderr, flush=True)

    def _wipe(self) -> None:
        if self._speaks:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
