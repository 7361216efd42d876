"""A call to EC2 as CloudTrail records it: who asked for what, and how EC2 answered.

The fields are those of https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html.
An event holds much more, people's names and addresses among it: what is not a field here is not kept.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from eksdoctor.evidence.inputs.ipamd_introspection import text_of
from eksdoctor.evidence.text.timestamps import moment

EC2 = "ec2.amazonaws.com"
DRY_RUN = "DryRunOperation"
MOST_BYTES = 256 << 10
"""CloudTrail cuts an event at this size."""
MOST_WORDS = 1000
_MOST_LOOKED_AT = 4000
_MOST_IDS = 32
_SUBNET, _INTERFACE, _INSTANCE = (
    re.compile(rf"{kind}-[0-9a-f]{{8,17}}") for kind in ("subnet", "eni", "i")
)  # fmt: skip
_SUBNET_KEYS = frozenset({"subnetid"})
_INTERFACE_KEYS = frozenset({"networkinterfaceid", "branchinterfaceid", "trunkinterfaceid"})
_INSTANCE_KEYS = frozenset({"instanceid"})
_DESCRIBED = re.compile(r"aws-K8S-(i-[0-9a-f]{8,17})")
_ENCODED = re.compile(r"\s*Encoded authorization failure message: \S+")
_SESSION = re.compile(r"(arn:[\w-]+:sts::\d{12}:assumed-role/[^/]+)/.*", re.DOTALL)
_ERROR_CLASS = re.compile(r"(?:Client|Server)\.")


@dataclass(frozen=True, slots=True)
class FleetError:
    """One reason for which a fleet got no instance, although the call itself succeeded."""

    code: str
    message: str = ""
    subnets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrailCall:
    """One call.

    `code` is as CloudTrail spells it (`Client.RequestLimitExceeded`), empty for success. `caller` is the
    ARN of the role behind a session, or the name of an AWS service; `from_instance` the instance whose
    role it is. `subnets`, `interfaces` and `instances` are the ids among the request's parameters.
    """

    id: str
    name: str
    at: datetime | None = None
    code: str = ""
    message: str = ""
    agent: str = ""
    caller: str = ""
    from_instance: str = ""
    request: str = ""
    subnets: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    instances: tuple[str, ...] = ()
    fleet_errors: tuple[FleetError, ...] = ()

    @property
    def error(self) -> str:
        """The code without its class: `RequestLimitExceeded`; empty for success and for a dry run."""
        bare = _ERROR_CLASS.sub("", self.code, count=1)
        return "" if bare == DRY_RUN else bare


def trail_call(text: str | bytes, at: datetime | None = None) -> TrailCall | None:
    """The call in an event's JSON text; `at` is its time where known otherwise. None for other events."""
    try:
        event = msgspec.json.decode(text) if len(text) <= MOST_BYTES else None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return call_of(event, at) if isinstance(event, dict) else None


def call_of(event: Mapping[str, Any], at: datetime | None = None) -> TrailCall | None:
    """The call of an event; None where that is none of EC2 or has no name."""
    name = text_of(event.get("eventName"))
    if not name or text_of(event.get("eventSource")) not in ("", EC2):
        return None
    asked = event.get("requestParameters")
    code = text_of(event.get("errorCode"))
    who = _mapping(event.get("userIdentity"))
    described = _DESCRIBED.findall(text_of(_mapping(asked).get("description")))
    return TrailCall(
        id=text_of(event.get("eventID")),
        name=name[:100],
        at=at or moment(text_of(event.get("eventTime"))),
        code=code[:100],
        message=_words(event.get("errorMessage")),
        agent=text_of(event.get("userAgent"))[:300],
        caller=_caller(who),
        from_instance=_instance_of_session(who),
        request=text_of(event.get("requestID"))[:64],
        subnets=_ids(asked, _SUBNET_KEYS, _SUBNET),
        interfaces=_ids(asked, _INTERFACE_KEYS, _INTERFACE),
        instances=tuple(dict.fromkeys((*_ids(asked, _INSTANCE_KEYS, _INSTANCE), *described))),
        fleet_errors=() if code else tuple(_fleet_errors(event.get("responseElements"))),
    )


def kept(call: TrailCall) -> str:
    """The call as the JSON text of an event, with nothing else in it; `trail_call` reads it back."""
    identity = {"arn": call.caller, "principalId": f":{call.from_instance}" if call.from_instance else ""}
    event = {
        "eventID": call.id,
        "eventName": call.name,
        "eventSource": EC2,
        "eventTime": call.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if call.at else "",
        "errorCode": call.code,
        "errorMessage": call.message,
        "userAgent": call.agent,
        "requestID": call.request,
        "userIdentity": _filled(identity),
        "requestParameters": _filled(
            {
                "subnetId": call.subnets,
                "networkInterfaceId": call.interfaces,
                "instanceId": call.instances,
            }
        ),
        "responseElements": {"errorSet": [_fleet_error(one) for one in call.fleet_errors]}
        if call.fleet_errors
        else {},
    }
    return msgspec.json.encode(_filled(event)).decode()


def _caller(who: Mapping[str, Any]) -> str:
    """The role behind a session, since the session's own name may be a person's."""
    issuer = _mapping(_mapping(who.get("sessionContext")).get("sessionIssuer"))
    arn = text_of(issuer.get("arn")) or text_of(who.get("arn")) or text_of(who.get("invokedBy"))
    session = _SESSION.fullmatch(arn)
    return (session[1] if session else arn)[:300]


def _instance_of_session(who: Mapping[str, Any]) -> str:
    """An instance's own session is named after it."""
    session = text_of(who.get("principalId")).rpartition(":")[2] or text_of(who.get("arn")).rpartition("/")[2]
    return session if _INSTANCE.fullmatch(session) else ""


def _fleet_errors(answered: Any) -> Iterator[FleetError]:
    found = 0
    for entry in _within(answered):
        code = text_of(entry.get("errorCode"))
        if code and found < _MOST_IDS:
            found += 1
            message = _words(entry.get("errorMessage"))
            yield FleetError(code[:100], message, _ids(entry, _SUBNET_KEYS, _SUBNET))


def _fleet_error(error: FleetError) -> dict[str, Any]:
    return _filled({"errorCode": error.code, "errorMessage": error.message, "subnetId": error.subnets})


def _ids(document: Any, keys: frozenset[str], pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The ids under these keys, wherever they stand: each API nests its parameters in its own way."""
    found: dict[str, None] = {}
    for entry in _within(document):
        for key, value in entry.items():
            if key.lower() in keys:
                several = value if isinstance(value, list) else [value]
                found |= dict.fromkeys(one for one in several if pattern.fullmatch(text_of(one)))
    return tuple(found)[:_MOST_IDS]


def _within(document: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in a document, outer ones first, of a hostile one not all."""
    waiting = deque([document])
    for _ in range(_MOST_LOOKED_AT):
        if not waiting:
            return
        value = waiting.popleft()
        if isinstance(value, dict):
            yield value
            waiting.extend(inner for inner in value.values() if isinstance(inner, dict | list))
        elif isinstance(value, list):
            waiting.extend(inner for inner in value if isinstance(inner, dict | list))


def _words(value: Any) -> str:
    return " ".join(_ENCODED.sub("", text_of(value)[: 4 * MOST_WORDS]).split())[:MOST_WORDS]


def _filled(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
