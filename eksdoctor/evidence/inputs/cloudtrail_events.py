"""Observations from CloudTrail records and pasted events; and who calls EC2 how often.

CloudTrail delivers a call 5 to 15 minutes after it was made, so the last minutes are always missing: an
absent call proves nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from eksdoctor.evidence.inputs.cloudtrail_call import CloudTrailCall, call_of_event, parse_call
from eksdoctor.evidence.inputs.ipamd_introspection import string_or_empty
from eksdoctor.evidence.observed.aggregate import Aggregator
from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.observed.source import Source, SourceKind
from eksdoctor.evidence.text.log_lines import LogLine
from eksdoctor.evidence.text.timestamps import parse_timestamp
from eksdoctor.snapshot.records.cloudtrail import TrailEvent

CNI_PROGRAM = "amazon-vpc-cni-k8s"
CONTROLLER_PROGRAM = "amazon-vpc-resource-controller-k8s"
THROTTLING_CODES = frozenset(
    {"RequestLimitExceeded", "Throttling", "ThrottlingException", "EC2ThrottledException"}
)
MAX_PASTED_BYTES = 64 << 20
_KNOWN_PROGRAMS = (
    CNI_PROGRAM,
    CONTROLLER_PROGRAM,
    "karpenter.sh",
    "cluster-autoscaler",
    "Terraform",
    "Pulumi",
)
_SERVICE = re.compile(r"[a-z0-9.-]{1,100}\.amazonaws\.com(?:\.cn)?")
_PRODUCT = re.compile(r"\[?([A-Za-z0-9_.-]{1,60})")
_LISTS = ("Events", "Records")


@dataclass(frozen=True, slots=True)
class CallRate:
    """EC2 calls of one program in one role; `failed` includes `throttled`."""

    program: str
    caller: str
    calls: int
    failed: int
    throttled: int
    first: datetime | None = None
    last: datetime | None = None

    @property
    def failed_share(self) -> float:
        """The share of the calls that failed, 0 to 1."""
        return self.failed / self.calls


def calls_of_records(events: Iterable[TrailEvent]) -> tuple[CloudTrailCall, ...]:
    """The EC2 calls among these records; unreadable events are left out."""
    found = (parse_call(event.cloud_trail_event, event.event_time) for event in events)
    return tuple(call for call in found if call is not None)


def pasted_calls(document: bytes) -> tuple[CloudTrailCall, ...] | None:
    """The calls in `aws cloudtrail lookup-events` output, a trail's file or a single event; else None."""
    try:
        found = msgspec.json.decode(document) if len(document) <= MAX_PASTED_BYTES else None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    entries = list(_events_in(found))
    return tuple(call for call in map(_pasted_call, entries) if call is not None) if entries else None


def call_observations(
    found: Iterable[CloudTrailCall], node_of: Callable[[CloudTrailCall], str] = lambda _: ""
) -> tuple[Observation, ...]:
    """The observations of the failed calls; `node_of` names the node that made a call."""
    aggregator = Aggregator()
    for call in found:
        add_call(aggregator, call, node_of(call))
    return aggregator.observations()


def add_call(aggregator: Aggregator, call: CloudTrailCall, node: str = "") -> None:
    """Add a failed call; a successful one adds nothing. Its request id matches it to ipamd's log lines."""
    if call.error:
        _add_error(aggregator, call, node, (call.code, call.message, call.subnets))
    for number, error in enumerate(call.fleet_errors):
        _add_error(aggregator, call, node, (error.code, error.message, error.subnets), f"-{number}")


def _add_error(
    aggregator: Aggregator,
    call: CloudTrailCall,
    node: str,
    error: tuple[str, str, tuple[str, ...]],
    number: str = "",
) -> None:
    code, message, subnets = error
    fields = [f"eventName: {call.name}", f"errorCode: {code}", f"errorMessage: {message}"]
    if len(subnets) == 1:  # of several, EC2 does not name the one it rejects
        fields.append(f"subnetId: {subnets[0]}")
    if call.enis:
        fields.append(f"networkInterfaceId: {call.enis[0]}")
    if call.request_id:
        fields.append(f"requestID: {call.request_id}{number}")
    # Each kind of call is a source of its own: successful calls are not added, so a source without further
    # failures does not show that none followed.
    source_name = " ".join(["cloudtrail", call.name, code, *subnets[:1], *call.enis[:1], *call.instances[:1]])
    aggregator.add_line(
        LogLine(call.at, "", ", ".join(fields), Source(SourceKind.CLOUDTRAIL, source_name, node))
    )


def call_rates(found: Iterable[CloudTrailCall]) -> tuple[CallRate, ...]:
    """The calls by program and role, the busiest first."""
    by_caller: dict[tuple[str, str], list[CloudTrailCall]] = {}
    for call in found:
        by_caller.setdefault((program_name(call.user_agent), call.caller), []).append(call)
    rates = [_call_rate(program, caller, made) for (program, caller), made in by_caller.items()]
    return tuple(sorted(rates, key=lambda rate: (-rate.calls, rate.program, rate.caller)))


def program_name(user_agent: str) -> str:
    """The program in a user agent, which begins with the SDK's name; `unknown` without one."""
    for known in _KNOWN_PROGRAMS:
        if known in user_agent:
            return known
    if _SERVICE.fullmatch(user_agent):
        return user_agent
    product = _PRODUCT.match(user_agent)
    return product[1] if product else "unknown"


def _call_rate(program: str, caller: str, made: list[CloudTrailCall]) -> CallRate:
    times = sorted(call.at for call in made if call.at is not None)
    return CallRate(
        program,
        caller,
        calls=len(made),
        failed=sum(bool(call.error or call.fleet_errors) for call in made),
        throttled=sum(call.error in THROTTLING_CODES for call in made),
        first=times[0] if times else None,
        last=times[-1] if times else None,
    )


def _events_in(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, list):
        yield from (one for one in document if isinstance(one, dict) and _is_event(one))
    elif isinstance(document, dict) and _is_event(document):
        yield document
    elif isinstance(document, dict):
        for name in _LISTS:
            inner = document.get(name)
            yield from _events_in(inner) if isinstance(inner, list) else ()


def _is_event(entry: dict[str, Any]) -> bool:
    return (
        isinstance(entry.get("CloudTrailEvent"), str)
        or {"eventName", "eventSource"} <= entry.keys()
        or (isinstance(entry.get("eventName"), str) and ("errorCode" in entry or "userAgent" in entry))
    )


def _pasted_call(entry: dict[str, Any]) -> CloudTrailCall | None:
    inner = entry.get("CloudTrailEvent")
    if not isinstance(inner, str):
        return call_of_event(entry)
    at = entry.get("EventTime")
    return parse_call(inner, parse_timestamp(at if isinstance(at, float | int) else string_or_empty(at)))
