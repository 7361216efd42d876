"""Who gave no answer, and what follows from it."""

from datetime import UTC, datetime

import pytest

from eksdoctor.cli.unreachable import (
    is_cluster_unreachable,
    nothing_answered,
    print_unreachable,
    unreachable_sources,
)
from eksdoctor.snapshot.records.aws import DESCRIBE_VPCS, GET_CALLER_IDENTITY
from eksdoctor.snapshot.records.kubernetes import LIST_NODES, LIST_PODS
from eksdoctor.snapshot.request import Refusal, Request
from eksdoctor.snapshot.snapshot import Outcome, Snapshot


def asked(**reasons):
    actions = {"nodes": LIST_NODES, "pods": LIST_PODS, "caller": GET_CALLER_IDENTITY, "vpcs": DESCRIBE_VPCS}
    outcomes = {
        Request.of(actions[name]): Outcome(Refusal(reason, "\x1b[2Jwords", "a grant") if reason else None)
        for name, reason in reasons.items()
    }
    return Snapshot(at=datetime(2026, 1, 1, tzinfo=UTC), outcomes=outcomes)


@pytest.mark.parametrize(
    ("seen", "silent", "nothing"),
    [
        (asked(nodes="", caller=""), [], False),
        (asked(nodes="unreachable", pods="timeout", caller=""), ["kubernetes"], False),
        (asked(nodes="unreachable", pods="", caller="unauthenticated"), ["aws"], False),
        (asked(nodes="unreachable", caller="unauthenticated"), ["kubernetes", "aws"], True),
        (asked(nodes="undecodable"), ["kubernetes"], True),
        (asked(nodes="forbidden", caller="unreachable"), ["aws"], False),
        (asked(nodes="failed", caller="throttled"), [], False),
        (asked(), [], False),
    ],
)
def test_silence(seen, silent, nothing):
    assert [one.source for one in unreachable_sources(seen)] == silent
    assert is_cluster_unreachable(seen) == ("kubernetes" in silent)
    assert nothing_answered(seen) == nothing


def test_it_is_told_without_terminal_controls(capsys):
    print_unreachable(asked(nodes="unreachable", caller="unauthenticated"), quiet=False)
    assert capsys.readouterr().err == (
        "error: the cluster did not answer: words\nRequired: a grant\n"
        "warning: AWS did not answer: words\nRequired: a grant\n"
    )


def test_quiet_leaves_the_error(capsys):
    print_unreachable(asked(nodes="unreachable", caller="unauthenticated"), quiet=True)
    assert capsys.readouterr().err == "error: the cluster did not answer: words\nRequired: a grant\n"
