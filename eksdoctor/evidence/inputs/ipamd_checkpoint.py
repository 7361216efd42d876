"""`ipam.json`, ipamd's checkpoint: which IP it holds for which pod."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eksdoctor.evidence.inputs.ipamd_introspection import decode_object, pod_of_metadata, string_or_empty
from eksdoctor.evidence.text.timestamps import parse_timestamp

_MAX_ALLOCATIONS = 200_000


@dataclass(frozen=True, slots=True)
class Allocation:
    """An IP that the checkpoint holds for a pod (`namespace/name`, or empty)."""

    address: str
    pod: str = ""
    since: datetime | None = None


def parse_checkpoint(document: bytes) -> tuple[Allocation, ...] | None:
    """The allocations in an `ipam.json`; None for any other document."""
    found = decode_object(document)
    entries = found.get("allocations") if found else None
    if not isinstance(entries, list):
        return None
    return tuple(_allocation(entry) for entry in entries[:_MAX_ALLOCATIONS] if isinstance(entry, dict))


def _allocation(entry: Mapping[str, Any]) -> Allocation:
    stamp = entry.get("allocationTimestamp")
    seconds = stamp / 1_000_000_000 if isinstance(stamp, int) and stamp > 1 << 40 else stamp
    since = (
        parse_timestamp(seconds)
        if isinstance(seconds, int | float | str) and not isinstance(seconds, bool)
        else None
    )
    address = string_or_empty(entry.get("ipv4")) or string_or_empty(entry.get("ipv6"))
    return Allocation(address, pod_of_metadata(entry.get("metadata")), since)
