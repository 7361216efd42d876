"""The report as Markdown, for an incident channel, a ticket or a post-mortem."""

from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from eksdoctor.engine.evaluation.finding import Command, Document, Prose
from eksdoctor.render.markdown.markup import code, collapse_blank_lines, escaped, fenced, link
from eksdoctor.render.sanitize import command_words, lines, one_line
from eksdoctor.render.templates import environment, render_template
from eksdoctor.triage.report import Report


def markdown(report: Report) -> str:
    """The report as Markdown; only the template creates links and formatting."""
    return collapse_blank_lines(render_template(_environment(), "report.md.j2", report))


def _prose(prose: Prose) -> Markup:
    """Prose on one line with every Markdown character escaped."""
    return escaped("".join(one_line(span.text) for span in prose))


def _command(command: Command) -> Markup:
    return fenced(command_words(command.line), "sh")


def _document(document: Document) -> Markup:
    return fenced(lines(document.body).rstrip("\n"), document.language)


@cache
def _environment() -> Environment:
    made = environment(escaped)
    made.filters |= {"code": code, "command": _command, "document": _document, "link": link, "prose": _prose}
    return made
