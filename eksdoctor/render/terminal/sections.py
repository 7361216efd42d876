"""The sections of the terminal page below the first screen."""

from rich.text import Text

from eksdoctor.engine.evaluation.finding import Confirmation, Finding, Remedy
from eksdoctor.render import labels
from eksdoctor.render.folded_unknowns import folded_unknowns
from eksdoctor.render.repeated_findings import without_repetition
from eksdoctor.render.terminal.canvas import Canvas, label, sanitized, styled
from eksdoctor.triage.report import LeverAdvice, Report, Verdict

_SEVERITY = {"critical": "bold red", "warning": "bold yellow", "advice": "bold cyan"}
_BULLET = Text("  -")


def verdicts(canvas: Canvas, report: Report) -> None:
    """One verdict per cause, with its pods by namespace."""
    if report.verdicts:
        canvas.heading("Verdicts")
    for verdict in report.verdicts:
        canvas.paragraph(_verdict_line(verdict))
        canvas.paragraph(styled(verdict.sentence), 2)
        for entry in labels.by_namespace(verdict.pods):
            head = sanitized(f"{entry.namespace or '(no namespace)'} ({len(entry.names)}) ", "bold")
            canvas.paragraph(head + sanitized(labels.listed(entry.names, 3)), 4)
        if verdict.next:
            canvas.paragraph(Text(f"{labels.next_label(verdict)}: ") + styled(verdict.next), 2)


def _verdict_line(verdict: Verdict) -> Text:
    line = label(f"{labels.plural(len(verdict.pods), 'pod', 'pods')} {labels.STATE[verdict.state]}", "bold")
    parts = [
        verdict.cause,
        labels.CONFIDENCE[verdict.confidence] if verdict.confidence else "",
        labels.pod_problems(verdict),
    ]
    return Text(" · ").join([line, *(sanitized(part) for part in parts if part)])


def findings(canvas: Canvas, report: Report) -> None:
    """Every finding with its evidence, checks and fixes."""
    if report.findings:
        canvas.heading("Findings")
    for place, finding in enumerate(without_repetition(report.findings)):
        if place:
            canvas.blank()
        _finding(canvas, finding)


def _finding(canvas: Canvas, finding: Finding) -> None:
    severity = label(finding.severity.upper(), _SEVERITY[finding.severity])
    canvas.paragraph(severity + Text("  ") + styled(finding.title, "bold"))
    about = [finding.rule, labels.confidence(finding), labels.stage(finding.stage), f"owner: {finding.owner}"]
    canvas.paragraph(sanitized(" · ".join(about)), 2)
    if len(finding.subjects) > 1:
        canvas.paragraph(
            sanitized(f"{len(finding.subjects):,} subjects: {labels.listed(finding.subjects, 4)}"), 2
        )
    if finding.because:
        canvas.paragraph(styled(finding.because), 2)
    shown, rest = labels.folded(finding.evidence, 8)
    for evidence in shown:
        canvas.paragraph(styled(evidence.says), 4, _BULLET)
    if rest:
        canvas.paragraph(Text(f"and {rest:,} more"), 4, _BULLET)
    for confirm in finding.confirm:
        _confirmation(canvas, confirm)
    for remedy in finding.fix:
        _remedy(canvas, remedy)
    if finding.avoid:
        canvas.paragraph(styled(labels.without_do_not(finding.avoid)), 10, label("  Don't", "bold red"))
    for link in finding.docs:
        canvas.line(Text("  Docs    ") + sanitized(link))


def _confirmation(canvas: Canvas, confirm: Confirmation) -> None:
    mark = label("  Verify", "bold")
    if confirm.command is None:
        canvas.paragraph(styled(confirm.expect) + sanitized(f": needs {confirm.missing}"), 10, mark)
        return
    canvas.command(confirm.command, 10, mark)
    if confirm.expect:
        canvas.paragraph(styled(confirm.expect), 12)


def _remedy(canvas: Canvas, remedy: Remedy) -> None:
    terms = labels.fix_terms(remedy)
    mark = label("  Fix", "bold")
    if not remedy.title:
        _action(canvas, remedy, 10)
        return
    if remedy.lever:
        canvas.paragraph(styled(remedy.title) + sanitized(f" (option {remedy.lever}, below)"), 10, mark)
    else:
        canvas.paragraph(styled(remedy.title) + Text(f" ({terms})"), 10, mark)
    _action(canvas, remedy, 10)


def _action(canvas: Canvas, action: Remedy | LeverAdvice, indent: int) -> None:
    """Command, document, missing permission and risk of a fix or an option."""
    if action.command:
        canvas.command(action.command, indent)
    if action.document:
        canvas.document(action.document, indent)
    if action.missing:
        canvas.paragraph(sanitized(f"the command needs {action.missing}"), indent)
    if action.risk:
        canvas.paragraph(Text("Risk: ") + styled(action.risk), indent)


def levers(canvas: Canvas, report: Report) -> None:
    """Cluster-wide options, each once."""
    if report.levers:
        canvas.heading("Options")
    for lever in report.levers:
        canvas.paragraph(styled(lever.title, "bold") + sanitized(f" ({labels.fix_terms(lever)})"))
        canvas.paragraph(sanitized(f"{lever.id}, helps {', '.join(lever.helps)}"), 2)
        if lever.changes:
            canvas.paragraph(styled(lever.changes), 2)
        shown, rest = labels.folded(lever.gains, 8)
        for gain in shown:
            canvas.paragraph(styled(gain), 4, _BULLET)
        if rest:
            canvas.paragraph(Text(f"and {rest:,} more"), 4, _BULLET)
        _action(canvas, lever, 2)


def unknowns(canvas: Canvas, report: Report) -> None:
    """Inconclusive checks: first what they need, then the rules by reason."""
    if not (report.could_not_tell or report.asks):
        return
    canvas.heading("Inconclusive checks")
    for ask in report.asks:
        canvas.paragraph(sanitized(ask), 7, label("Needs", "bold"))
    rows, rest = folded_unknowns(report)
    for row in rows:
        canvas.paragraph(
            sanitized(f"{row.reason}{row.of}") + sanitized(f" (needs {row.grant})" if row.grant else ""),
            4,
            _BULLET,
        )
        canvas.paragraph(sanitized(row.rules), 6)
    if rest:
        canvas.paragraph(
            Text(f"and {labels.plural(rest, 'more reason', 'more reasons')}; see `-o json`"), 4, _BULLET
        )


def passed(canvas: Canvas, report: Report) -> None:
    """Rules that passed or are not applicable."""
    if report.passed:
        canvas.heading("Passed checks")
    for outcome, title in labels.OUTCOME.items():
        rules = [f"{one.rule} ({one.subjects:,})" if one.subjects else one.rule
                 for one in report.passed if one.outcome == outcome]  # fmt: skip
        if rules:
            canvas.paragraph(sanitized(", ".join(rules)), 16, label(title, "bold"))


def footer(canvas: Canvas, report: Report) -> None:
    """What was read, what failed, and how to show the report again."""
    canvas.heading("Run details")
    canvas.paragraph(sanitized(labels.run_details(report)))
    for line in labels.failed_requests(report):
        canvas.paragraph(sanitized(line), 4, _BULLET)
    if report.run.snapshot:
        canvas.line(sanitized(f"Snapshot: {report.run.snapshot}"))
        canvas.command(labels.replay_command(report.run), 10, Text("Replay:"))
