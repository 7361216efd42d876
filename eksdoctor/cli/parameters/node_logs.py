"""`--node-logs`: the number of nodes whose ipamd log is read, or `off`."""

import typer

DEFAULT = 3
MOST = 20
OFF = "off"


def number_of_nodes(text: str) -> int:
    """The number of nodes, 0 for `off`; raises BadParameter for anything else."""
    given = str(text).strip().lower()
    if given == OFF:
        return 0
    if not (given.isascii() and given.isdigit() and len(given) < 4 and int(given) <= MOST):  # noqa: PLR2004
        raise typer.BadParameter(f"{text!r} is not a number of nodes. Use 0 to {MOST}, or {OFF}.")
    return int(given)
