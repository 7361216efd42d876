"""EC2's filters: the value or values a resource shows under a filter's name."""

from fnmatch import fnmatchcase
from typing import Any

PLAIN = {
    "attachment.instance-id": ("Attachment", "InstanceId"),
    "availability-zone": ("AvailabilityZone",),
    "availability-zone-id": ("AvailabilityZoneId",),
    "cidr-block": ("CidrBlock",),
    "description": ("Description",),
    "group-id": ("GroupId",),
    "group-name": ("GroupName",),
    "instance-type": ("InstanceType",),
    "interface-type": ("InterfaceType",),
    "network-interface-id": ("NetworkInterfaceId",),
    "requester-id": ("RequesterId",),
    "status": ("Status",),
    "subnet-id": ("SubnetId",),
    "vpc-id": ("VpcId",),
}


def passes(document: dict[str, Any], name: str, wanted: tuple[str, ...]) -> bool:
    """Whether a resource passes a filter: any of the values, `*` and `?` being wildcards."""
    shown = _shown(document, name)
    return any(fnmatchcase(value, pattern) for value in shown for pattern in wanted)


def _shown(document: dict[str, Any], name: str) -> list[str]:
    tags = document.get("Tags") or document.get("TagSet") or []
    if name == "tag-key":
        return [tag["Key"] for tag in tags]
    if name.startswith("tag:"):
        return [tag["Value"] for tag in tags if tag["Key"] == name.removeprefix("tag:")]
    if name == "addresses.private-ip-address":
        return [address["PrivateIpAddress"] for address in document["PrivateIpAddresses"]]
    value: Any = document
    for step in PLAIN[name]:
        value = value.get(step) if isinstance(value, dict) else None
    return [] if value is None else [str(value)]
