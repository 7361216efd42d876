"""The request id, sandbox, subnet, ENI, pod and API call that a message names."""

import re
from dataclasses import dataclass

_REQUEST = re.compile(
    r"equest ?[iI][dD]\"?: ?\"?([0-9A-Za-z][0-9A-Za-z-]{7,63})"
)  # without R: few other words contain it
_SANDBOX = re.compile(
    r"(?:sandbox \"|Sandbox |ContainerID\(|for container |sandbox container \")([0-9a-f]{12,64})"
)
_SUBNET = re.compile(
    r"(?:for subnet |in subnet:? '?|subnet ID '|Subnet )(subnet-[0-9a-fx]{6,17})\b|(subnet-[0-9a-fx]{6,17})\b"
)
_ENI = re.compile(r"\beni-[0-9a-fx]{6,17}\b")
_ACTION = re.compile(
    r"(?:perform: |failed to call |action: )\w{2,32}:(\w{3,64})|operation error (?:EC2|STS): (\w{3,64})"
)
_CLOUDTRAIL_ACTION = re.compile(r"\"?eventName\"? ?: ?\"?(\w{3,64})")
_NAME = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
_PODS = (
    re.compile(
        rf'K8S_POD_NAMESPACE[=:]"?(?P<namespace>{_NAME})"?.{{0,300}}?K8S_POD_NAME[=:]"?(?P<pod>{_NAME})'
    ),
    re.compile(
        rf'K8S_POD_NAME[=:]"?(?P<pod>{_NAME})"?.{{0,300}}?K8S_POD_NAMESPACE[=:]"?(?P<namespace>{_NAME})'
    ),
    re.compile(rf'set ?up pod "(?P<pod>{_NAME})_(?P<namespace>{_NAME})" network'),
    re.compile(rf"for pod (?P<pod>{_NAME}) namespace (?P<namespace>{_NAME})"),
    re.compile(rf"Pod (?P<pod>{_NAME}), ?Name[sS]pace (?P<namespace>{_NAME})"),
    re.compile(rf'\bpod="(?P<namespace>{_NAME})/(?P<pod>{_NAME})"'),
    re.compile(rf"\bin pod (?P<pod>{_NAME})_(?P<namespace>{_NAME})\("),
)


@dataclass(frozen=True, slots=True)
class NamedObjects:
    """The objects that a message names; empty if it names none. `pod` is `namespace/name`."""

    sandbox: str = ""
    subnet: str = ""
    eni: str = ""
    pod: str = ""
    action: str = ""


def find_named_objects(message: str) -> NamedObjects:
    """The objects that the message names."""
    return NamedObjects(
        sandbox=_first_group(_SANDBOX, message),
        subnet=_find_subnet(message),
        eni=_whole_match(_ENI, message),
        pod=_find_pod(message),
        action=_first_group(_ACTION, message) or _first_group(_CLOUDTRAIL_ACTION, message),
    )


def find_request_ids(message: str) -> tuple[str, ...]:
    """The ids of the AWS requests that the message is about, each once."""
    near = message.find("equest")
    return tuple(dict.fromkeys(_REQUEST.findall(message, near))) if near >= 0 else ()


def _first_group(pattern: re.Pattern[str], message: str) -> str:
    match = pattern.search(message)
    return next((group for group in match.groups() if group), "") if match else ""


def _whole_match(pattern: re.Pattern[str], message: str) -> str:
    match = pattern.search(message)
    return match[0] if match else ""


def _find_subnet(message: str) -> str:
    """The subnet that the message is about; else the first one in it, for example in an ARN."""
    if "subnet-" not in message:
        return ""
    found = ""
    for match in _SUBNET.finditer(message):
        if match[1]:
            return match[1]
        found = found or match[2]
    return found


def _find_pod(message: str) -> str:
    if not any(word in message for word in ("pod", "Pod", "POD")):
        return ""
    for pattern in _PODS:
        match = pattern.search(message)
        if match:
            return f"{match['namespace']}/{match['pod']}"
    return ""
