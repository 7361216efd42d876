"""Requests that the API server forwards to a kubelet or pod: the refusal for a failure behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.errors import is_status, refused_by_status
from eksdoctor.collect.kubernetes.long_answers import StreamedAnswer
from eksdoctor.collect.refusal import Refused, refused
from eksdoctor.snapshot.declaration import Action

# Causes in the API server's message about a failed connection; the rest of it differs by node.
_CAUSES = (
    "connection refused", "no route to host", "i/o timeout", "connection reset", "no such host",
    "TLS handshake timeout", "EOF", "not found", "disabled",
)  # fmt: skip
_API_SERVER_STATUSES = (401, 403, 429)


@dataclass(frozen=True, slots=True)
class ProxyTarget:
    """What answers behind the API server; `failure` is the message when it does not, `grant` would help."""

    failure: str
    grant: str

    @contextmanager
    def within(self, seconds: float, deadline: Deadline) -> Iterator[Deadline]:
        """A shorter deadline for this target; a timeout becomes the refusal `failed` with its message."""
        try:
            yield deadline.at_most(seconds)
        except Refused as error:
            if error.refusal.reason != "timeout" or deadline.left <= 0:
                raise
            raise refused("failed", f"{self.failure} (not within {seconds:g} s)", self.grant) from error


def refused_by_proxy(
    answer: StreamedAnswer, action: Action[Any], target: ProxyTarget, body: bytes | None = None
) -> Refused:
    """The refusal for an HTTP error, by the API server itself or by the target behind it.

    The message is the same for all nodes, so that a report groups them in one row.
    """
    content = answer.beginning() if body is None else body
    if answer.status in _API_SERVER_STATUSES and is_status(content):
        return refused_by_status(answer.status, content, action, "")
    text = content.decode("utf-8", "replace")
    cause = next((f" ({cause})" for cause in _CAUSES if cause in text), "")
    return refused("failed", f"HTTP {answer.status}: {target.failure}{cause}", target.grant)
