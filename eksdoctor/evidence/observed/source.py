"""Where testimony comes from: which log, event or document, of which node and pod."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The sort of a source; a pasted text is of no known sort."""

    IPAMD = "ipamd"
    PLUGIN = "plugin"
    STDOUT = "aws-node stdout"
    KUBELET = "kubelet"
    EVENT = "event"
    METRICS = "metrics"
    INTROSPECTION = "introspection"
    CLOUDTRAIL = "cloudtrail"
    PASTE = "paste"


QUESTION = "eksdoctor's question"
"""Who sends the event that stands for what a paste is asked about: a pod without an address."""


@dataclass(frozen=True, slots=True)
class Source:
    """One stream of text; `name` is its path or object, `node` and `pod` whose it is, `by` who sent it."""

    kind: Kind = Kind.PASTE
    name: str = ""
    node: str = ""
    pod: str = ""
    by: str = ""

    @property
    def is_question(self) -> bool:
        """Whether nobody said it: it is the question itself."""
        return self.by == QUESTION


UNNAMED = Source()
