"""The report as terminal text: first the screen one acts on, then what it rests on."""

from rich.text import Text

from eksdoctor.engine.evaluation.finding import Prose, Span
from eksdoctor.render.first_screen import FirstScreen, first_screen
from eksdoctor.render.labels import prohibition, remedy_terms
from eksdoctor.render.terminal import sections as parts
from eksdoctor.render.terminal.canvas import Ink, Paper, inert, inked, label
from eksdoctor.triage.report import Report

_COLUMN = 8  # the width of the labels
_TONE = {
    "critical": "red",
    "warning": "yellow",
    "advice": "cyan",
    "blind": "yellow",
    "calm": "green",
}


def terminal(report: Report, width: int = 100, ink: Ink = "plain") -> str:
    """The report for a terminal of `width` columns."""
    paper = Paper(width, ink)
    _first(paper, first_screen(report))
    parts.verdicts(paper, report)
    parts.findings(paper, report)
    parts.levers(paper, report)
    parts.unknowns(paper, report)
    parts.passed(paper, report)
    parts.footer(paper, report)
    return paper.text


def _first(paper: Paper, screen: FirstScreen) -> None:
    paper.line(_who(screen))
    if screen.partial:
        paper.paragraph(Text(screen.partial, style="bold yellow"))
    paper.blank()
    tone = _TONE[screen.tone]
    if screen.blindness:
        paper.paragraph(inert(screen.blindness, f"bold {tone}"))
    paper.paragraph(inked(screen.headline, "" if screen.blindness else f"bold {tone}"))
    if screen.see or screen.fix or screen.avoid:
        paper.blank()
    _see(paper, screen)
    _fix(paper, screen)
    if screen.avoid:
        paper.paragraph(inked(prohibition(screen.avoid)), _COLUMN, label("Do not", "bold red"))


def _who(screen: FirstScreen) -> Text:
    """The first line: warnings about the patient, then the patient."""
    warnings = [inert(f"WARNING: {warning}", "bold reverse yellow") for warning in screen.warnings]
    names = [inert(part, "bold" if place == 0 else "") for place, part in enumerate(screen.who)]
    return Text(" · ").join([*warnings, *names])


def _see(paper: Paper, screen: FirstScreen) -> None:
    see = screen.see
    if see is None:
        return
    mark = label("See it", "bold")
    if see.command is None:
        paper.paragraph(inked(see.expect) + inert(f": needs {see.missing}"), _COLUMN, mark)
        return
    paper.command(see.command, _COLUMN, mark)
    if see.expect:
        paper.paragraph(inked(see.expect), _COLUMN + 2)


def _fix(paper: Paper, screen: FirstScreen) -> None:
    fix, lever = screen.fix, screen.lever
    if fix is None:
        return
    title: Prose = lever.title if lever else fix.title
    terms = remedy_terms(lever or fix)
    paper.paragraph(inked((*title, Span(f" ({terms})"))), _COLUMN, label("Fix it", "bold"))
    command = lever.command if lever else fix.command
    missing = lever.missing if lever else fix.missing
    if command:
        paper.command(command, _COLUMN)
        if screen.more:
            paper.paragraph(Text(screen.more), _COLUMN)
    elif missing:
        paper.paragraph(inert(f"the command needs {missing}"), _COLUMN)
    elif (lever or fix).document:
        paper.paragraph(Text("the text to apply stands below"), _COLUMN)
    risk: Prose = (lever or fix).risk
    if risk:
        paper.paragraph(inked(risk), _COLUMN, label("Risk"))
