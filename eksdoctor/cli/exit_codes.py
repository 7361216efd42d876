"""What the process ends with; the same in every format."""

from eksdoctor.cli.parameters.shared import FailOn
from eksdoctor.cli.unreachable import is_cluster_unreachable
from eksdoctor.engine.evaluation.finding import Severity
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.report import Report

NOTHING, FINDINGS, UNDECIDED, UNREACHABLE, INTERRUPTED = 0, 3, 4, 5, 130


def exit_code(report: Report, snapshot: Snapshot, fail_on: FailOn) -> int:
    """The exit code of a report."""
    if snapshot.interrupted:
        return INTERRUPTED
    if is_cluster_unreachable(snapshot):
        return UNREACHABLE
    if fail_on is FailOn.NEVER:
        return NOTHING
    order = list(Severity)
    bar = order.index(Severity(fail_on.value))
    if any(order.index(finding.severity) <= bar for finding in report.findings):
        return FINDINGS
    return UNDECIDED if report.could_not_tell else NOTHING
