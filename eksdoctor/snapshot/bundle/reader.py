"""What a bundle adds to a snapshot: small texts as records, logs as streams, read where they lie."""

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
from eksdoctor.snapshot.records.node_text import Words
from eksdoctor.snapshot.text_streams import Stream

MOST_TEXT = 8 << 20
MOST_NAMING = 4 << 20
MOST_ENDS = 256 << 10
MOST_LOGS = 400
_GZIP = ".gz"


@dataclass(frozen=True, slots=True)
class Bundle:
    """One node's logs. `instance` and `host` are whose, `at` when it was made, each empty if not known.

    Its words and streams have no node yet: which one they are of is told by the snapshot beside them.
    """

    path: Path
    at: datetime | None = None
    instance: str = ""
    host: str = ""
    words: tuple[Words, ...] = ()
    streams: tuple[Stream, ...] = ()


@dataclass(slots=True)
class _Finds:
    """What was found on the way through an archive."""

    path: Path
    version: Version
    words: dict[str, Words] = field(default_factory=dict)
    logs: dict[str, tuple[layout.Log, Stream]] = field(default_factory=dict)
    times: list[datetime] = field(default_factory=list)
    instances: list[str] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)

    @property
    def is_bundle(self) -> bool:
        return bool(self.words or self.logs)

    def look(self, member: Member) -> None:
        """Take what a member has."""
        kind = layout.words(member.name)
        found = layout.log(member.name)
        if kind:
            text = member.head(MOST_TEXT)
            self.words[member.name] = Words(
                kind, name=member.name, text=text.decode("utf-8", "replace"), whole=len(text) == member.size
            )
        elif found is not None:
            self._log(member, found)
        elif layout.names_node(member.name):
            head = member.head(MOST_NAMING)
            if member.name.endswith("instance-id.txt"):
                self.instances.append(bundle_origin.instance_in(head))
            else:
                self.hosts[member.name] = bundle_origin.host_in(member.name, head)

    def _log(self, member: Member, found: layout.Log) -> None:
        if len(self.logs) >= MOST_LOGS:
            raise DamagedError(f"it holds more than {MOST_LOGS} logs of its daemons")
        opened = partial(content, self.path, member.mark(), member.size, self.version)
        self.logs[member.name] = (found, Stream(found.kind, member.name, opened))
        if member.name.endswith(_GZIP):
            return
        head, tail = member.ends(MOST_ENDS)
        if found.kind == layout.KUBELET:
            self.hosts[member.name] = bundle_origin.host_in(member.name, head)
        latest = bundle_origin.newest(tail)
        if latest is not None:
            self.times.append(latest)

    def bundle(self) -> Bundle:
        """The finds in order."""
        file = self.path.name
        times = [at for at in (bundle_origin.made_at(file), *self.times) if at is not None]
        at = max(times, default=None)
        hosts = (
            *(self.hosts[name] for name in sorted(self.hosts, key=_by_worth)),
            bundle_origin.host_of(file),
        )
        return Bundle(
            self.path,
            at,
            next(filter(None, self.instances), ""),
            next(filter(None, hosts), ""),
            tuple(replace(one, at=at) for one in self.words.values()),
            tuple(_streams(self.logs.values())),
        )


def read(path: Path) -> Bundle | None:
    """The bundle at `path`; None for what is none, such as a snapshot or a text.

    Raises SnapshotError for a bundle that is cut off, damaged or made to do harm.
    """
    if not path.is_file():
        return None
    finds = _Finds(path, Version.of(path))
    try:
        for member in members(path):
            if member.name in archive.FILES or member.name == manifest.NAME:
                return None
            finds.look(member)
    except DamagedError as fault:
        if not finds.is_bundle:
            return None
        raise SnapshotError(
            f"{path} is a bundle of node logs, but {fault}",
            "Copy it again from the node, or create it again.",
        ) from fault
    return finds.bundle() if finds.is_bundle else None


def _streams(found: Iterable[tuple[layout.Log, Stream]]) -> Iterator[Stream]:
    """The logs by kind, the oldest first; a container's log that stands there twice is read once."""
    logs = sorted(found, key=lambda pair: (layout.KINDS.index(pair[0].kind), pair[0].order))
    has_own = {log.kind for log, _ in logs if not log.is_twin}
    yield from (stream for log, stream in logs if not (log.is_twin and log.kind in has_own))


def _by_worth(name: str) -> int:
    """The kubelet's own command line is surer than its unit, and that than the log."""
    return next(place for place, end in enumerate(("ps.txt", "_service.txt", "")) if name.endswith(end))
