"""What a bundle adds to a snapshot: small texts as records, logs as streams that are read in place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot import archive, manifest
from eksdoctor.snapshot.bundle import bundle_origin, layout
from eksdoctor.snapshot.bundle.tarball import Member, Version, content, members
from eksdoctor.snapshot.bundle.unpacked import DamagedError
from eksdoctor.snapshot.records.node_text import NodeText
from eksdoctor.snapshot.text_streams import Stream

MAX_TEXT_BYTES = 8 << 20
MAX_NAMING_BYTES = 4 << 20
MAX_END_BYTES = 256 << 10
MAX_LOGS = 400
_GZIP = ".gz"


@dataclass(frozen=True, slots=True)
class Bundle:
    """One node's logs. `instance` and `host` name the node, `at` is when it was made; empty is not known.

    Its texts and streams have no node yet: `bundle_placement` assigns one.
    """

    path: Path
    at: datetime | None = None
    instance: str = ""
    host: str = ""
    texts: tuple[NodeText, ...] = ()
    streams: tuple[Stream, ...] = ()


@dataclass(slots=True)
class _Finds:
    """What was found so far in an archive."""

    path: Path
    version: Version
    texts: dict[str, NodeText] = field(default_factory=dict)
    logs: dict[str, tuple[layout.Log, Stream]] = field(default_factory=dict)
    times: list[datetime] = field(default_factory=list)
    instances: list[str] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)

    @property
    def is_bundle(self) -> bool:
        return bool(self.texts or self.logs)

    def add(self, member: Member) -> None:
        """Read a member and keep what is useful of it."""
        kind = layout.text_kind(member.name)
        found = layout.log(member.name)
        if kind:
            text = member.head(MAX_TEXT_BYTES)
            self.texts[member.name] = NodeText(
                kind, name=member.name, text=text.decode("utf-8", "replace"), whole=len(text) == member.size
            )
        elif found is not None:
            self._log(member, found)
        elif layout.names_node(member.name):
            head = member.head(MAX_NAMING_BYTES)
            if member.name.endswith("instance-id.txt"):
                self.instances.append(bundle_origin.instance_in(head))
            else:
                self.hosts[member.name] = bundle_origin.host_in(member.name, head)

    def _log(self, member: Member, found: layout.Log) -> None:
        if len(self.logs) >= MAX_LOGS:
            raise DamagedError(f"it has more than {MAX_LOGS} logs")
        opened = partial(content, self.path, member.mark(), member.size, self.version)
        self.logs[member.name] = (found, Stream(found.kind, member.name, opened))
        if member.name.endswith(_GZIP):
            return
        head, tail = member.ends(MAX_END_BYTES)
        if found.kind == layout.KUBELET:
            self.hosts[member.name] = bundle_origin.host_in(member.name, head)
        latest = bundle_origin.newest(tail)
        if latest is not None:
            self.times.append(latest)

    def bundle(self) -> Bundle:
        """The bundle, its logs in order."""
        file = self.path.name
        times = [at for at in (bundle_origin.made_at(file), *self.times) if at is not None]
        at = max(times, default=None)
        hosts = (
            *(self.hosts[name] for name in sorted(self.hosts, key=_rank)),
            bundle_origin.host_of(file),
        )
        return Bundle(
            self.path,
            at,
            next(filter(None, self.instances), ""),
            next(filter(None, hosts), ""),
            tuple(replace(one, at=at) for one in self.texts.values()),
            tuple(_streams(self.logs.values())),
        )


def read(path: Path) -> Bundle | None:
    """The bundle at `path`; None when it is not a bundle, such as a snapshot or a text.

    Raises SnapshotError for a bundle that is truncated, damaged or malicious.
    """
    if not path.is_file():
        return None
    finds = _Finds(path, Version.of(path))
    try:
        for member in members(path):
            if member.name in archive.FILES or member.name == manifest.NAME:
                return None
            finds.add(member)
    except DamagedError as fault:
        if not finds.is_bundle:
            return None
        raise SnapshotError(
            f"{path} is a bundle of node logs, but {fault}",
            "Copy it again from the node, or create it again.",
        ) from fault
    return finds.bundle() if finds.is_bundle else None


def _streams(found: Iterable[tuple[layout.Log, Stream]]) -> Iterator[Stream]:
    """The logs by kind, the oldest first; the second copy of a container's log is left out."""
    logs = sorted(found, key=lambda pair: (layout.KINDS.index(pair[0].kind), pair[0].order))
    has_own = {log.kind for log, _ in logs if not log.is_twin}
    yield from (stream for log, stream in logs if not (log.is_twin and log.kind in has_own))


def _rank(name: str) -> int:
    """Rank of a source of the host name: the kubelet's command line, then its unit, then its log."""
    return next(place for place, end in enumerate(("ps.txt", "_service.txt", "")) if name.endswith(end))
