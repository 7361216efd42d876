"""The page of `eksdoctor decode`: what every recognised line means, then one verdict."""

import json
from typing import Any

from rich.text import Text

from eksdoctor.engine.evaluation.finding import Confidence
from eksdoctor.render.terminal.canvas import Ink, Paper, inert, label
from eksdoctor.triage.decode.decode import Decoded, Signal
from eksdoctor.triage.report import State

MOST_SHOWN = 20
HEAD, TAIL = 90, 170
_TONE = {State.EXPLAINED: "red", State.NOT_IP: "cyan", State.PASSING: "green", State.CANNOT_TELL: "yellow"}
_SENTENCES = {
    State.EXPLAINED: "explained",
    State.NOT_IP: "not an address problem",
    State.PASSING: "passing: it heals by itself",
    State.CANNOT_TELL: "cannot tell from this alone",
}
_SURE = {
    Confidence.CONFIRMED: "confirmed by what was pasted",
    Confidence.LIKELY: "likely: it points there, and does not prove it",
}
_COLUMN = 8


def json_page(decoded: Decoded) -> str:
    """The verdict as JSON; keys are stable."""
    page: dict[str, Any] = {
        "state": str(decoded.state),
        "cause": decoded.cause or None,
        "confidence": str(decoded.confidence) if decoded.confidence else None,
        "signals": [_signal(signal) for signal in decoded.signals],
        "next": decoded.next,
        "because": decoded.because or None,
        "shows": list(decoded.shows),
    }
    return json.dumps(page, indent=2, ensure_ascii=True) + "\n"


def terminal(decoded: Decoded, width: int, ink: Ink) -> str:
    """The same for a terminal."""
    paper = Paper(width, ink)
    _verdict(paper, decoded)
    if decoded.shows:
        paper.heading("What it shows")
        for shown in decoded.shows:
            paper.paragraph(inert(_short(shown)))
    if decoded.signals:
        paper.heading("What it says")
        for signal in decoded.signals[:MOST_SHOWN]:
            _line(paper, signal)
        if len(decoded.signals) > MOST_SHOWN:
            paper.line(Text(f"and {len(decoded.signals) - MOST_SHOWN} more (-o json shows all)"))
    elif not decoded.shows:
        paper.blank()
        paper.paragraph(
            Text("Nothing in it is a line that the CNI, EC2 or Kubernetes writes about addresses.")
        )
    return paper.text


def _verdict(paper: Paper, decoded: Decoded) -> None:
    words = _SENTENCES[decoded.state]
    if decoded.cause:
        words += f": {decoded.cause}" if decoded.state is State.EXPLAINED else f" ({decoded.cause})"
    paper.paragraph(inert(words, f"bold {_TONE[decoded.state]}"))
    if decoded.confidence in _SURE:
        paper.paragraph(Text(_SURE[decoded.confidence]))
    for text in (decoded.because, decoded.avoid):
        if text:
            paper.blank()
            paper.paragraph(inert(text))
    paper.blank()
    paper.paragraph(inert(decoded.next), _COLUMN, label("Next", "bold"))
    if decoded.cause:
        more = Text(f"eksdoctor explain {decoded.cause}", style="green")
        paper.paragraph(more, _COLUMN, label("More", "bold"))


def _line(paper: Paper, signal: Signal) -> None:
    often = f" ({signal.count} times)" if signal.count > 1 else ""
    over = ", and over since" if signal.is_over else ""
    paper.blank()
    paper.paragraph(inert(_short(signal.evidence) + often + over, "dim"))
    paper.paragraph(inert(signal.means), _COLUMN, label("means", "bold"))
    if signal.is_not:
        paper.paragraph(inert(signal.is_not), _COLUMN, label("is not"))


def _short(text: str) -> str:
    """Its beginning and its end: what failed stands in front, and why at the end."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD].rstrip()} … {text[-TAIL:].lstrip()}"


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "signature": signal.signature,
        "class": signal.evidence_class,
        "means": signal.means,
        "is_not": signal.is_not,
        "count": signal.count,
        "over": signal.is_over,
        "first": signal.first.isoformat() if signal.first else None,
        "last": signal.last.isoformat() if signal.last else None,
        "node": signal.node or None,
        "subnet": signal.subnet or None,
        "eni": signal.eni or None,
        "pod": signal.pod or None,
        "evidence": signal.evidence,
    }
