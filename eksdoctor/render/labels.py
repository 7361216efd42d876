"""Words that all pages share: labels of states and reasons, times, shortened lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from eksdoctor.engine.evaluation.finding import Command, Confidence, Finding, Prose, Remedy, Span
from eksdoctor.triage.report import (
    AffectedPod,
    LeverAdvice,
    Report,
    Run,
    State,
    Verdict,
)

T = TypeVar("T")

CONFIDENCE = {
    Confidence.CONFIRMED: "confirmed",
    Confidence.LIKELY: "likely",
    Confidence.PRESSURE: "risk, not the cause",
    Confidence.PAST: "past",
}
STATE = {
    State.EXPLAINED: "explained",
    State.PASSING: "transient",
    State.NOT_IP: "not an IP problem",
    State.CANNOT_TELL: "inconclusive",
}
TAKES_EFFECT = {
    "at-once": "immediately",
    "new-enis": "with the next ENI of each node",
    "new-pods": "for new pods",
    "new-nodes": "on new nodes only",
}
MOST_FAILURES = 8
OUTCOME = {"clear": "passed", "does-not-apply": "not applicable"}
POD_PROBLEM = {"starved": "waiting for an IP", "unbound": "unschedulable", "recovered": "recovered"}
REASON = {
    "forbidden": "permission denied",
    "unauthenticated": "not authenticated",
    "unreachable": "not reachable",
    "timeout": "timed out",
}
COUNTED = {
    "nodes": ("node", "nodes"),
    "pod_subnets": ("pod subnet", "pod subnets"),
    "pods_in_trouble": ("affected pod", "affected pods"),
}
STAGE = {
    "10-scheduling": "scheduling",
    "20-cni": "VPC CNI",
    "30-ipamd": "ipamd",
    "40-warm-pool": "warm pool",
    "50-attach": "IP and ENI allocation",
    "60-branch": "branch ENIs",
    "70-wiring": "pod network",
    "80-ready": "readiness",
    "90-not-ip": "not an IP problem",
    "95-passing": "transient",
    "own": "own rule",
}


def plural(number: int, one: str, many: str) -> str:
    """The number with the form that fits: `1 pod`, `41 pods`."""
    return f"{number:,} {one if number == 1 else many}"


def moment(at: datetime) -> str:
    """The time in UTC, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def confidence(finding: Finding) -> str:
    """The label of a finding's confidence, with the last time of a past one."""
    label = CONFIDENCE[finding.confidence]
    return f"{label}, last seen {moment(finding.until)}" if finding.until else label


def run_identity(run: Run) -> tuple[str, ...]:
    """What the report is about: cluster, context, account, region, focus and time."""
    cluster = run.cluster or run.context or "unknown cluster"
    parts = [cluster]
    spelled_out = {cluster, f"arn:aws:eks:{run.region}:{run.account}:cluster/{cluster}"}
    if run.context and run.context not in spelled_out:
        parts.append(f"context {run.context}")
    parts.append(f"account {run.account or 'unknown'}")
    parts.append(run.region or "unknown region")
    if run.namespace or run.pod:
        parts.append("/".join(part for part in (run.namespace, run.pod) if part))
    parts.append(moment(run.at))
    return tuple(parts)


def folded(items: Sequence[T], most: int) -> tuple[Sequence[T], int]:
    """The first `most` items and the number of others; a single other item is shown too."""
    if len(items) <= most + 1:
        return items, 0
    return items[:most], len(items) - most


def listed(items: Sequence[str], most: int) -> str:
    """`a, b, c and 31 more`."""
    shown, rest = folded(items, most)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")


@dataclass(frozen=True, slots=True)
class NamespacePods:
    """The pods of a verdict in one namespace."""

    namespace: str
    names: tuple[str, ...]


def by_namespace(pods: Iterable[AffectedPod]) -> tuple[NamespacePods, ...]:
    """Pods by namespace, the namespace with most pods first."""
    found: dict[str, list[str]] = {}
    for pod in pods:
        namespace, _, name = pod.name.rpartition("/")
        found.setdefault(namespace, []).append(name)
    ordered = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return tuple(NamespacePods(namespace, tuple(sorted(names))) for namespace, names in ordered)


def pod_problems(verdict: Verdict) -> str:
    """`38 waiting for an IP, 3 unschedulable`."""
    kinds = [pod.trouble for pod in verdict.pods]
    return ", ".join(f"{kinds.count(kind):,} {POD_PROBLEM.get(kind, kind)}" for kind in dict.fromkeys(kinds))


def next_label(verdict: Verdict) -> str:
    """The label of a verdict's next step: a fix, or the evidence that is missing."""
    return "Next step" if verdict.state is State.CANNOT_TELL else "Fix"


def stage(name: str) -> str:
    """The stage of an IP request that a rules folder stands for."""
    return STAGE.get(name, name)


def without_do_not(avoid: Prose) -> Prose:
    """The text after the label `Don't` that the page prints."""
    if not avoid or avoid[0].is_value:
        return avoid
    return (Span(avoid[0].text.removeprefix("Do not ").removeprefix("Don't ")), *avoid[1:])


def fix_terms(action: Remedy | LeverAdvice) -> str:
    """When a fix takes effect and whether it is reversible."""
    when = TAKES_EFFECT.get(action.takes_effect, action.takes_effect)
    back = "reversible" if action.reversible else "not reversible"
    return f"takes effect {when}, {back}" if when else back


def run_details(report: Report) -> str:
    """What was read, and how many API calls failed."""
    run = report.run
    read = ", ".join(_read(noun, number) for noun, number in report.counts.items())
    calls = _calls(run.requests, sum(refusal.count for refusal in report.refusals))
    return f"eksdoctor {run.tool} {run.purpose}. " + (f"Read {read}; {calls}" if read else calls)


def _calls(number: int, failed: int) -> str:
    if not failed and number > 1:
        return f"all {number:,} API calls succeeded"
    calls = plural(number, "API call", "API calls")
    return f"{failed:,} of {calls} failed" if failed else f"{calls}, none failed"


def _read(noun: str, number: int) -> str:
    return plural(number, *COUNTED.get(noun, (noun, noun)))


def failed_requests(report: Report) -> tuple[str, ...]:
    """A line for each reason and message of failed requests, with what is needed."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for failed in report.refusals:
        times = f" (x{failed.count:,})" if failed.count > 1 else ""
        groups.setdefault((failed.reason, failed.words, failed.grant), []).append(failed.action + times)
    lines = [_failed(actions, *key) for key, actions in groups.items()]
    rest = len(lines) - MOST_FAILURES
    return (*lines[:MOST_FAILURES], f"and {rest:,} more") if rest > 0 else tuple(lines)


def _failed(actions: Sequence[str], reason: str, message: str, grant: str) -> str:
    parts = [f"{listed(actions, 4)}: {REASON.get(reason, reason)}"]
    parts += [f": {message}"] if message else []
    parts += [f"; needs {grant}"] if grant else []
    return "".join(parts)


def replay_command(run: Run) -> Command:
    """The command that builds this report again from its snapshot."""
    purpose = run.purpose if run.purpose in {"triage", "audit"} else "triage"
    sources = [argument for path in (run.snapshot, *run.beside) for argument in ("--from", path)]
    return Command(("eksdoctor", purpose, *sources))
