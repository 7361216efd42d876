"""Questions that the API server passes on, to a kubelet or a pod: what a bad answer means."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.errors import is_status, refused_by_status
from eksdoctor.collect.kubernetes.long_answers import Flow
from eksdoctor.collect.refusal import Refused, refused
from eksdoctor.snapshot.request import Action

# What the API server says of a connection it could not make; the rest names addresses, which differ by node.
_CAUSES = (
    "connection refused", "no route to host", "i/o timeout", "connection reset", "no such host",
    "TLS handshake timeout", "EOF", "not found", "disabled",
)  # fmt: skip
_OF_THE_API_SERVER = (401, 403, 429)


@dataclass(frozen=True, slots=True)
class FarEnd:
    """Who answers behind the API server: how its silence is said, and what would end it."""

    silence: str
    grant: str

    @contextmanager
    def within(self, seconds: float, deadline: Deadline) -> Iterator[Deadline]:
        """A deadline of its own: who does not answer by then is said to be silent, and costs no more time."""
        try:
            yield deadline.nearer(seconds)
        except Refused as broken:
            if broken.refusal.reason != "timeout" or deadline.left <= 0:
                raise
            raise refused("failed", f"{self.silence} (not within {seconds:g} s)", self.grant) from broken


def refused_by_proxy(flow: Flow, action: Action, far_end: FarEnd, body: bytes | None = None) -> Refused:
    """The refusal for a status other than success; a no of the API server itself is told from one behind it.

    The words are the same for all nodes, so that many like refusals are one row of a report.
    """
    content = flow.beginning() if body is None else body
    if flow.status in _OF_THE_API_SERVER and is_status(content):
        return refused_by_status(flow.status, content, action, "")
    said = content.decode("utf-8", "replace")
    cause = next((f" ({cause})" for cause in _CAUSES if cause in said), "")
    return refused("failed", f"HTTP {flow.status}: {far_end.silence}{cause}", far_end.grant)
