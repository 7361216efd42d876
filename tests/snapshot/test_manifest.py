"""Manifests and files that make no sense: refused in words, never a crash, never taken for health."""

import msgspec
import pytest

from eksdoctor.errors import SnapshotError
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Items
from eksdoctor.snapshot import manifest
from eksdoctor.snapshot.file_encoding import utf8
from eksdoctor.snapshot.records.kubernetes import LIST_EVENTS, LIST_NODES

HEAD = {"format": 1, "at": "2026-01-02T00:00:00Z"}
NODES = {"kind": "List", "items": [{"metadata": {"name": "n"}}]}


def files(head=None, **documents):
    found = {f"kubernetes/{name}.json": msgspec.json.encode(one) for name, one in documents.items()}
    return found if head is None else {**found, manifest.NAME: msgspec.json.encode({**HEAD, **head})}


@pytest.mark.parametrize(
    "head",
    [
        {"format": 0}, {"format": -1}, {"format": None}, {"format": "1"}, {"window_seconds": 0},
        {"window_seconds": -5}, {"window_seconds": 1e300}, {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-12:00"}, {"at": 0}, {"target": 7}, {"requests": [{"action": 1}]},
    ],
    ids=str,
)  # fmt: skip
def test_a_manifest_that_no_capture_writes(head):
    with pytest.raises(SnapshotError) as caught:
        manifest.assemble(files(head, nodes=NODES), "x")
    assert caught.value.advice


@pytest.mark.parametrize("content", [b"[" * 100_000, b"\xff\xfe\x00\xd8", b"{\x00", b'{"format": NaN}'])
def test_a_manifest_that_is_no_text(content):
    with pytest.raises(SnapshotError, match=r"manifest\.json"):
        manifest.assemble({manifest.NAME: content}, "x")


@pytest.mark.parametrize(
    "content",
    [
        b'{"items": [{"metadata": {"name": "a"}, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
        b'{"items": [{"metadata": {"name": "\xff"}}]}',
        b'{"items": [{"metadata": {"name": "\\ud800"}}]}',
        b'{"items": [{"count": 1e400}]}',
        b"",
        b"[" * 900,
    ],
    ids=["deep", "bytes", "surrogate", "infinite", "empty", "cut"],
)
def test_a_file_that_cannot_be_read_is_named(content):
    with pytest.raises(SnapshotError, match=r"kubernetes/events\.json"):
        manifest.assemble({"kubernetes/events.json": content}, "x")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_that_powershell_wrote_are_read(encoding):
    text = msgspec.json.encode(NODES).decode()
    read = manifest.assemble({"kubernetes/nodes.json": text.encode(encoding)}, "x")
    assert [node.metadata.name for node in read.of(LIST_NODES.kind)] == ["n"]


def test_half_a_character_after_a_mark_is_left_for_the_decoder():
    assert utf8(b"\xff\xfea") == b"\xff\xfea"


@pytest.mark.parametrize("documents", [{}, {"nodes": {"items": []}}, {"nodes": NODES}])
def test_a_list_that_lost_records_on_its_way_is_not_whole(documents):
    head = {"requests": [{"action": "list-nodes", "count": 2}]}
    nodes = Cluster(manifest.assemble(files(head, **documents), "x")).nodes
    assert isinstance(nodes, Items)
    assert nodes.missing is not None


def test_a_whole_list_is_whole():
    nodes = Cluster(
        manifest.assemble(files({"requests": [{"action": "list-nodes", "count": 1}]}, nodes=NODES), "x")
    ).nodes
    assert nodes.missing is None


def test_a_moment_without_a_zone_is_none_and_its_event_is_left_out():
    event = {"metadata": {"name": "e"}, "lastTimestamp": "2026-01-02T00:00:00"}
    read = manifest.assemble(files(events={"items": [event, {**event, "lastTimestamp": None}]}), "x")
    assert [one.last_timestamp for one in read.of(LIST_EVENTS.kind)] == [None]


def test_a_folder_is_not_dated_by_an_event_from_outside_the_calendar():
    events = [
        {"metadata": {"name": name}, "lastTimestamp": time}
        for name, time in (("a", "9999-12-31T23:59:59-12:00"), ("b", "2026-01-02T00:00:00Z"))
    ]
    assert manifest.assemble(files(events={"items": events}), "x").at.year == 2026
