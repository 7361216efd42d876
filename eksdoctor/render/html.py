"""The report as one self-contained HTML page: no script, nothing loaded, printable, readable on a phone."""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache

from jinja2 import Environment
from markupsafe import Markup, escape

from eksdoctor.engine.evaluation.finding import Command, Document
from eksdoctor.render.sanitize import command_words, lines
from eksdoctor.render.templates import environment, render_template
from eksdoctor.resources import reports_folder
from eksdoctor.triage.report import Report

_WEB = re.compile(r"https://[^\s\"'<>\\^`{|}]+")


def html(report: Report) -> str:
    """The report as HTML; text from cluster and log appears in text nodes only."""
    style = (reports_folder() / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    anchors = _anchors(finding.rule for finding in report.findings)
    return render_template(
        _environment(),
        "report.html.j2",
        report,
        style=Markup(style),  # noqa: S704  the project's own file
        style_hash=f"sha256-{digest}",
        anchors=anchors,
    )


def _anchors(rules: Iterable[str]) -> tuple[str, ...]:
    """An anchor for each finding: the rule id, with a number from its second finding on."""
    seen: dict[str, int] = {}
    anchors = []
    for rule in rules:
        name = re.sub(r"[^a-z0-9-]", "", rule.lower()) or "finding"
        seen[name] = seen.get(name, 0) + 1
        anchors.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return tuple(anchors)


def _safe(text: str) -> Markup:
    return escape(lines(text))


def _command(command: Command) -> Markup:
    return escape(command_words(command.line))


def _body(document: Document) -> Markup:
    return escape(lines(document.body).rstrip("\n"))


def _is_web(address: str) -> bool:
    return bool(_WEB.fullmatch(address)) and address.isascii()


@cache
def _environment() -> Environment:
    made = environment(_safe)
    made.filters |= {"command": _command, "body": _body}
    made.tests["web"] = _is_web
    return made
