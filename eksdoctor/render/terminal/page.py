"""The report as terminal text: the first screen, then the details."""

from rich.text import Text

from eksdoctor.engine.evaluation.finding import Prose, Span
from eksdoctor.render.first_screen import FirstScreen, first_screen
from eksdoctor.render.labels import fix_terms, without_do_not
from eksdoctor.render.terminal import sections as parts
from eksdoctor.render.terminal.canvas import Canvas, ColorMode, label, sanitized, styled
from eksdoctor.triage.report import Report

_COLUMN = 8  # the width of the labels
_TONE = {
    "critical": "red",
    "warning": "yellow",
    "advice": "cyan",
    "incomplete": "yellow",
    "ok": "green",
}


def terminal(report: Report, width: int = 100, color_mode: ColorMode = "plain") -> str:
    """The report for a terminal of `width` columns."""
    canvas = Canvas(width, color_mode)
    _first(canvas, first_screen(report))
    parts.verdicts(canvas, report)
    parts.findings(canvas, report)
    parts.levers(canvas, report)
    parts.unknowns(canvas, report)
    parts.passed(canvas, report)
    parts.footer(canvas, report)
    return canvas.text


def _first(canvas: Canvas, screen: FirstScreen) -> None:
    canvas.line(_identity_line(screen))
    if screen.partial:
        canvas.paragraph(Text(screen.partial, style="bold yellow"))
    canvas.blank()
    tone = _TONE[screen.tone]
    if screen.missing_data:
        canvas.paragraph(sanitized(screen.missing_data, f"bold {tone}"))
    canvas.paragraph(styled(screen.headline, "" if screen.missing_data else f"bold {tone}"))
    if screen.verify or screen.fix or screen.avoid:
        canvas.blank()
    _verify(canvas, screen)
    _fix(canvas, screen)
    if screen.avoid:
        canvas.paragraph(styled(without_do_not(screen.avoid)), _COLUMN, label("Don't", "bold red"))


def _identity_line(screen: FirstScreen) -> Text:
    """The first line: warnings, then cluster, account, region and time."""
    warnings = [sanitized(f"WARNING: {warning}", "bold reverse yellow") for warning in screen.warnings]
    names = [sanitized(part, "bold" if place == 0 else "") for place, part in enumerate(screen.identity)]
    return Text(" · ").join([*warnings, *names])


def _verify(canvas: Canvas, screen: FirstScreen) -> None:
    verify = screen.verify
    if verify is None:
        return
    mark = label("Verify", "bold")
    if verify.command is None:
        canvas.paragraph(styled(verify.expect) + sanitized(f": needs {verify.missing}"), _COLUMN, mark)
        return
    canvas.command(verify.command, _COLUMN, mark)
    if verify.expect:
        canvas.paragraph(styled(verify.expect), _COLUMN + 2)


def _fix(canvas: Canvas, screen: FirstScreen) -> None:
    fix, lever = screen.fix, screen.lever
    if fix is None:
        return
    title: Prose = lever.title if lever else fix.title
    terms = fix_terms(lever or fix)
    canvas.paragraph(styled((*title, Span(f" ({terms})"))), _COLUMN, label("Fix", "bold"))
    command = lever.command if lever else fix.command
    missing = lever.missing if lever else fix.missing
    if command:
        canvas.command(command, _COLUMN)
        if screen.more:
            canvas.paragraph(Text(screen.more), _COLUMN)
    elif missing:
        canvas.paragraph(sanitized(f"the command needs {missing}"), _COLUMN)
    elif (lever or fix).document:
        canvas.paragraph(Text("the document to apply is below"), _COLUMN)
    risk: Prose = (lever or fix).risk
    if risk:
        canvas.paragraph(styled(risk), _COLUMN, label("Risk"))
