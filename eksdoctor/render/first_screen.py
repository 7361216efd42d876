"""The first screen of every page: who, the verdict, the command to see it, the fix, what not to do."""

from dataclasses import dataclass

from eksdoctor.engine.evaluation.finding import Confirmation, Finding, Prose, Remedy, Severity, plain
from eksdoctor.render.labels import count, listed, run_identity
from eksdoctor.triage.report import LeverAdvice, Report, State

PARTIAL = "PARTIAL REPORT: the run was stopped before everything was asked; what is missing is not health."


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """What must be read first. `tone` is `critical`, `warning`, `advice`, `blind` or `calm`.

    `more` says that the fix has more commands than the one shown, for other nodes say.
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
    """The first screen of a report, from its leading cause."""
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
    """Whether nothing was found and not everything was seen: that is no health."""
    return not report.findings and bool(report.could_not_tell or report.refusals or report.run.partial)


def missing_data(report: Report) -> str:
    """What to say before anything else to the blind, unless summary or verdicts say it already."""
    if report.verdicts or not has_missing_data(report) or "could not tell" in plain(report.summary):
        return ""
    if report.run.requests and sum(refusal.count for refusal in report.refusals) == report.run.requests:
        return "Nothing could be seen: no question had an answer. That is no health."
    rules = list(dict.fromkeys(row.rule for row in report.could_not_tell))
    if rules:
        undecided = f"{count(len(rules), 'rule')} could not tell: {listed(rules, 4)}"
        return f"No fault found in what could be seen; {undecided}."
    return "No fault found in what could be seen, and not everything was seen."


def find_lever(report: Report, lever: str) -> LeverAdvice | None:
    """The lever a fix points to."""
    return next((advice for advice in report.levers if advice.id == lever), None)


def _leading(report: Report) -> Finding | None:
    """The finding that the headline speaks of: the cause of most pods, else the first risk.

    What mends something else must not stand beside pods that nobody explained, or beside mere advice.
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
    """The author's first fix that can be done as printed."""
    ready = (remedy for remedy in fix if remedy.command or remedy.lever)
    return next(ready, fix[0] if fix else None)


def _more(fix: tuple[Remedy, ...], shown: Remedy) -> str:
    rest = sum(one.title == shown.title and one.command is not None for one in fix) - 1
    return f"and {count(rest, 'more command')} like it, below" if rest else ""


def _tone(report: Report) -> str:
    # A pod in trouble that nobody explained is not calm, whatever the findings say.
    unexplained = any(verdict.state is State.CANNOT_TELL for verdict in report.verdicts)
    severities = [finding.severity for finding in report.findings]
    for severity in Severity:
        if severity in severities:
            return severity.value
    if unexplained or has_missing_data(report):
        return "blind"
    return "calm"
