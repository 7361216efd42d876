"""An EC2 call as CloudTrail records it: the caller, the ids it names, and EC2's response.

The fields are those of https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html.
An event holds much more, such as names and addresses of people; nothing but these fields is kept.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from eksdoctor.evidence.inputs.ipamd_introspection import string_or_empty
from eksdoctor.evidence.inputs.nested_ids import MAX_IDS, ids_in, objects_in
from eksdoctor.evidence.text.timestamps import parse_timestamp

EC2_EVENT_SOURCE = "ec2.amazonaws.com"
DRY_RUN = "DryRunOperation"
MAX_EVENT_BYTES = 256 << 10
"""CloudTrail truncates an event at this size."""
MAX_MESSAGE_CHARACTERS = 1000
_SUBNET, _ENI, _INSTANCE = (
    re.compile(rf"{kind}-[0-9a-f]{{8,17}}") for kind in ("subnet", "eni", "i")
)  # fmt: skip
_SUBNET_KEYS = frozenset({"subnetid"})
_ENI_KEYS = frozenset({"networkinterfaceid", "branchinterfaceid", "trunkinterfaceid"})
_INSTANCE_KEYS = frozenset({"instanceid"})
_DESCRIBED = re.compile(r"aws-K8S-(i-[0-9a-f]{8,17})")
_ENCODED = re.compile(r"\s*Encoded authorization failure message: \S+")
_SESSION = re.compile(r"(arn:[\w-]+:sts::\d{12}:assumed-role/[^/]+)/.*", re.DOTALL)
_ERROR_CLASS = re.compile(r"(?:Client|Server)\.")


@dataclass(frozen=True, slots=True)
class FleetError:
    """One reason why a fleet request got no instance, although the call itself succeeded."""

    code: str
    message: str = ""
    subnets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CloudTrailCall:
    """One call.

    `code` is CloudTrail's spelling (`Client.RequestLimitExceeded`), empty for success. `caller` is the ARN of
    the role behind a session, or the name of an AWS service. `from_instance` is the instance whose role
    it is. `subnets`, `enis` and `instances` are the ids among the request parameters.
    """

    id: str
    name: str
    at: datetime | None = None
    code: str = ""
    message: str = ""
    user_agent: str = ""
    caller: str = ""
    from_instance: str = ""
    request_id: str = ""
    subnets: tuple[str, ...] = ()
    enis: tuple[str, ...] = ()
    instances: tuple[str, ...] = ()
    fleet_errors: tuple[FleetError, ...] = ()

    @property
    def error(self) -> str:
        """The code without its class (`RequestLimitExceeded`); empty for success and for a dry run."""
        bare = _ERROR_CLASS.sub("", self.code, count=1)
        return "" if bare == DRY_RUN else bare


def parse_call(text: str | bytes, at: datetime | None = None) -> CloudTrailCall | None:
    """The call in an event's JSON text; None for other events. `at` overrides the time in the event."""
    try:
        event = msgspec.json.decode(text) if len(text) <= MAX_EVENT_BYTES else None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return call_of_event(event, at) if isinstance(event, dict) else None


def call_of_event(event: Mapping[str, Any], at: datetime | None = None) -> CloudTrailCall | None:
    """The call of an event; None if it is not an EC2 call or has no name."""
    name = string_or_empty(event.get("eventName"))
    if not name or string_or_empty(event.get("eventSource")) not in ("", EC2_EVENT_SOURCE):
        return None
    parameters = event.get("requestParameters")
    code = string_or_empty(event.get("errorCode"))
    identity = _mapping_or_empty(event.get("userIdentity"))
    described = _DESCRIBED.findall(string_or_empty(_mapping_or_empty(parameters).get("description")))
    return CloudTrailCall(
        id=string_or_empty(event.get("eventID")),
        name=name[:100],
        at=at or parse_timestamp(string_or_empty(event.get("eventTime"))),
        code=code[:100],
        message=_message(event.get("errorMessage")),
        user_agent=string_or_empty(event.get("userAgent"))[:300],
        caller=_caller(identity),
        from_instance=_instance_of_session(identity),
        request_id=string_or_empty(event.get("requestID"))[:64],
        subnets=ids_in(parameters, _SUBNET_KEYS, _SUBNET),
        enis=ids_in(parameters, _ENI_KEYS, _ENI),
        instances=tuple(dict.fromkeys((*ids_in(parameters, _INSTANCE_KEYS, _INSTANCE), *described))),
        fleet_errors=() if code else tuple(_fleet_errors(event.get("responseElements"))),
    )


def encode_call(call: CloudTrailCall) -> str:
    """The call as JSON text of an event with nothing else in it; `parse_call` reads it back."""
    identity = {"arn": call.caller, "principalId": f":{call.from_instance}" if call.from_instance else ""}
    event = {
        "eventID": call.id,
        "eventName": call.name,
        "eventSource": EC2_EVENT_SOURCE,
        "eventTime": call.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if call.at else "",
        "errorCode": call.code,
        "errorMessage": call.message,
        "userAgent": call.user_agent,
        "requestID": call.request_id,
        "userIdentity": _without_empty(identity),
        "requestParameters": _without_empty(
            {
                "subnetId": call.subnets,
                "networkInterfaceId": call.enis,
                "instanceId": call.instances,
            }
        ),
        "responseElements": {"errorSet": [_fleet_error(one) for one in call.fleet_errors]}
        if call.fleet_errors
        else {},
    }
    return msgspec.json.encode(_without_empty(event)).decode()


def _caller(identity: Mapping[str, Any]) -> str:
    """The role behind a session: the session's own name may be a person's."""
    issuer = _mapping_or_empty(_mapping_or_empty(identity.get("sessionContext")).get("sessionIssuer"))
    arn = (
        string_or_empty(issuer.get("arn"))
        or string_or_empty(identity.get("arn"))
        or string_or_empty(identity.get("invokedBy"))
    )
    session = _SESSION.fullmatch(arn)
    return (session[1] if session else arn)[:300]


def _instance_of_session(identity: Mapping[str, Any]) -> str:
    """The instance id, which is the name of an instance's own session; else empty."""
    session = (
        string_or_empty(identity.get("principalId")).rpartition(":")[2]
        or string_or_empty(identity.get("arn")).rpartition("/")[2]
    )
    return session if _INSTANCE.fullmatch(session) else ""


def _fleet_errors(response: Any) -> Iterator[FleetError]:
    found = 0
    for entry in objects_in(response):
        code = string_or_empty(entry.get("errorCode"))
        if code and found < MAX_IDS:
            found += 1
            message = _message(entry.get("errorMessage"))
            yield FleetError(code[:100], message, ids_in(entry, _SUBNET_KEYS, _SUBNET))


def _fleet_error(error: FleetError) -> dict[str, Any]:
    return _without_empty({"errorCode": error.code, "errorMessage": error.message, "subnetId": error.subnets})


def _message(value: Any) -> str:
    return " ".join(_ENCODED.sub("", string_or_empty(value)[: 4 * MAX_MESSAGE_CHARACTERS]).split())[
        :MAX_MESSAGE_CHARACTERS
    ]


def _without_empty(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value}


def _mapping_or_empty(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
