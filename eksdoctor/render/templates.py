"""The Jinja environment of a page: every printed value is escaped for its target."""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eksdoctor.render import labels
from eksdoctor.render.first_screen import first_screen
from eksdoctor.render.folded_unknowns import folded_unknowns
from eksdoctor.render.repeated_findings import without_repetition
from eksdoctor.resources import reports_folder
from eksdoctor.triage.report import Report


def environment(safe: Callable[[str], Markup]) -> Environment:
    """An environment that passes every printed value through `safe`; template text is not changed."""

    def finalize(value: Any) -> Markup:
        return value if isinstance(value, Markup) else safe(str(value))

    made = Environment(
        loader=FileSystemLoader(reports_folder()),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["labels"] = labels
    made.filters["plural"] = labels.plural
    return made


def render_template(made: Environment, template: str, report: Report, **more: Any) -> str:
    """The template filled with the report."""
    unknowns, reasons_left = folded_unknowns(report)
    return made.get_template(template).render(
        report=report,
        run=report.run,
        screen=first_screen(report),
        findings=without_repetition(report.findings),
        unknowns=unknowns,
        reasons_left=reasons_left,
        **more,
    )
