"""Progress on standard error while requests run; only if it is a terminal."""

import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from eksdoctor.collect.rounds import Observer
from eksdoctor.render.sanitize import one_line
from eksdoctor.snapshot.request import Answer, Request
from eksdoctor.snapshot.snapshot import Snapshot

InterimSummary = Callable[[Snapshot], str]


class Progress(Observer):
    """A status line, and the summary of the first round; prints nothing if quiet or not on a terminal."""

    def __init__(self, interim: InterimSummary | None = None, *, quiet: bool = False) -> None:
        self._is_shown = not quiet and sys.stderr.isatty()
        self._interim = interim
        self._round = self._sent = self._answered = 0

    def __enter__(self) -> Self:
        self._show("querying the cluster and AWS …")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear_line()

    def round_started(self, number: int, requests: Sequence[Request]) -> None:
        """Show the number of requests of a round."""
        self._round, self._sent, self._answered = number, len(requests), 0
        self._show_count()

    def answered(self, _answer: Answer) -> None:
        """Show the number of answers so far."""
        self._answered += 1
        self._show_count()

    def round_finished(self, number: int, snapshot: Snapshot) -> None:
        """Print the interim summary after the first round."""
        if self._is_shown and number == 1 and self._interim:
            self._clear_line()
            print(f"So far: {one_line(self._interim(snapshot))}", file=sys.stderr)

    def _show_count(self) -> None:
        self._show(f"round {self._round}: {self._answered} of {self._sent} API calls answered …")

    def _show(self, status: str) -> None:
        if self._is_shown:
            self._clear_line()
            print(status, end="", file=sys.stderr, flush=True)

    def _clear_line(self) -> None:
        if self._is_shown:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
