"""The report as Markdown, for an incident channel, a ticket or a post-mortem."""

from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from eksdoctor.engine.evaluation.finding import Command, Document, Prose
from eksdoctor.render.markdown.markup import code, escaped, fenced, link, settled
from eksdoctor.render.sanitize import command_words, lines, one_line
from eksdoctor.render.templates import environment, render_template
from eksdoctor.triage.report import Report


def markdown(report: Report) -> str:
    """The report as Markdown; nothing in it links, embeds or formats but the template."""
    return settled(render_template(_environment(), "report.md.j2", report))


def _prose(words: Prose) -> Markup:
    """Prose, each span made inert by itself so that none can swallow the next."""
    return escaped("".join(one_line(span.text) for span in words))


def _command(command: Command) -> Markup:
    return fenced(command_words(command.line), "sh")


def _document(document: Document) -> Markup:
    return fenced(lines(document.body).rstrip("\n"), document.language)


@cache
def _environment() -> Environment:
    made = environment(escaped)
    made.filters |= {"code": code, "command": _command, "document": _document, "link": link, "prose": _prose}
    return made
