"""Rounds of questions against connections that answer, hang, fail or are interrupted."""

import threading
from datetime import UTC, datetime

import pytest

from eksdoctor.collect.rounds import IN_FLIGHT, Observer, collect
from eksdoctor.snapshot.records.kubernetes import LIST_PODS
from eksdoctor.snapshot.request import Answer, Request
from eksdoctor.snapshot.snapshot import Snapshot
from tests.process import PATIENCE

EMPTY = Snapshot(at=datetime(2025, 10, 12, tzinfo=UTC))


def pods(*names):
    return [Request.of(LIST_PODS, namespace=name) for name in names]


def always(*requests):
    return lambda _: list(requests)


class Answering:
    """Answers with the request alone; `before` runs first."""

    def __init__(self, before=lambda _: None):
        self.before = before
        self.asked = []

    def answer(self, request, deadline):
        self.asked.append(request)
        self.before(request)
        return Answer(request)


class Watching(Observer):
    def __init__(self):
        self.seen = []

    def round_started(self, number, requests):
        self.seen.append(("start", number, len(requests)))

    def answered(self, answer):
        self.seen.append("answer")

    def round_finished(self, number, snapshot):
        self.seen.append(("finish", number, len(snapshot.outcomes)))


def test_rounds_go_on_until_nothing_is_asked_and_nothing_is_asked_twice():
    a, b, c = pods("a", "b", "c")

    def questions(snapshot):
        return [a, a, b] if not snapshot.outcomes else [a, c]

    connection, watching = Answering(), Watching()
    snapshot = collect(EMPTY, questions, connection, PATIENCE, watching)
    assert sorted(map(str, connection.asked)) == sorted(map(str, [a, b, c]))
    assert list(snapshot.outcomes) == [a, b, c]
    assert watching.seen == [
        ("start", 1, 2),
        "answer",
        "answer",
        ("finish", 1, 2),
        ("start", 2, 1),
        "answer",
        ("finish", 2, 3),
    ]


def test_a_round_runs_all_at_once():
    together = threading.Barrier(IN_FLIGHT, timeout=PATIENCE)
    requests = pods(*map(str, range(IN_FLIGHT)))
    snapshot = collect(EMPTY, always(*requests), Answering(lambda _: together.wait()), PATIENCE, Observer())
    assert snapshot.refusals == {}


def test_never_more_than_sixteen_are_in_flight():
    lock, running, most = threading.Lock(), [0], [0]
    gate = threading.Event()

    def before(_):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
            if running[0] == IN_FLIGHT:
                gate.set()
        gate.wait(PATIENCE)
        with lock:
            running[0] -= 1

    collect(EMPTY, always(*pods(*map(str, range(50)))), Answering(before), PATIENCE, Observer())
    assert most[0] == IN_FLIGHT


def test_at_the_deadline_what_hangs_is_refused_and_what_came_is_kept():
    quick, slow, later = pods("quick", "slow", "later")
    forever = threading.Event()

    def questions(snapshot):
        return [quick, slow] if not snapshot.outcomes else [later]

    connection = Answering(lambda request: forever.wait(30) if request in (slow, later) else None)
    watching = Watching()
    snapshot = collect(EMPTY, questions, connection, 1, watching)
    forever.set()
    assert snapshot.outcomes[quick].refusal is None
    assert {snapshot.outcomes[each].refusal.message for each in (slow, later)} == {"not within 1 s"}
    assert {snapshot.outcomes[each].refusal.reason for each in (slow, later)} == {"timeout"}
    assert watching.seen.count("answer") == 3


def test_what_hangs_costs_no_later_round():
    hangs, quick, later = pods("hangs", "quick", "later")
    held = threading.Event()

    def questions(snapshot):
        return [later] if snapshot.outcomes else [hangs, quick]

    connection = Answering(lambda request: held.wait(30) if request is hangs else None)
    snapshot = collect(EMPTY, questions, connection, 2, Observer())
    held.set()
    assert snapshot.outcomes[hangs].refusal.reason == "timeout"
    assert snapshot.outcomes[later].refusal is None


def test_threads_that_hang_are_daemons():
    daemons = []
    collect(
        EMPTY,
        always(*pods("a")),
        Answering(lambda _: daemons.append(threading.current_thread().daemon)),
        5,
        Observer(),
    )
    assert daemons == [True]


def test_an_interrupt_leaves_what_came_and_refuses_the_rest():
    quick, slow, later = pods("quick", "slow", "later")
    forever = threading.Event()

    class Impatient(Observer):
        def answered(self, answer):
            if answer.request == quick and answer.refusal is None:
                raise KeyboardInterrupt

    def questions(snapshot):
        return [quick, slow] if not snapshot.outcomes else [later]

    connection = Answering(lambda request: forever.wait(30) if request == slow else None)
    snapshot = collect(EMPTY, questions, connection, PATIENCE, Impatient())
    forever.set()
    assert snapshot.interrupted
    assert snapshot.outcomes[quick].refusal is None
    assert {snapshot.outcomes[each].refusal.reason for each in (slow, later)} == {"interrupted"}


def test_an_interrupt_between_rounds_refuses_what_would_have_been_asked():
    (later,) = pods("later")
    calls = []

    def questions(_):
        calls.append(1)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return [later]

    assert (
        collect(EMPTY, questions, Answering(), PATIENCE, Observer()).outcomes[later].refusal.reason
        == "interrupted"
    )


def test_a_second_interrupt_ends_it():
    def questions(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(EMPTY, questions, Answering(), PATIENCE, Observer())


def test_a_fault_of_one_collector_costs_its_own_answer_only():
    good, bad = pods("good", "bad")

    def before(request):
        if request == bad:
            raise ValueError("\x1b[31mboom")

    snapshot = collect(EMPTY, always(good, bad), Answering(before), PATIENCE, Observer())
    assert snapshot.outcomes[good].refusal is None
    assert snapshot.outcomes[bad].refusal.reason == "failed"
    assert snapshot.outcomes[bad].refusal.message == "internal error of eksdoctor: ValueError: boom"
