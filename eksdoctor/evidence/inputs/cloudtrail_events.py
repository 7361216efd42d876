"""CloudTrail's events, as records and as pasted JSON, to statements; and who calls EC2 how often.

CloudTrail delivers a call five to fifteen minutes after it was made, so that the last minutes are
never in it: that a call is absent proves nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from eksdoctor.evidence.inputs.cloudtrail_call import TrailCall, call_of, trail_call
from eksdoctor.evidence.inputs.ipamd_introspection import text_of
from eksdoctor.evidence.observed.aggregate import Gathering
from eksdoctor.evidence.observed.observation import Statement
from eksdoctor.evidence.observed.source import Kind, Source
from eksdoctor.evidence.text.log_lines import Line
from eksdoctor.evidence.text.timestamps import moment
from eksdoctor.snapshot.records.cloudtrail import TrailEvent

CNI_AGENT = "amazon-vpc-cni-k8s"
CONTROLLER_AGENT = "amazon-vpc-resource-controller-k8s"
THROTTLED = frozenset({"RequestLimitExceeded", "Throttling", "ThrottlingException", "EC2ThrottledException"})
MOST_PASTED = 64 << 20
_AGENTS = (CNI_AGENT, CONTROLLER_AGENT, "karpenter.sh", "cluster-autoscaler", "Terraform", "Pulumi")
_SERVICE = re.compile(r"[a-z0-9.-]{1,100}\.amazonaws\.com(?:\.cn)?")
_PRODUCT = re.compile(r"\[?([A-Za-z0-9_.-]{1,60})")
_LISTS = ("Events", "Records")


@dataclass(frozen=True, slots=True)
class CallRate:
    """How often one program called EC2 in one role, and how often in vain; `throttled` are among `failed`."""

    agent: str
    caller: str
    calls: int
    failed: int
    throttled: int
    first: datetime | None = None
    last: datetime | None = None

    @property
    def failed_share(self) -> float:
        """The part of the calls that failed, 0 to 1."""
        return self.failed / self.calls


def calls(events: Iterable[TrailEvent]) -> tuple[TrailCall, ...]:
    """The calls to EC2 among these records; an event that cannot be read is left out."""
    found = (trail_call(event.cloud_trail_event, event.event_time) for event in events)
    return tuple(call for call in found if call is not None)


def pasted(document: bytes) -> tuple[TrailCall, ...] | None:
    """The calls in `aws cloudtrail lookup-events` output, a trail's file or a bare event; None for others."""
    try:
        found = msgspec.json.decode(document) if len(document) <= MOST_PASTED else None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    entries = list(_entries(found))
    return tuple(call for call in map(_pasted, entries) if call is not None) if entries else None


def statements(
    found: Iterable[TrailCall], node_of: Callable[[TrailCall], str] = lambda _: ""
) -> tuple[Statement, ...]:
    """What the failed ones of these calls say; `node_of` names the node whose call it was."""
    gathering = Gathering()
    for call in found:
        hear_call(gathering, call, node_of(call))
    return gathering.statements()


def hear_call(gathering: Gathering, call: TrailCall, node: str = "") -> None:
    """One call; a successful one says nothing. By its request id it is the one that the daemon logged."""
    if call.error:
        _hear(gathering, call, node, (call.code, call.message, call.subnets))
    for number, error in enumerate(call.fleet_errors):
        _hear(gathering, call, node, (error.code, error.message, error.subnets), f"-{number}")


def _hear(
    gathering: Gathering,
    call: TrailCall,
    node: str,
    refusal: tuple[str, str, tuple[str, ...]],
    number: str = "",
) -> None:
    code, message, subnets = refusal
    said = [f"eventName: {call.name}", f"errorCode: {code}", f"errorMessage: {message}"]
    if len(subnets) == 1:  # of several it is not said which one lacked
        said.append(f"subnetId: {subnets[0]}")
    if call.interfaces:
        said.append(f"networkInterfaceId: {call.interfaces[0]}")
    if call.request:
        said.append(f"requestID: {call.request}{number}")
    # A place of its own for each: calls that succeed are not heard, so one place's silence means nothing.
    place = " ".join(["cloudtrail", call.name, code, *subnets[:1], *call.interfaces[:1], *call.instances[:1]])
    gathering.hear(Line(call.at, "", ", ".join(said), Source(Kind.CLOUDTRAIL, place, node)))


def call_rates(found: Iterable[TrailCall]) -> tuple[CallRate, ...]:
    """By program and role, the busiest first."""
    by_caller: dict[tuple[str, str], list[TrailCall]] = {}
    for call in found:
        by_caller.setdefault((agent_name(call.agent), call.caller), []).append(call)
    rates = [_rate(agent, caller, made) for (agent, caller), made in by_caller.items()]
    return tuple(sorted(rates, key=lambda rate: (-rate.calls, rate.agent, rate.caller)))


def agent_name(agent: str) -> str:
    """The program behind a user agent, which begins with the SDK's name; `unknown` where it does not say."""
    for known in _AGENTS:
        if known in agent:
            return known
    if _SERVICE.fullmatch(agent):
        return agent
    product = _PRODUCT.match(agent)
    return product[1] if product else "unknown"


def _rate(agent: str, caller: str, made: list[TrailCall]) -> CallRate:
    times = sorted(call.at for call in made if call.at is not None)
    return CallRate(
        agent,
        caller,
        calls=len(made),
        failed=sum(bool(call.error or call.fleet_errors) for call in made),
        throttled=sum(call.error in THROTTLED for call in made),
        first=times[0] if times else None,
        last=times[-1] if times else None,
    )


def _entries(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, list):
        yield from (one for one in document if isinstance(one, dict) and _is_event(one))
    elif isinstance(document, dict) and _is_event(document):
        yield document
    elif isinstance(document, dict):
        for name in _LISTS:
            inner = document.get(name)
            yield from _entries(inner) if isinstance(inner, list) else ()


def _is_event(entry: dict[str, Any]) -> bool:
    return (
        isinstance(entry.get("CloudTrailEvent"), str)
        or {"eventName", "eventSource"} <= entry.keys()
        or (isinstance(entry.get("eventName"), str) and ("errorCode" in entry or "userAgent" in entry))
    )


def _pasted(entry: dict[str, Any]) -> TrailCall | None:
    inner = entry.get("CloudTrailEvent")
    if not isinstance(inner, str):
        return call_of(entry)
    at = entry.get("EventTime")
    return trail_call(inner, moment(at if isinstance(at, float | int) else text_of(at)))
