"""Which request, sandbox, subnet, ENI, pod, node and call a message names."""

import re
from dataclasses import dataclass

_REQUEST = re.compile(r"equest ?[iI][dD]\"?: ?\"?([0-9A-Za-z][0-9A-Za-z-]{7,63})")  # begins as few words do
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
class Details:
    """The names in a message; empty where it has none. `pod` is `namespace/name`."""

    sandbox: str = ""
    subnet: str = ""
    eni: str = ""
    pod: str = ""
    action: str = ""


def details(message: str) -> Details:
    """What the message names."""
    return Details(
        sandbox=_first(_SANDBOX, message),
        subnet=_subnet(message),
        eni=_whole(_ENI, message),
        pod=_pod(message),
        action=_first(_ACTION, message) or _first(_CLOUDTRAIL_ACTION, message),
    )


def requests(message: str) -> tuple[str, ...]:
    """The ids of the requests that the message is about."""
    near = message.find("equest")
    return tuple(dict.fromkeys(_REQUEST.findall(message, near))) if near >= 0 else ()


def _first(pattern: re.Pattern[str], message: str) -> str:
    match = pattern.search(message)
    return next((group for group in match.groups() if group), "") if match else ""


def _whole(pattern: re.Pattern[str], message: str) -> str:
    match = pattern.search(message)
    return match[0] if match else ""


def _subnet(message: str) -> str:
    """The subnet said to be meant, before one that merely occurs, in an ARN say."""
    if "subnet-" not in message:
        return ""
    found = ""
    for match in _SUBNET.finditer(message):
        if match[1]:
            return match[1]
        found = found or match[2]
    return found


def _pod(message: str) -> str:
    if not any(word in message for word in ("pod", "Pod", "POD")):
        return ""
    for pattern in _PODS:
        match = pattern.search(message)
        if match:
            return f"{match['namespace']}/{match['pod']}"
    return ""
