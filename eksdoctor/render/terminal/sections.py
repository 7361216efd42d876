"""The parts of the terminal page below the first screen."""

from rich.text import Text

from eksdoctor.engine.evaluation.finding import Confirmation, Finding, Remedy
from eksdoctor.render import labels
from eksdoctor.render.folded_unknowns import folded_unknowns
from eksdoctor.render.repeated_findings import unrepeated
from eksdoctor.render.terminal.canvas import Paper, inert, inked, label
from eksdoctor.triage.report import LeverAdvice, Report, Verdict

_SEVERITY = {"critical": "bold red", "warning": "bold yellow", "advice": "bold cyan"}
_BULLET = Text("  -")


def verdicts(paper: Paper, report: Report) -> None:
    """One verdict per cause, with its pods by namespace."""
    if report.verdicts:
        paper.heading("Verdicts")
    for verdict in report.verdicts:
        paper.paragraph(_verdict_line(verdict))
        paper.paragraph(inked(verdict.sentence), 2)
        for entry in labels.by_namespace(verdict.pods):
            head = inert(f"{entry.namespace or '(no namespace)'} ({len(entry.names)}) ", "bold")
            paper.paragraph(head + inert(labels.listed(entry.names, 3)), 4)
        if verdict.next:
            paper.paragraph(Text("Next: ") + inked(verdict.next), 2)


def _verdict_line(verdict: Verdict) -> Text:
    line = label(f"{labels.count(len(verdict.pods), 'pod')} {labels.STATE[verdict.state]}", "bold")
    parts = [
        verdict.cause,
        labels.CONFIDENCE[verdict.confidence] if verdict.confidence else "",
        labels.troubles(verdict),
    ]
    return Text(" · ").join([line, *(inert(part) for part in parts if part)])


def findings(paper: Paper, report: Report) -> None:
    """Every finding with what it rests on and what to do."""
    if report.findings:
        paper.heading("Findings")
    for place, finding in enumerate(unrepeated(report.findings)):
        if place:
            paper.blank()
        _finding(paper, finding)


def _finding(paper: Paper, finding: Finding) -> None:
    severity = label(finding.severity.upper(), _SEVERITY[finding.severity])
    paper.paragraph(severity + Text("  ") + inked(finding.title, "bold"))
    about = [finding.rule, labels.confidence(finding), f"stage {finding.stage}", f"owner: {finding.owner}"]
    paper.paragraph(inert(" · ".join(about)), 2)
    if len(finding.subjects) > 1:
        paper.paragraph(inert(f"{len(finding.subjects):,} subjects: {labels.listed(finding.subjects, 4)}"), 2)
    if finding.because:
        paper.paragraph(inked(finding.because), 2)
    shown, rest = labels.folded(finding.evidence, 8)
    for evidence in shown:
        paper.paragraph(inked(evidence.says), 4, _BULLET)
    if rest:
        paper.paragraph(Text(f"and {rest:,} more"), 4, _BULLET)
    for confirm in finding.confirm:
        _confirmation(paper, confirm)
    for remedy in finding.fix:
        _remedy(paper, remedy)
    if finding.avoid:
        paper.paragraph(inked(labels.prohibition(finding.avoid)), 10, label("  Do not", "bold red"))
    for link in finding.docs:
        paper.line(Text("  Read    ") + inert(link))


def _confirmation(paper: Paper, confirm: Confirmation) -> None:
    mark = label("  See it", "bold")
    if confirm.command is None:
        paper.paragraph(inked(confirm.expect) + inert(f": needs {confirm.missing}"), 10, mark)
        return
    paper.command(confirm.command, 10, mark)
    if confirm.expect:
        paper.paragraph(inked(confirm.expect), 12)


def _remedy(paper: Paper, remedy: Remedy) -> None:
    terms = labels.remedy_terms(remedy)
    mark = label("  Fix it", "bold")
    if not remedy.title:
        _means(paper, remedy, 10)
        return
    if remedy.lever:
        paper.paragraph(inked(remedy.title) + inert(f" (lever {remedy.lever}, below)"), 10, mark)
    else:
        paper.paragraph(inked(remedy.title) + Text(f" ({terms})"), 10, mark)
    _means(paper, remedy, 10)


def _means(paper: Paper, means: Remedy | LeverAdvice, indent: int) -> None:
    """Command, document, risk and what is missing, of a fix or a lever."""
    if means.command:
        paper.command(means.command, indent)
    if means.document:
        paper.document(means.document, indent)
    if means.missing:
        paper.paragraph(inert(f"the command needs {means.missing}"), indent)
    if means.risk:
        paper.paragraph(Text("Risk: ") + inked(means.risk), indent)


def levers(paper: Paper, report: Report) -> None:
    """Cluster-wide settings, each once."""
    if report.levers:
        paper.heading("Levers")
    for lever in report.levers:
        paper.paragraph(inked(lever.title, "bold") + inert(f" ({labels.remedy_terms(lever)})"))
        paper.paragraph(inert(f"{lever.id}, helps {', '.join(lever.helps)}"), 2)
        if lever.changes:
            paper.paragraph(inked(lever.changes), 2)
        shown, rest = labels.folded(lever.gains, 8)
        for gain in shown:
            paper.paragraph(inked(gain), 4, _BULLET)
        if rest:
            paper.paragraph(Text(f"and {rest:,} more"), 4, _BULLET)
        _means(paper, lever, 2)


def unknowns(paper: Paper, report: Report) -> None:
    """What could not be told: what to ask for first, then the rules, folded."""
    if not (report.could_not_tell or report.asks):
        return
    paper.heading("Could not tell")
    for ask in report.asks:
        paper.paragraph(inert(ask), 4, label("Ask", "bold"))
    rows, rest = folded_unknowns(report)
    for row in rows:
        paper.paragraph(
            inert(f"{row.reason}{row.of}") + inert(f" (ask for {row.grant})" if row.grant else ""), 4, _BULLET
        )
        paper.paragraph(inert(row.rules), 6)
    if rest:
        paper.paragraph(Text(f"and {labels.count(rest, 'more reason')}; `-o json` has them all"), 4, _BULLET)


def passed(paper: Paper, report: Report) -> None:
    """What was clear and what does not apply."""
    if report.passed:
        paper.heading("Looked at without finding anything")
    for outcome, title in labels.OUTCOME.items():
        rules = [f"{one.rule} ({one.subjects:,})" if one.subjects else one.rule
                 for one in report.passed if one.outcome == outcome]  # fmt: skip
        if rules:
            paper.paragraph(inert(", ".join(rules)), 16, label(title, "bold"))


def footer(paper: Paper, report: Report) -> None:
    """How the report came about and how to see it again."""
    paper.heading("This run")
    paper.paragraph(inert(labels.account(report)))
    for line in labels.refusals(report):
        paper.paragraph(inert(line), 4, _BULLET)
    if report.run.snapshot:
        paper.line(inert(f"Snapshot: {report.run.snapshot}"))
        paper.command(labels.replay_command(report.run), 10, Text("Replay:"))
