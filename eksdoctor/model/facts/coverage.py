"""What can be seen of a list: its records, and whether they are all of them."""

from typing import TypeVar

from eksdoctor.model.facts.fact import Items, Reason, Unknown
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.request import Refusal, Request
from eksdoctor.snapshot.snapshot import Snapshot

R = TypeVar("R")

LOGS_ALONE = ("only nodes' logs were given", "a snapshot beside them: --from last")
PASTED = Unknown((Reason("it is not in the pasted text", asked=False),))
LOGIN = {
    "kubernetes": "working Kubernetes credentials",
    "aws": "working AWS credentials (read-only)",
}


def gap(snapshot: Snapshot, request: Request) -> Unknown | None:
    """Why the answer to `request` is not whole; None when it is."""
    outcome = snapshot.outcomes.get(request)
    if outcome is None:
        return _unasked(snapshot, request)
    if outcome.refusal is not None:
        return Unknown((refused(request, outcome.refusal),))
    if outcome.dropped:
        return Unknown.because(f"{request.action.name}: {outcome.dropped} objects could not be read")
    if outcome.sampled:
        return Unknown.because(f"of {request.action.name} only the newest {outcome.count} records were read")
    return None


def refused(request: Request, refusal: Refusal) -> Reason:
    """A refusal as a reason: the same words for every subject, so that rows count together."""
    source = request.action.source
    if refusal.reason == "unauthenticated":
        return Reason(f"no valid {source_name(source)} credentials", refusal.grant or LOGIN[source])
    words = {
        "forbidden": f"not allowed to {spoken(request.action.permission)}",
        "timeout": f"{request.action.name} had no answer within the deadline",
        "throttled": f"{request.action.name} was throttled",
        "unreachable": f"{source_name(source)} is unreachable",
        "undecodable": f"{request.action.name} gave an answer that is not what its API promises",
        "interrupted": "the run was interrupted",
    }.get(refusal.reason, f"{request.action.name} failed: {refusal.message[:200]}")
    steps = {"timeout": "a longer --deadline", "throttled": "another run a minute later"}
    if refusal.reason == "forbidden":
        return Reason(words, refusal.grant or request.action.permission)
    return Reason(words, steps.get(refusal.reason, refusal.grant))


def spoken(permission: str) -> str:
    """A permission as the object of a sentence: `call ec2:…`, `list nodes`."""
    return f"call {permission}" if ":" in permission else permission


def source_name(source: str) -> str:
    """`Kubernetes API` or `AWS`."""
    return "AWS" if source == "aws" else "Kubernetes"


def listed(snapshot: Snapshot, kind: Kind[R], *requests: Request) -> Items[R]:
    """The records of a kind; all of them when every request was answered whole."""
    missing = [reason for request in requests for reason in _reasons(gap(snapshot, request))]
    return Items(snapshot.of(kind), Unknown(tuple(dict.fromkeys(missing))) if missing else None)


def _reasons(unknown: Unknown | None) -> tuple[Reason, ...]:
    return () if unknown is None else unknown.reasons


def _unasked(snapshot: Snapshot, request: Request) -> Unknown:
    if snapshot.has_node_logs_only:
        return Unknown.because(*LOGS_ALONE)
    if not snapshot.has_manifest:
        text = "the folder has no manifest, so what was collected is unknown"
        return Unknown.because(text, "a snapshot by `eksdoctor capture`")
    if snapshot.is_pasted:
        return PASTED
    return Unknown((Reason(f"{request.action.name} was not collected", asked=False),))
