"""What the process ends with; the same in every format."""

from eksdoctor.cli.options import FailOn
from eksdoctor.engine.finding import Severity
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.report import Report

NOTHING, FINDINGS, UNDECIDED, UNREACHABLE, INTERRUPTED = 0, 3, 4, 5, 130
_OUT_OF_REACH = {"unreachable", "unauthenticated", "timeout", "interrupted"}


def exit_code(report: Report, snapshot: Snapshot, fail_on: FailOn) -> int:
    """The exit code of a report."""
    if snapshot.interrupted:
        return INTERRUPTED
    if nothing_answered(snapshot):
        return UNREACHABLE
    if fail_on is FailOn.NEVER:
        return NOTHING
    order = list(Severity)
    bar = order.index(Severity(fail_on.value))
    if any(order.index(finding.severity) <= bar for finding in report.findings):
        return FINDINGS
    return UNDECIDED if report.could_not_tell else NOTHING


def nothing_answered(snapshot: Snapshot) -> bool:
    """Whether neither cluster nor account gave any answer, not even a refusal of its own."""
    outcomes = snapshot.outcomes.values()
    return bool(outcomes) and all(
        outcome.refusal is not None and outcome.refusal.reason in _OUT_OF_REACH for outcome in outcomes
    )
