"""The page of `eksdoctor decode`: the verdict, then the meaning of every recognized line."""

import json
from typing import Any

from rich.text import Text

from eksdoctor.engine.evaluation.finding import Confidence
from eksdoctor.render.terminal.canvas import Canvas, ColorMode, label, sanitized
from eksdoctor.triage.decode.decode import DecodeResult, Signal
from eksdoctor.triage.report import State

MOST_SHOWN = 20
HEAD, TAIL = 90, 170
_TONE = {State.EXPLAINED: "red", State.NOT_IP: "cyan", State.PASSING: "green", State.CANNOT_TELL: "yellow"}
_STATE = {
    State.EXPLAINED: "explained",
    State.NOT_IP: "not an IP problem",
    State.PASSING: "transient",
    State.CANNOT_TELL: "inconclusive: not enough evidence",
}
_CONFIDENCE = {
    Confidence.CONFIRMED: "confirmed by the pasted evidence",
    Confidence.LIKELY: "likely: the evidence points to it but does not prove it",
}
_COLUMN = 8


def json_page(decoded: DecodeResult) -> str:
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


def terminal(decoded: DecodeResult, width: int, color_mode: ColorMode) -> str:
    """The verdict and its evidence for a terminal."""
    canvas = Canvas(width, color_mode)
    _verdict(canvas, decoded)
    if decoded.shows:
        canvas.heading("Settings and objects")
        for shown in decoded.shows:
            canvas.paragraph(sanitized(_short(shown)))
    if decoded.signals:
        canvas.heading("Recognized lines")
        for signal in decoded.signals[:MOST_SHOWN]:
            _line(canvas, signal)
        if len(decoded.signals) > MOST_SHOWN:
            canvas.line(Text(f"and {len(decoded.signals) - MOST_SHOWN} more (-o json shows all)"))
    elif not decoded.shows:
        canvas.blank()
        canvas.paragraph(
            Text("No line matches a known message of the VPC CNI, EC2 or Kubernetes about pod IPs.")
        )
    return canvas.text


def _verdict(canvas: Canvas, decoded: DecodeResult) -> None:
    verdict = _STATE[decoded.state]
    if decoded.cause:
        verdict += f": {decoded.cause}" if decoded.state is State.EXPLAINED else f" ({decoded.cause})"
    canvas.paragraph(sanitized(verdict, f"bold {_TONE[decoded.state]}"))
    if decoded.confidence in _CONFIDENCE:
        canvas.paragraph(Text(_CONFIDENCE[decoded.confidence]))
    for text in (decoded.because, decoded.avoid):
        if text:
            canvas.blank()
            canvas.paragraph(sanitized(text))
    canvas.blank()
    canvas.paragraph(sanitized(decoded.next), _COLUMN, label("Next", "bold"))
    if decoded.cause:
        more = Text(f"eksdoctor explain {decoded.cause}", style="green")
        canvas.paragraph(more, _COLUMN, label("More", "bold"))


def _line(canvas: Canvas, signal: Signal) -> None:
    often = f" ({signal.count} times)" if signal.count > 1 else ""
    over = ", resolved since" if signal.is_over else ""
    canvas.blank()
    canvas.paragraph(sanitized(_short(signal.evidence) + often + over, "dim"))
    canvas.paragraph(sanitized(signal.means), _COLUMN, label("means", "bold"))
    if signal.is_not:
        canvas.paragraph(sanitized(signal.is_not), _COLUMN, label("is not"))


def _short(text: str) -> str:
    """The text, shortened to its beginning (what failed) and its end (why)."""
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
