"""The page of `eksdoctor decode`: what every recognised line means, then one verdict."""

import json
from typing import Any

from rich.text import Text

from eksdoctor.engine.finding import plain
from eksdoctor.render.paper import Ink, Paper, inert, inked, label
from eksdoctor.triage.decoding import Decoded, Signal
from eksdoctor.triage.report import State

MOST_SHOWN = 20
MOST_WORDS = 240
_TONE = {State.EXPLAINED: "red", State.NOT_IP: "cyan", State.PASSING: "green", State.CANNOT_TELL: "yellow"}
_SENTENCES = {
    State.EXPLAINED: "explained",
    State.NOT_IP: "not an address problem",
    State.PASSING: "passing: it heals by itself",
    State.CANNOT_TELL: "cannot tell from this alone",
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
    }
    return json.dumps(page, indent=2, ensure_ascii=True) + "\n"


def terminal(decoded: Decoded, width: int, ink: Ink) -> str:
    """The same for a terminal."""
    paper = Paper(width, ink)
    _verdict(paper, decoded)
    if decoded.signals:
        paper.heading("What it says")
        for signal in decoded.signals[:MOST_SHOWN]:
            _line(paper, signal)
        if len(decoded.signals) > MOST_SHOWN:
            paper.line(Text(f"and {len(decoded.signals) - MOST_SHOWN} more (-o json shows all)"))
    else:
        paper.blank()
        paper.paragraph(Text("None of it is anything that the CNI, EC2 or Kubernetes says about addresses."))
    return paper.text


def _verdict(paper: Paper, decoded: Decoded) -> None:
    words = _SENTENCES[decoded.state]
    if decoded.cause:
        sure = f", {decoded.confidence}" if decoded.confidence else ""
        words += f" [{decoded.cause}{sure}]"
    paper.paragraph(inert(words, f"bold {_TONE[decoded.state]}"))
    if decoded.finding is not None:
        paper.paragraph(inked(decoded.finding.because))
        if plain(decoded.finding.avoid):
            paper.paragraph(inked(decoded.finding.avoid))
    paper.paragraph(inert(decoded.next), _COLUMN, label("Next", "bold"))
    if decoded.cause:
        more = Text(f"eksdoctor explain {decoded.cause}", style="green")
        paper.paragraph(more, _COLUMN, label("More", "bold"))


def _line(paper: Paper, signal: Signal) -> None:
    words = signal.evidence if len(signal.evidence) <= MOST_WORDS else signal.evidence[:MOST_WORDS] + "…"
    often = f" ({signal.count} times)" if signal.count > 1 else ""
    paper.blank()
    paper.paragraph(inert(words + often, "dim"))
    paper.paragraph(inert(signal.means), _COLUMN, label("means", "bold"))
    if signal.is_not:
        paper.paragraph(inert(signal.is_not), _COLUMN, label("is not"))


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "signature": signal.signature,
        "class": signal.testifies,
        "means": signal.means,
        "is_not": signal.is_not,
        "count": signal.count,
        "first": signal.first.isoformat() if signal.first else None,
        "last": signal.last.isoformat() if signal.last else None,
        "node": signal.node or None,
        "subnet": signal.subnet or None,
        "eni": signal.eni or None,
        "pod": signal.pod or None,
        "evidence": signal.evidence,
    }
