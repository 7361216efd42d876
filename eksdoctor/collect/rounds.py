"""Collection in rounds: ask what is asked for, all at once, until nothing is or the time is up."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.refusal import clean
from eksdoctor.snapshot.request import Answer, Refusal, Request
from eksdoctor.snapshot.snapshot import Snapshot

IN_FLIGHT = 16
SHARE = 0.6  # of the time left is a round's; then it ends as soon as no answer comes for a while
PAUSE = 0.1  # of the deadline is such a while
INTERRUPTED = Refusal("interrupted", "stopped by the user")


class Answering(Protocol):
    """What answers requests: a Connection, or a stand-in."""

    def answer(self, request: Request, deadline: Deadline) -> Answer:
        """What became of the request."""


class Observer:
    """Who watches a collection; this one looks away. All calls come from the caller's own thread."""

    def round_started(self, number: int, requests: Sequence[Request]) -> None:
        """Round `number` (from 1) asks these requests."""

    def answered(self, answer: Answer) -> None:
        """One answer, or refusal, is in."""

    def round_finished(self, number: int, snapshot: Snapshot) -> None:
        """The round is over; the snapshot holds its answers."""


class Stop:
    """Why nothing is asked any more: the deadline, or the user."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.interrupted = False

    @property
    def refusal(self) -> Refusal | None:
        """The refusal that unanswered requests get from now on."""
        if self.interrupted:
            return INTERRUPTED
        return Refusal("timeout", self.deadline.words) if self.deadline.left <= 0 else None


def collect(
    snapshot: Snapshot,
    questions: Callable[[Snapshot], list[Request]],
    connection: Answering,
    deadline_seconds: float,
    observe: Observer,
) -> Snapshot:
    """The snapshot with an answer or a refusal for every question; it returns at the deadline, come what may.

    On KeyboardInterrupt it returns what there is, the rest refused as interrupted; a second one is raised.
    """
    stop = Stop(Deadline.after(deadline_seconds))
    number = 0
    while True:
        try:
            asked = [
                request for request in dict.fromkeys(questions(snapshot)) if request not in snapshot.outcomes
            ]
            if not asked:
                return snapshot
            number += 1
            observe.round_started(number, asked)
            answers = _ask(asked, connection, stop, observe)
            snapshot = snapshot.with_answers(answers[request] for request in asked)
            observe.round_finished(number, snapshot)
        except KeyboardInterrupt:
            if stop.interrupted:
                raise
            stop.interrupted = True


def _ask(
    asked: Sequence[Request], connection: Answering, stop: Stop, observe: Observer
) -> dict[Request, Answer]:
    """An answer for each request, in whatever order they came in."""
    waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
    came: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    for request in asked:
        waiting.put(request)
    answers: dict[Request, Answer] = {}
    patience = Deadline.after(stop.deadline.left * SHARE)
    try:
        for _ in range(min(IN_FLIGHT, len(asked)) if stop.refusal is None else 0):
            # A daemon thread that hangs delays neither the report nor the program's end.
            threading.Thread(target=_work, args=(waiting, came, connection, stop), daemon=True).start()
        while len(answers) < len(asked) and stop.refusal is None:
            try:
                answer = came.get(timeout=_wait(stop.deadline, patience) if answers else stop.deadline.left)
            except queue.Empty:
                break
            answers[answer.request] = answer
            observe.answered(answer)
    except KeyboardInterrupt:
        stop.interrupted = True
    for answer in _already_in(came):
        answers[answer.request] = answer
        observe.answered(answer)
    for request in asked:
        if request not in answers:
            answers[request] = Answer(
                request, refusal=stop.refusal or Refusal("timeout", stop.deadline.words)
            )
            observe.answered(answers[request])
    return answers


def _wait(deadline: Deadline, patience: Deadline) -> float:
    """How long to wait for one more answer: one that hangs must not cost all later rounds."""
    return min(deadline.left, max(patience.left, deadline.seconds * PAUSE))


def _already_in(came: "queue.SimpleQueue[Answer]") -> Iterator[Answer]:
    """What came in while nobody took it: an interruption loses nothing that was answered."""
    while True:
        try:
            yield came.get_nowait()
        except queue.Empty:
            return


def _work(
    waiting: "queue.SimpleQueue[Request]",
    came: "queue.SimpleQueue[Answer]",
    connection: Answering,
    stop: Stop,
) -> None:
    """Answer requests until none waits or there is no time left."""
    while stop.refusal is None:
        try:
            request = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            came.put(connection.answer(request, stop.deadline))
        except Exception as error:  # noqa: BLE001  a fault of one collector must not cost the report
            words = clean(f"eksdoctor's own fault: {type(error).__name__}: {error}")
            came.put(Answer(request, refusal=Refusal("failed", words)))
