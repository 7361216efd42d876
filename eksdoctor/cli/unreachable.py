"""Which of cluster and AWS could not be reached, and the message about it."""

import sys
from dataclasses import dataclass

from eksdoctor.render.sanitize import one_line
from eksdoctor.snapshot.request import Refusal
from eksdoctor.snapshot.snapshot import Snapshot

# Errors that the API itself returned: it was reached and it authenticated the caller.
REACHED = frozenset({"forbidden", "throttled", "failed"})
NAMES = {"kubernetes": "the cluster", "aws": "AWS"}


@dataclass(frozen=True, slots=True)
class UnreachableSource:
    """Kubernetes or AWS, where no request was answered; `refusal` is that of the first request."""

    source: str
    refusal: Refusal

    @property
    def message(self) -> str:
        """The error on one line."""
        return one_line(f"{NAMES[self.source]} did not answer: {self.refusal.message or self.refusal.reason}")

    @property
    def advice(self) -> str:
        """What to do next; empty if unknown."""
        return one_line(f"Required: {self.refusal.grant}") if self.refusal.grant else ""


def unreachable_sources(snapshot: Snapshot) -> tuple[UnreachableSource, ...]:
    """The sources that were queried and could not be reached, the cluster first."""
    found = []
    for source in NAMES:
        outcomes = [
            outcome for request, outcome in snapshot.outcomes.items() if request.action.source == source
        ]
        refusals = [outcome.refusal for outcome in outcomes if outcome.refusal is not None]
        if refusals and len(refusals) == len(outcomes) and not {r.reason for r in refusals} & REACHED:
            found.append(UnreachableSource(source, refusals[0]))
    return tuple(found)


def is_cluster_unreachable(snapshot: Snapshot) -> bool:
    """Whether the cluster could not be reached, so that nothing is known about its pods."""
    return any(source.source == "kubernetes" for source in unreachable_sources(snapshot))


def nothing_answered(snapshot: Snapshot) -> bool:
    """Whether no queried source could be reached."""
    asked = {request.action.source for request in snapshot.outcomes}
    return bool(asked) and asked == {source.source for source in unreachable_sources(snapshot)}


def print_unreachable(snapshot: Snapshot, *, quiet: bool) -> None:
    """Print unreachable sources on standard error: the cluster as an error, AWS as a warning unless quiet."""
    if snapshot.interrupted:
        print("interrupted: data not received by then is missing", file=sys.stderr)
        return
    for source in unreachable_sources(snapshot):
        if source.source == "kubernetes" or not quiet:
            kind = "error" if source.source == "kubernetes" else "warning"
            print(f"{kind}: {source.message}", file=sys.stderr)
            if source.advice:
                print(source.advice, file=sys.stderr)
