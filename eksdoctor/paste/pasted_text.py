"""A pasted text, and placeholders for the objects that it does not name."""

from dataclasses import dataclass
from datetime import timedelta

ASSUMED_WAIT = timedelta(hours=1)
"""How long a pod has waited if the paste does not show it."""
PLACEHOLDER_NODE = "the-node"
"""Name of the node if the paste names none."""
DEFAULT_NAMESPACE = "default"
"""kubectl omits this namespace in its output."""
PLACEHOLDER_POD = "the-pod"
"""Name of the pod if the paste names none."""


@dataclass(frozen=True, slots=True)
class PastedText:
    """A text and the file or stream it came from."""

    name: str
    text: str
