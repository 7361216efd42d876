"""One pasted text, and the names that stand for what it does not name."""

from dataclasses import dataclass

NODE = "the-node"
"""The node of a paste that names none."""
NAMESPACE = "default"
"""kubectl leaves it out where it is the default one."""
POD = "the-pod"
"""The pod of a paste that names none."""


@dataclass(frozen=True, slots=True)
class Page:
    """A text and where it came from."""

    name: str
    text: str
