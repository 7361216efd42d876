"""`ipam.json`, the daemon's checkpoint: which address it holds for which pod."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eksdoctor.evidence.inputs.ipamd_introspection import decoded, pod_of, text_of
from eksdoctor.evidence.text.timestamps import moment

_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Allocation:
    """An address that the checkpoint holds for a pod."""

    address: str
    pod: str = ""
    since: datetime | None = None


def checkpoint(document: bytes) -> tuple[Allocation, ...] | None:
    """The allocations of an `ipam.json`; None for another document."""
    found = decoded(document)
    entries = found.get("allocations") if found else None
    if not isinstance(entries, list):
        return None
    return tuple(_allocation(entry) for entry in entries[:_MOST] if isinstance(entry, dict))


def _allocation(entry: Mapping[str, Any]) -> Allocation:
    stamp = entry.get("allocationTimestamp")
    seconds = stamp / 1_000_000_000 if isinstance(stamp, int) and stamp > 1 << 40 else stamp
    since = (
        moment(seconds) if isinstance(seconds, int | float | str) and not isinstance(seconds, bool) else None
    )
    address = text_of(entry.get("ipv4")) or text_of(entry.get("ipv6"))
    return Allocation(address, pod_of(entry.get("metadata")), since)
