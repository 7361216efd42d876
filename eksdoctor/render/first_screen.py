"""The first screen of every page: cluster, verdict, a command that verifies it, the fix, what not to do."""

from dataclasses import dataclass

from eksdoctor.engine.evaluation.finding import Confirmation, Finding, Prose, Remedy, Severity, plain
from eksdoctor.render.labels import listed, plural, run_identity
from eksdoctor.triage.report import LeverAdvice, Report, State

PARTIAL = "PARTIAL REPORT: the run was stopped before all data was collected."


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """The text of the first screen.

    `tone` is `critical`, `warning`, `advice`, `incomplete` (data is missing) or `ok` (no problem).
    `missing_data` is shown before the headline if no problem was found without all data. `more` is the
    number of similar commands of the fix, for example for other nodes.
    """

    identity: tuple[str, ...]
    warnings: tuple[str, ...]
    partial: str
    tone: str
    headline: Prose
    missing_data: str
    verify: Confirmation | None
    fix: Remedy | None
    more: str
    lever: LeverAdvice | None
    avoid: Prose


def first_screen(report: Report) -> FirstScreen:
    """The first screen of a report, about its leading finding."""
    leading = _leading(report)
    fix = _most_direct(leading.fix) if leading else None
    return FirstScreen(
        identity=run_identity(report.run),
        warnings=report.run.warnings,
        partial=PARTIAL if report.run.partial else "",
        tone=_tone(report),
        headline=report.summary,
        missing_data=missing_data(report),
        verify=_with_command(leading.confirm) if leading else None,
        fix=fix,
        more=_more(leading.fix, fix) if leading and fix and fix.command else "",
        lever=find_lever(report, fix.lever) if fix and fix.lever else None,
        avoid=leading.avoid if leading else (),
    )


def has_missing_data(report: Report) -> bool:
    """Whether nothing was found although data is missing, so that the cluster may not be healthy."""
    return not report.findings and bool(report.could_not_tell or report.refusals or report.run.partial)


def missing_data(report: Report) -> str:
    """The sentence about missing data; empty if nothing is missing or summary or verdicts mention it."""
    if report.verdicts or not has_missing_data(report) or "inconclusive" in plain(report.summary):
        return ""
    if report.run.requests and sum(refusal.count for refusal in report.refusals) == report.run.requests:
        return "No data: every API call failed. This does not mean that the cluster is healthy."
    rules = list(dict.fromkeys(row.rule for row in report.could_not_tell))
    if rules:
        checks = plural(len(rules), "inconclusive check", "inconclusive checks")
        return f"No problem found, but {checks}: {listed(rules, 4)}."
    return "No problem found, but some data is missing."


def find_lever(report: Report, lever: str) -> LeverAdvice | None:
    """The option a fix refers to; None if the report has no such option."""
    return next((advice for advice in report.levers if advice.id == lever), None)


def _leading(report: Report) -> Finding | None:
    """The finding of the headline: the cause that affects most pods, else the first risk.

    None if pods are affected and no cause is known, and none for advice: the first screen must not show
    the fix of another problem.
    """
    caused = [verdict for verdict in report.verdicts if verdict.finding is not None]
    if caused:
        most = max(caused, key=lambda verdict: (verdict.state is not State.CANNOT_TELL, len(verdict.pods)))
        return report.findings[most.finding or 0]
    if report.verdicts or not report.is_about_risks:
        return None
    return next((finding for finding in report.findings if finding.severity is not Severity.ADVICE), None)


def _with_command(confirm: tuple[Confirmation, ...]) -> Confirmation | None:
    return next((one for one in confirm if one.command), confirm[0] if confirm else None)


def _most_direct(fix: tuple[Remedy, ...]) -> Remedy | None:
    """The first fix with a command or an option, else the first fix."""
    ready = (remedy for remedy in fix if remedy.command or remedy.lever)
    return next(ready, fix[0] if fix else None)


def _more(fix: tuple[Remedy, ...], shown: Remedy) -> str:
    rest = sum(one.title == shown.title and one.command is not None for one in fix) - 1
    return f"and {plural(rest, 'similar command', 'similar commands')} below" if rest else ""


def _tone(report: Report) -> str:
    unexplained = any(verdict.state is State.CANNOT_TELL for verdict in report.verdicts)
    severities = [finding.severity for finding in report.findings]
    for severity in Severity:
        if severity in severities:
            return severity.value
    if unexplained or has_missing_data(report):
        return "incomplete"
    return "ok"
