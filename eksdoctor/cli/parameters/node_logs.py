"""How many nodes' logs may be read: a number, or `off`."""

import typer

DEFAULT = 3
MOST = 20
OFF = "off"


def number_of_nodes(text: str) -> int:
    """The number; 0 for `off`."""
    words = str(text).strip().lower()
    if words == OFF:
        return 0
    if not (words.isascii() and words.isdigit() and len(words) < 4 and int(words) <= MOST):  # noqa: PLR2004
        raise typer.BadParameter(f"{text!r} is no number of nodes: write 0 to {MOST}, or {OFF}")
    return int(words)
