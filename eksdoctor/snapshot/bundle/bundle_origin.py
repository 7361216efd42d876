"""The node of a bundle and the time it was made, from its name and its files."""

import re
from datetime import UTC, datetime

from eksdoctor.snapshot.bundle import layout

EARLIEST, LATEST = 2015, 2999  # years
_INSTANCE = re.compile(rb"\bi-[0-9a-f]{8,17}\b")
_HOST = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
_OVERRIDE = re.compile(rf'--hostname-override[= ]"?({_HOST})'.encode())
_KUBELET = b"kubelet"
_JOURNAL = re.compile(
    rf"^(?:[A-Z][a-z]{{2}} [ \d]\d \d\d:\d\d:\d\d|\d{{4}}-\d\d-\d\dT[\d:.]{{8,16}}[+-]\d\d:?\d\d) ({_HOST}) "
    r"kubelet\[".encode(),
    re.MULTILINE,
)
_NAMED = re.compile(rf"((?:ip|i)-{_HOST})-logs\.(?:tar\.gz|tgz|tar)")
_MADE = re.compile(r"eks_.*?_(\d{4}-\d\d-\d\d)_(\d{4})-UTC")
# Only a timestamp at the start of a line counts: messages contain expiry dates of certificates.
_STAMP = re.compile(
    rb'^(?:\{"level":"[a-z]{1,9}","ts":")?'
    rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)",
    re.MULTILINE,
)


def instance_in(content: bytes) -> str:
    """The instance id in `system/instance-id.txt`; empty without one."""
    found = _INSTANCE.search(content)
    return found[0].decode() if found else ""


def host_in(name: str, content: bytes) -> str:
    """The node's name: from the kubelet's command line, else from the host name in the journal."""
    lines = (line for line in content.splitlines() if _KUBELET in line)
    found = next((match for match in map(_OVERRIDE.search, lines) if match), None)
    if found is None and layout.log(name) is not None:
        found = _JOURNAL.search(content)
    return found[1].decode() if found else ""


def host_of(file: str) -> str:
    """The node's name in the file name of a NodeDiagnostic, `NODE-logs.tar.gz`; empty for other names."""
    found = _NAMED.fullmatch(file)
    return found[1] if found else ""


def made_at(file: str) -> datetime | None:
    """The start of eks-log-collector, from its file name, to the minute; None for other names."""
    found = _MADE.match(file)
    return _moment(f"{found[1]}T{found[2][:2]}:{found[2][2:]}:00", "Z") if found else None


def newest(text: bytes) -> datetime | None:
    """The newest timestamp in a part of a log; None without timestamps."""
    found = (_moment(stamp.decode(), zone.decode()) for stamp, zone in _STAMP.findall(text))
    return max((at for at in found if at is not None), default=None)


def _moment(stamp: str, zone: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(stamp + zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at.year <= LATEST else None
