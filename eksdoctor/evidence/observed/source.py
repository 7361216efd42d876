"""The source of evidence: which log, event or document, of which node and pod."""

from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """The kind of a source; a pasted text has no known kind."""

    IPAMD = "ipamd"
    PLUGIN = "plugin"
    STDOUT = "aws-node stdout"
    KUBELET = "kubelet"
    EVENT = "event"
    METRICS = "metrics"
    INTROSPECTION = "introspection"
    CLOUDTRAIL = "cloudtrail"
    PASTE = "paste"


ASSUMED_EVENT = "eksdoctor (assumed)"
"""Component of the event that eksdoctor adds to a paste without one: a pod that has no IP."""


@dataclass(frozen=True, slots=True)
class Source:
    """One stream of text. `name` is its path or object, `node` and `pod` its owner.

    `component` is the sender of an event. Each may be empty.
    """

    kind: SourceKind = SourceKind.PASTE
    name: str = ""
    node: str = ""
    pod: str = ""
    component: str = ""

    @property
    def is_assumed(self) -> bool:
        """Whether eksdoctor added the event itself, so it is no evidence."""
        return self.component == ASSUMED_EVENT


UNKNOWN_SOURCE = Source()
