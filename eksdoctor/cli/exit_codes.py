"""The exit code of a report; it does not depend on the output format."""

from eksdoctor.cli.parameters.shared import FailOn
from eksdoctor.cli.unreachable import is_cluster_unreachable
from eksdoctor.engine.evaluation.finding import Severity
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.report import Report

NO_FINDINGS, FINDINGS, INCONCLUSIVE, UNREACHABLE, INTERRUPTED = 0, 3, 4, 5, 130


def exit_code(report: Report, snapshot: Snapshot, fail_on: FailOn) -> int:
    """The exit code of a report: 0, 3 or 4 by severity, 5 or 130 for an incomplete run."""
    if snapshot.interrupted:
        return INTERRUPTED
    if is_cluster_unreachable(snapshot):
        return UNREACHABLE
    if fail_on is FailOn.NEVER:
        return NO_FINDINGS
    order = list(Severity)
    threshold = order.index(Severity(fail_on.value))
    if any(order.index(finding.severity) <= threshold for finding in report.findings):
        return FINDINGS
    return INCONCLUSIVE if report.could_not_tell else NO_FINDINGS
