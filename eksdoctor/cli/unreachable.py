"""Who gave no answer at all: the cluster, the account, or both; and how that is said."""

import sys
from dataclasses import dataclass

from eksdoctor.render.sanitize import one_line
from eksdoctor.snapshot.request import Refusal
from eksdoctor.snapshot.snapshot import Snapshot

# The API's own no is an answer: somebody is there and knows who asks.
ANSWERS = frozenset({"forbidden", "throttled", "failed"})
NAMES = {"kubernetes": "the cluster", "aws": "AWS"}


@dataclass(frozen=True, slots=True)
class Silence:
    """One side that gave no answer, with the first refusal of its requests."""

    source: str
    refusal: Refusal

    @property
    def message(self) -> str:
        """What happened, on one line."""
        return one_line(f"{NAMES[self.source]} did not answer: {self.refusal.message or self.refusal.reason}")

    @property
    def advice(self) -> str:
        """What to do next; empty when nothing is known to help."""
        return one_line(f"What is needed: {self.refusal.grant}") if self.refusal.grant else ""


def silences(snapshot: Snapshot) -> tuple[Silence, ...]:
    """The sides that were asked and gave no answer, the cluster first."""
    found = []
    for source in NAMES:
        outcomes = [
            outcome for request, outcome in snapshot.outcomes.items() if request.action.source == source
        ]
        refusals = [outcome.refusal for outcome in outcomes if outcome.refusal is not None]
        if refusals and len(refusals) == len(outcomes) and not {r.reason for r in refusals} & ANSWERS:
            found.append(Silence(source, refusals[0]))
    return tuple(found)


def is_cluster_silent(snapshot: Snapshot) -> bool:
    """Whether the cluster gave no answer: nothing can be said of its pods then."""
    return any(silence.source == "kubernetes" for silence in silences(snapshot))


def nothing_answered(snapshot: Snapshot) -> bool:
    """Whether neither cluster nor account gave any answer, not even a no of its own."""
    asked = {request.action.source for request in snapshot.outcomes}
    return bool(asked) and asked == {silence.source for silence in silences(snapshot)}


def tell(snapshot: Snapshot, voice: str) -> None:
    """Say on standard error who was silent: an error for the cluster, else a warning unless quiet."""
    if snapshot.interrupted:
        print("interrupted: what had not answered by then is missing", file=sys.stderr)
        return
    for silence in silences(snapshot):
        if silence.source == "kubernetes" or voice == "spoken":
            kind = "error" if silence.source == "kubernetes" else "warning"
            print(f"{kind}: {silence.message}", file=sys.stderr)
            if silence.advice:
                print(silence.advice, file=sys.stderr)
