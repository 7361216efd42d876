"""The words that all pages share: names of states, moments, folded lists."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from eksdoctor.engine.evaluation.finding import Command, Confidence, Finding, Prose, Remedy, Span
from eksdoctor.triage.report import (
    LeverAdvice,
    PodInTrouble,
    Report,
    Run,
    State,
    Verdict,
)

T = TypeVar("T")

CONFIDENCE = {
    Confidence.CONFIRMED: "confirmed",
    Confidence.LIKELY: "likely",
    Confidence.PRESSURE: "risk, not a cause now",
    Confidence.PAST: "past",
}
STATE = {
    State.EXPLAINED: "explained",
    State.PASSING: "heals by itself",
    State.NOT_IP: "not an IP fault",
    State.CANNOT_TELL: "cannot tell",
}
TAKES_EFFECT = {
    "at-once": "at once",
    "new-enis": "with the next ENI of each node",
    "new-pods": "for new pods",
    "new-nodes": "on new nodes only",
}
MOST_REFUSALS = 8
OUTCOME = {"clear": "clear", "does-not-apply": "does not apply"}


def count(number: int, noun: str) -> str:
    """`1 pod`, `41 pods`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def moment(at: datetime) -> str:
    """A time as people on call write it, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def confidence(finding: Finding) -> str:
    """What a finding rests on; a past one says until when."""
    words = CONFIDENCE[finding.confidence]
    return f"{words}, last seen {moment(finding.until)}" if finding.until else words


def who(run: Run) -> tuple[str, ...]:
    """Which patient was looked at: cluster, context, account, region, time."""
    cluster = run.cluster or run.context or "cluster not known"
    parts = [cluster]
    spelled_out = {cluster, f"arn:aws:eks:{run.region}:{run.account}:cluster/{cluster}"}
    if run.context and run.context not in spelled_out:
        parts.append(f"context {run.context}")
    parts.append(f"account {run.account or 'not known'}")
    parts.append(run.region or "region not known")
    if run.namespace or run.pod:
        parts.append("/".join(part for part in (run.namespace, run.pod) if part))
    parts.append(moment(run.at))
    return tuple(parts)


def folded(items: Sequence[T], most: int) -> tuple[Sequence[T], int]:
    """The first `most` items and how many more there are; a rest of one is shown, not counted."""
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


def by_namespace(pods: Iterable[PodInTrouble]) -> tuple[NamespacePods, ...]:
    """Pods under their namespaces, the fullest first."""
    found: dict[str, list[str]] = {}
    for pod in pods:
        namespace, _, name = pod.name.rpartition("/")
        found.setdefault(namespace, []).append(name)
    ordered = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return tuple(NamespacePods(namespace, tuple(sorted(names))) for namespace, names in ordered)


def troubles(verdict: Verdict) -> str:
    """`38 starved, 3 unbound`."""
    kinds = [pod.trouble for pod in verdict.pods]
    return ", ".join(f"{kinds.count(kind):,} {kind}" for kind in dict.fromkeys(kinds))


def prohibition(avoid: Prose) -> Prose:
    """The text after its first `Don't`, which the page prints as a label."""
    if avoid and not avoid[0].is_value and avoid[0].text.startswith(("Do not ", "Don't ")):
        return (Span(avoid[0].text.removeprefix("Do not ").removeprefix("Don't ")), *avoid[1:])
    return avoid


def remedy_terms(means: Remedy | LeverAdvice) -> str:
    """When a fix works and whether it can be taken back."""
    when = TAKES_EFFECT.get(means.takes_effect, means.takes_effect)
    back = "reversible" if means.reversible else "cannot be taken back"
    return f"takes effect {when}, {back}" if when else back


def account(report: Report) -> str:
    """How much was asked and answered."""
    refused = sum(refusal.count for refusal in report.refusals)
    seen = ", ".join(f"{number:,} {_counted(noun, number)}" for noun, number in report.counts.items())
    parts = [f"eksdoctor {report.run.tool} {report.run.purpose}", f"{count(report.run.requests, 'request')}"]
    parts.append(f"{refused:,} refused" if refused else "none refused")
    if seen:
        parts.append(f"seen: {seen}")
    return "; ".join(parts)


def _counted(noun: str, number: int) -> str:
    """`pod in trouble` of one `pods_in_trouble`."""
    words = noun.replace("_", " ")
    return re.sub(r"s\b(?= in trouble|$)", "", words) if number == 1 else words


def refusals(report: Report) -> tuple[str, ...]:
    """What was refused, one line for all questions that were refused in the same words."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for refused in report.refusals:
        times = f" (x{refused.count:,})" if refused.count > 1 else ""
        groups.setdefault((refused.reason, refused.words, refused.grant), []).append(refused.action + times)
    lines = [
        "".join(
            (
                f"{listed(actions, 4)} {reason}",
                f": {words}" if words else "",
                f"; ask for {grant}" if grant else "",
            )
        )
        for (reason, words, grant), actions in groups.items()
    ]
    rest = len(lines) - MOST_REFUSALS
    return (*lines[:MOST_REFUSALS], f"and {rest:,} more") if rest > 0 else tuple(lines)


def replay_command(run: Run) -> Command:
    """The command that shows this report again."""
    purpose = run.purpose if run.purpose in {"triage", "audit"} else "triage"
    sources = [word for path in (run.snapshot, *run.beside) for word in ("--from", path)]
    return Command(("eksdoctor", purpose, *sources))
