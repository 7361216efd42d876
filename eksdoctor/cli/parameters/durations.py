"""Durations on the command line: 20, 20s, 2m, 1h."""

import re

import typer

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
MOST = 7 * 24 * 3600.0


def duration(text: str) -> float:
    """The duration in seconds; raises BadParameter outside 0 < duration <= 168h."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([smh]?)", str(text).strip())
    seconds = float(match[1]) * _SECONDS[match[2]] if match else 0.0
    if not 0 < seconds <= MOST:
        raise typer.BadParameter(f"{text!r} is not a duration. Use 20, 20s, 2m or 1h, at most 168h.")
    return seconds
