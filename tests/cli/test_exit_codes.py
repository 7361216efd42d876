"""Exit codes, the whole table."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from eksdoctor.cli.exit_codes import exit_code
from eksdoctor.cli.parameters.shared import FailOn
from eksdoctor.engine.evaluation.finding import Severity
from eksdoctor.snapshot.records.kubernetes import LIST_NODES
from eksdoctor.snapshot.request import Refusal, Request
from eksdoctor.snapshot.snapshot import Outcome, Snapshot
from tests.render import sample

SEEN = Snapshot(at=datetime(2026, 1, 1, tzinfo=UTC), outcomes={Request.of(LIST_NODES): Outcome()})


def refused(reason):
    return replace(SEEN, outcomes={Request.of(LIST_NODES): Outcome(refusal=Refusal(reason, ""))})


def with_finding(severity):
    report = sample.healthy()
    return replace(report, findings=(replace(sample.meridian().findings[0], severity=severity),))


@pytest.mark.parametrize(
    ("severity", "fail_on", "code"),
    [
        ("critical", "never", 0),
        ("critical", "critical", 3),
        ("critical", "warning", 3),
        ("critical", "advice", 3),
        ("warning", "never", 0),
        ("warning", "critical", 0),
        ("warning", "warning", 3),
        ("warning", "advice", 3),
        ("advice", "never", 0),
        ("advice", "critical", 0),
        ("advice", "warning", 0),
        ("advice", "advice", 3),
    ],
)
def test_findings(severity, fail_on, code):
    assert exit_code(with_finding(Severity(severity)), SEEN, FailOn(fail_on)) == code


def test_undecided_rules_count_unless_nothing_may_fail():
    assert exit_code(sample.blind(), SEEN, FailOn.WARNING) == 4
    assert exit_code(sample.blind(), SEEN, FailOn.NEVER) == 0
    assert exit_code(sample.meridian(), SEEN, FailOn.WARNING) == 3


def test_health():
    assert exit_code(sample.healthy(), SEEN, FailOn.ADVICE) == 0


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("unreachable", 5),
        ("timeout", 5),
        ("unauthenticated", 5),
        ("forbidden", 0),
        ("failed", 0),
        ("interrupted", 130),
    ],
)
def test_nothing_answered(reason, code):
    assert exit_code(sample.healthy(), refused(reason), FailOn.NEVER) == code
