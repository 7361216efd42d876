"""The manifest of a snapshot, and the conversion between a Snapshot and its files."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from eksdoctor import __version__
from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot.actions import ACTIONS, KINDS
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.file_encoding import utf8
from eksdoctor.snapshot.request import Refusal, Request
from eksdoctor.snapshot.snapshot import FORMAT, Focus, Outcome, Snapshot, Target, decode

NAME = "manifest.json"
OLDEST, NEWEST = 1970, 2999  # the years of a capture; others overflow datetime
LONGEST_WINDOW = 366 * 24 * 3600.0
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class RecordedRequest(msgspec.Struct, omit_defaults=True):
    """One request in the manifest, and its outcome."""

    action: str
    arguments: dict[str, str | list[str]] = {}
    seconds: float = 0.0
    pages: int = 1
    count: int = 0
    dropped: int = 0
    absent: bool = False
    sampled: bool = False
    refusal: Refusal | None = None


class Manifest(msgspec.Struct):
    """`manifest.json`."""

    format: int
    at: datetime
    tool: str = ""
    window_seconds: float = 3600.0
    purpose: str = "triage"
    target: Target = msgspec.field(default_factory=Target)
    focus: Focus = msgspec.field(default_factory=Focus)
    requests: list[RecordedRequest] = []


def disassemble(snapshot: Snapshot) -> dict[str, bytes]:
    """The content of a snapshot's files, by path."""
    recorded = [
        RecordedRequest(
            action=request.action.name,
            arguments={
                name: value if isinstance(value, str) else list(value) for name, value in request.arguments
            },
            seconds=round(outcome.seconds, 3),
            pages=outcome.pages,
            count=outcome.count,
            dropped=outcome.dropped,
            absent=outcome.absent,
            sampled=outcome.sampled,
            refusal=outcome.refusal,
        )
        for request, outcome in snapshot.outcomes.items()
    ]
    head = Manifest(
        format=FORMAT,
        at=snapshot.at,
        tool=snapshot.tool or __version__,
        window_seconds=snapshot.window.total_seconds(),
        purpose=snapshot.purpose,
        target=snapshot.target,
        focus=snapshot.focus,
        requests=recorded,
    )
    files = {NAME: _dump(head)}
    for kind in KINDS:
        if kind.file in snapshot.records:
            files[f"{kind.file}.json"] = _dump(_wrapped(kind, snapshot.records[kind.file]))
    return files


def assemble(files: dict[str, bytes], name: str) -> Snapshot:
    """The snapshot in `files`; `name` is for messages. Raises SnapshotError when they are no snapshot."""
    if not files:
        raise SnapshotError(
            f"{name} contains nothing that eksdoctor can read",
            "A snapshot has manifest.json, kubernetes/*.json and aws/*.json; a bundle of node logs has "
            "ipamd/*.json or var_log/aws-routed-eni/.",
        )
    head = _read_manifest(files, name)
    records: dict[str, tuple[Any, ...]] = {}
    lost: dict[str, int] = {}
    for kind in KINDS:
        content = files.get(f"{kind.file}.json")
        if content is not None:
            records[kind.file], lost[kind.file] = _read_documents(kind, content, name)
    if head is None:
        return Snapshot(at=_latest(records), records=records, has_manifest=False, tool="files")
    outcomes = {}
    lost = _with_missing(head, records, lost)
    for recorded in head.requests:
        if recorded.action not in ACTIONS:
            continue
        action = ACTIONS[recorded.action]
        arguments = tuple(
            sorted(
                (key, value if isinstance(value, str) else tuple(value))
                for key, value in recorded.arguments.items()
            )
        )
        dropped = recorded.dropped + lost.get(action.kind.file, 0)
        outcomes[Request(action, arguments)] = Outcome(
            recorded.refusal,
            recorded.absent,
            dropped,
            recorded.count,
            recorded.seconds,
            recorded.pages,
            recorded.sampled,
        )
    return Snapshot(
        at=head.at,
        window=timedelta(seconds=head.window_seconds),
        target=head.target,
        focus=head.focus,
        purpose=head.purpose,
        tool=head.tool,
        records=records,
        outcomes=outcomes,
    )


def _with_missing(
    head: Manifest, records: dict[str, tuple[Any, ...]], lost: dict[str, int]
) -> dict[str, int]:
    """The lost records of each file; a file with fewer records than one answer had is cut or missing."""
    found = dict(lost)
    for recorded in head.requests:
        if recorded.action in ACTIONS:
            file = ACTIONS[recorded.action].kind.file
            cut = recorded.count - len(records.get(file, ()))
            found[file] = max(found.get(file, 0), cut)
    return found


def _read_manifest(files: dict[str, bytes], name: str) -> Manifest | None:
    if NAME not in files:
        return None
    try:
        content = utf8(files[NAME])
        version = msgspec.json.decode(content, type=dict[str, Any]).get("format")
        if isinstance(version, int) and version > FORMAT:
            raise SnapshotError(
                f"{name} has snapshot format {version}; eksdoctor {__version__} reads formats up to {FORMAT}",
                "Upgrade eksdoctor.",
            )
        head = msgspec.json.decode(content, type=Manifest)
    except _UNREADABLE as error:
        raise SnapshotError(f"{name}: manifest.json cannot be read: {error}", "Capture it again.") from error
    wrong = _wrong(head)
    if wrong:
        raise SnapshotError(f"{name}: manifest.json is invalid: {wrong}", "Capture it again.")
    return head if head.at.tzinfo else msgspec.structs.replace(head, at=head.at.replace(tzinfo=UTC))


def _wrong(head: Manifest) -> str:
    """Which value no capture writes; empty when all are valid."""
    if head.format < 1:
        return f"format {head.format}"
    if not OLDEST <= head.at.year <= NEWEST:
        return f"the year {head.at.year}"
    if not 0 < head.window_seconds <= LONGEST_WINDOW:
        return f"a window of {head.window_seconds:g} s"
    return ""


def _read_documents(kind: Kind[Any], content: bytes, name: str) -> tuple[tuple[Any, ...], int]:
    try:
        entries = _entries(kind, msgspec.json.decode(utf8(content)))
    except _UNREADABLE as error:
        raise SnapshotError(f"{name}: {kind.file}.json is not JSON: {error}", "Capture it again.") from error
    found, lost = [], 0
    for entry in entries:
        try:
            record = decode(kind, entry)
        except (msgspec.ValidationError, TypeError):
            lost += 1
            continue
        found.append(entry if kind.whole else record)
    return tuple(found), lost


def _entries(kind: Kind[Any], document: Any) -> list[Any]:
    """The records in a file: an API list, one bare object, or a JSON list of answers."""
    if isinstance(document, list):
        return [entry for part in document for entry in _entries(kind, part)]
    if not isinstance(document, dict):
        return []
    if not kind.items:
        return [document]
    inner = document.get(kind.items, [document] if "metadata" in document else [])
    return inner if isinstance(inner, list) else [inner]


def _wrapped(kind: Kind[Any], documents: tuple[Any, ...]) -> Any:
    if kind.file.startswith("kubernetes/"):
        if kind.items == "rows":
            columns = [{"name": column} for column in ("Status", "IP", "Node")]
            return {
                "kind": "Table",
                "apiVersion": "meta.k8s.io/v1",
                "columnDefinitions": columns,
                "rows": documents,
            }
        return {"kind": "List", "apiVersion": "v1", "items": documents}
    if not kind.items:
        return documents[0] if documents else {}
    if kind.single:  # one object in each answer: a list of answers
        return [{kind.items: document} for document in documents]
    return {kind.items: documents}


def _latest(records: dict[str, tuple[Any, ...]]) -> datetime:
    """The time of the newest event, for a folder without a manifest; 1970 without events."""
    times = [
        time
        for event in records.get("kubernetes/events", ())
        for time in (event.last_timestamp, event.event_time)
        if time is not None and OLDEST <= time.year <= NEWEST
    ]
    return max(times, default=datetime(1970, 1, 1, tzinfo=UTC))


def _dump(document: Any) -> bytes:
    encoded = msgspec.json.encode(document, order="sorted")
    return msgspec.json.format(encoded, indent=1) + b"\n"
