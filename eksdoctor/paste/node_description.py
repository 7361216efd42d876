"""`kubectl describe node`, whole or in part."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from eksdoctor.paste.pasted_text import PLACEHOLDER_NODE

_NAME = re.compile(r"^Name:[ \t]+(?P<name>[a-z0-9][a-z0-9.-]{0,252})[ \t]*$", re.MULTILINE)
_SECTION = re.compile(r"^[ \t]{0,8}(?P<name>Capacity|Allocatable):[ \t]*$", re.MULTILINE)
_QUANTITY = re.compile(
    r"[ \t]{1,16}(?P<name>[a-z0-9][\w./-]{1,80}):[ \t]{1,80}(?P<value>[0-9][0-9A-Za-z]{0,20})[ \t]*$"
)
_LABEL = re.compile(
    r"(?P<key>(?:topology\.kubernetes\.io|node\.kubernetes\.io|eks\.amazonaws\.com|vpc\.amazonaws\.com"
    r"|karpenter\.sh|karpenter\.k8s\.aws|k8s\.amazonaws\.com)/[\w.-]{1,63})=(?P<value>[\w.-]{0,63})"
)
_TYPE = re.compile(
    r"\b(?P<type>[a-z]{1,3}\d{1,2}[a-z-]{0,8}\.(?:nano|micro|small|medium|large|\d{0,3}xlarge|metal(?:-\d{1,3}xl)?))\b"
)
_IMAGE = re.compile(r"^[ \t]*OS Image:[ \t]+(?P<image>\S.{0,100}?)[ \t]*$", re.MULTILINE)
_CORDONED = re.compile(
    r"^[ \t]*Unschedulable:[ \t]+true[ \t]*$|node\.kubernetes\.io/unschedulable:NoSchedule", re.MULTILINE
)
MAX_SECTIONS = 100
MAX_SECTION_CHARACTERS = 4096
TYPE_LABEL = "node.kubernetes.io/instance-type"


def parse_node(text: str) -> dict[str, Any] | None:
    """The node that the text describes, as an API object; None if it describes none.

    If only one of Capacity and Allocatable is there, it stands for both: for pods and
    branch ENIs they are equal.
    """
    resources = dict(_resources(text))
    labels = {match["key"]: match["value"] for match in _LABEL.finditer(text)}
    if not any("pods" in quantities or "cpu" in quantities for quantities in resources.values()):
        return None
    capacity, allocatable = resources.get("Capacity", {}), resources.get("Allocatable", {})
    name = _NAME.search(text)
    image = _IMAGE.search(text)
    return {
        "metadata": {"name": name["name"] if name else PLACEHOLDER_NODE, "labels": labels},
        "spec": {"unschedulable": _CORDONED.search(text) is not None},
        "status": {
            "capacity": capacity or allocatable,
            "allocatable": allocatable or capacity,
            "nodeInfo": {"osImage": image["image"] if image else "", "operatingSystem": "linux"},
        },
    }


def find_instance_types(text: str) -> set[str]:
    """The instance types that the text names."""
    return {match["type"] for match in _TYPE.finditer(text)}


def _resources(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for section in islice(_SECTION.finditer(text), MAX_SECTIONS):
        found: dict[str, str] = {}
        for line in text[section.end() : section.end() + MAX_SECTION_CHARACTERS].splitlines()[1:40]:
            match = _QUANTITY.match(line)
            if match is None:
                break
            found[match["name"]] = match["value"]
        yield section["name"], found
