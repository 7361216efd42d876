"""Collection in rounds: each round sends all open requests at once, until none is left or time is up."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.refusal import clean
from eksdoctor.snapshot.request import Answer, Refusal, Request
from eksdoctor.snapshot.snapshot import Snapshot

IN_FLIGHT = 16
ROUND_SHARE = 0.6  # of the time left; after that a round ends when no answer arrives for a while
IDLE_SHARE = 0.1  # of the deadline is that while
INTERRUPTED = Refusal("interrupted", "stopped by the user")


class Answerer(Protocol):
    """What answers requests: a Connection, or a substitute in tests."""

    def answer(self, request: Request, deadline: Deadline) -> Answer:
        """The answer to a request; a failure is a refusal in it."""


class Observer:
    """Receives the progress of a collection, in the caller's thread; this one does nothing."""

    def round_started(self, number: int, requests: Sequence[Request]) -> None:
        """Round `number` (from 1) sends these requests."""

    def answered(self, answer: Answer) -> None:
        """One answer, or refusal, has arrived."""

    def round_finished(self, number: int, snapshot: Snapshot) -> None:
        """The round is over; the snapshot has its answers."""


class Stop:
    """Why the collection stops: the deadline, or the user."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.interrupted = False

    @property
    def refusal(self) -> Refusal | None:
        """The refusal of requests without an answer; None while the collection runs."""
        if self.interrupted:
            return INTERRUPTED
        return Refusal("timeout", self.deadline.message) if self.deadline.left <= 0 else None


def collect(
    snapshot: Snapshot,
    questions: Callable[[Snapshot], list[Request]],
    connection: Answerer,
    deadline_seconds: float,
    observe: Observer,
) -> Snapshot:
    """The snapshot with an answer or a refusal for every request; it returns at the deadline at the latest.

    After KeyboardInterrupt the open requests are refused as `interrupted`; a second one is raised.
    """
    stop = Stop(Deadline.after(deadline_seconds))
    number = 0
    while True:
        try:
            wanted = [
                request for request in dict.fromkeys(questions(snapshot)) if request not in snapshot.outcomes
            ]
            if not wanted:
                return snapshot
            number += 1
            observe.round_started(number, wanted)
            answers = _send(wanted, connection, stop, observe)
            snapshot = snapshot.with_answers(answers[request] for request in wanted)
            observe.round_finished(number, snapshot)
        except KeyboardInterrupt:
            if stop.interrupted:
                raise
            stop.interrupted = True


def _send(
    wanted: Sequence[Request], connection: Answerer, stop: Stop, observe: Observer
) -> dict[Request, Answer]:
    """An answer for each request, in the order of arrival."""
    waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
    arrived: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    for request in wanted:
        waiting.put(request)
    answers: dict[Request, Answer] = {}
    round_end = Deadline.after(stop.deadline.left * ROUND_SHARE)
    try:
        for _ in range(min(IN_FLIGHT, len(wanted)) if stop.refusal is None else 0):
            # A daemon thread that hangs delays neither the report nor the end of the program.
            threading.Thread(target=_work, args=(waiting, arrived, connection, stop), daemon=True).start()
        while len(answers) < len(wanted) and stop.refusal is None:
            try:
                timeout = _wait(stop.deadline, round_end) if answers else stop.deadline.left
                answer = arrived.get(timeout=timeout)
            except queue.Empty:
                break
            answers[answer.request] = answer
            observe.answered(answer)
    except KeyboardInterrupt:
        stop.interrupted = True
    for answer in _already_arrived(arrived):
        answers[answer.request] = answer
        observe.answered(answer)
    for request in wanted:
        if request not in answers:
            answers[request] = Answer(
                request, refusal=stop.refusal or Refusal("timeout", stop.deadline.message)
            )
            observe.answered(answers[request])
    return answers


def _wait(deadline: Deadline, round_end: Deadline) -> float:
    """Seconds to wait for the next answer: one hanging request must not use up the time of later rounds."""
    return min(deadline.left, max(round_end.left, deadline.seconds * IDLE_SHARE))


def _already_arrived(arrived: "queue.SimpleQueue[Answer]") -> Iterator[Answer]:
    """The answers that have arrived: an interruption loses none of them."""
    while True:
        try:
            yield arrived.get_nowait()
        except queue.Empty:
            return


def _work(
    waiting: "queue.SimpleQueue[Request]",
    arrived: "queue.SimpleQueue[Answer]",
    connection: Answerer,
    stop: Stop,
) -> None:
    """Answer requests until none is left or the collection stops."""
    while stop.refusal is None:
        try:
            request = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            arrived.put(connection.answer(request, stop.deadline))
        except Exception as error:  # noqa: BLE001  an error of one collector must not prevent the report
            message = clean(f"internal error of eksdoctor: {type(error).__name__}: {error}")
            arrived.put(Answer(request, refusal=Refusal("failed", message)))
