"""Bundles of a node's logs: what is in them, in which order, when and whose; read where they lie."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from eksdoctor.errors import SnapshotError
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.bundle import bundle_origin, layout, reader
from eksdoctor.snapshot.bundle.bundle_placement import NEVER, from_bundles, node_of, with_bundles
from eksdoctor.snapshot.bundle.reader import Bundle
from eksdoctor.snapshot.records.kubernetes import LIST_NODES, Node
from eksdoctor.snapshot.records.node_text import NODE_TEXTS
from eksdoctor.snapshot.request import Answer, Request
from eksdoctor.snapshot.snapshot import Snapshot
from tests.snapshot.packing import DIAGNOSTIC, HOST, INSTANCE, POD, SCRIPT, TWIN, pack, script_files, zap

FIXTURES = Path(__file__).parents[2] / "fixtures"
AT = datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def bundle(tmp_path):
    return reader.read(pack(tmp_path / SCRIPT, script_files()))


def names(bundle, kind):
    return [stream.name.rpartition("/")[2] for stream in bundle.streams if stream.kind == kind]


def content_of(stream):
    return b"".join(stream.open())


def test_kinds_are_those_that_testimony_knows(bundle):
    used = {*layout.KINDS, layout.METRICS, layout.INTROSPECTION}
    assert used <= set(SourceKind)
    assert {stream.kind for stream in bundle.streams} == set(layout.KINDS)


def test_logs_stand_in_order_the_oldest_first(bundle):
    assert names(bundle, "ipamd") == [
        "ipamd-2025-02-01T10-00-00.000.log.gz",
        "ipamd-2025-02-02T10-00-00.000.log.gz",
        "ipamd.log",
    ]
    assert names(bundle, "plugin") == ["plugin.log"]
    assert names(bundle, "kubelet") == ["kubelet.log"]
    own = [
        stream.name.removeprefix(f"{POD}/") for stream in bundle.streams if stream.kind == "aws-node stdout"
    ]
    assert own == [
        "aws-node/0.log.20250203-030000.gz",
        "aws-node/0.log",
        "aws-node/1.log",
        "aws-vpc-cni-init/0.log",
    ]


def test_logs_of_before_1_7_rotate_by_the_hour(tmp_path):
    files = {
        f"var_log/aws-routed-eni/{name}": "x"
        for name in ("ipamd.log", "ipamd.log.2018-05-15-22", "ipamd.log.2018-05-15-21")
    }
    found = reader.read(pack(tmp_path / "a.tgz", files))
    assert names(found, "ipamd") == ["ipamd.log.2018-05-15-21", "ipamd.log.2018-05-15-22", "ipamd.log"]


def test_a_container_s_log_that_stands_there_by_two_names_is_read_once(bundle, tmp_path):
    assert TWIN not in {stream.name for stream in bundle.streams}
    alone_there = reader.read(pack(tmp_path / "a.tgz", {TWIN: "x\n"}))
    assert [stream.name for stream in alone_there.streams] == [TWIN]


def test_streams_are_read_again_from_their_beginning(bundle):
    held = script_files()
    for stream in [*bundle.streams, *reversed(bundle.streams)]:
        content = held[stream.name]
        assert content_of(stream) == (content.encode() if isinstance(content, str) else content)


def test_two_streams_may_be_read_at_once(bundle):
    one, two = bundle.streams[0].open(), bundle.streams[1].open()
    first = next(one)
    assert b"".join(two) == content_of(bundle.streams[1])
    assert first + b"".join(one) == content_of(bundle.streams[0])


def test_small_texts_are_words(bundle):
    found = {one.name: one for one in bundle.texts}
    assert found["ipamd/metrics.json"].kind == "metrics"
    assert found["ipamd/enis.json"].kind == found["ipamd/ipam.json"].kind == "introspection"
    assert len(found) == 6
    assert {one.at for one in bundle.texts} == {AT}
    assert "ipamd/pods.json" not in found
    assert all(one.whole for one in bundle.texts)


def test_a_text_that_is_too_long_is_cut_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_TEXT_BYTES", 10)
    (words,) = reader.read(pack(tmp_path / "a.tgz", {"ipamd/enis.json": "0123456789abc"})).texts
    assert (words.text, words.whole) == ("0123456789", False)


def test_nothing_secret_is_taken(bundle):
    kept = [one.name for one in (*bundle.texts, *bundle.streams)]
    assert not [name for name in kept if "kubeconfig" in name or "messages" in name or "nodeagent" in name]


@pytest.mark.parametrize("prefix", ["", "./", "eks_logs/", "a/b/"])
@pytest.mark.parametrize("mode", ["w:gz", "w"])
def test_packed_anew_by_hand(tmp_path, prefix, mode):
    found = reader.read(pack(tmp_path / "mine.tar", script_files(), prefix, mode))
    assert (found.instance, found.host, len(found.streams), len(found.texts)) == (INSTANCE, HOST, 9, 6)


def test_bottlerocket_s_own_layout(tmp_path):
    files = {
        ".bottlerocket/rootfs/tmp/ekslogs/ipamd.log": "x",
        ".bottlerocket/rootfs/tmp/ekslogs/plugin.log": "y",
    }
    found = reader.read(pack(tmp_path / SCRIPT, files, ""))
    assert [stream.kind for stream in found.streams] == ["ipamd", "plugin"]


def test_a_node_diagnostic_s_bundle(tmp_path):
    journal = f"2025-02-03T04:06:07.123456+0000 {HOST} kubelet[9]: hello\n"
    files = {
        "kubelet/kubelet.log": journal,
        "var_log/aws-routed-eni/ipamd.log": "",
        "log-capture-errors.log": "",
    }
    found = reader.read(pack(tmp_path / DIAGNOSTIC, files, ""))
    assert (found.host, found.instance) == (HOST, "")
    assert found.at == datetime(2025, 2, 3, 4, 6, 7, tzinfo=UTC)


def test_the_time_is_the_newest_that_lines_begin_with(bundle, tmp_path):
    assert bundle.at == AT
    tail = zap("certificate until 2099-01-01T00:00:00Z", "2025-02-03T04:05:06.000Z")
    files = {"var_log/aws-routed-eni/ipamd.log": f"{tail}\nnot after 2098-01-01T00:00:00Z\n"}
    assert reader.read(pack(tmp_path / "a.tgz", files)).at == AT


def test_the_time_is_in_the_file_s_name_where_no_line_has_one(tmp_path):
    files = {"ipamd/metrics.json": "x 1\n"}
    assert reader.read(pack(tmp_path / SCRIPT, files)).at == datetime(2025, 2, 3, 4, 4, tzinfo=UTC)
    assert reader.read(pack(tmp_path / "a.tgz", files)).at is None
    assert reader.read(pack(tmp_path / "eks_i-1_2025-99-99_9999-UTC_1.tar.gz", files)).at is None


PS, UNIT, LOG = "system/ps.txt", "kubelet/kubelet_service.txt", "kubelet/kubelet.log"


@pytest.mark.parametrize(
    ("name", "text", "file", "host"),
    [
        (PS, f"kubelet --hostname-override {HOST}\nkube-proxy --hostname-override=other", "a.tgz", HOST),
        (PS, "any --hostname-override=other", DIAGNOSTIC, HOST),
        (UNIT, f'ExecStart=/usr/bin/kubelet --hostname-override="{HOST}"', "a.tgz", HOST),
        (LOG, f'Feb 03 04:00:00 short kubelet[1]: FLAG: --hostname-override="{HOST}"', "a.tgz", HOST),
        (LOG, f"Feb  3 04:00:00 {HOST} kubelet[1]: x", "a.tgz", HOST),
        (LOG, "Feb  3 04:00:00 Ö kubelet[1]: x", "my-logs.tar.gz", ""),
        (PS, "", "a.tgz", ""),
    ],
)
def test_whose_it_is(tmp_path, name, text, file, host):
    path = pack(tmp_path / file, {"ipamd/metrics.json": "x 1\n", name: f"first\n{text}\n"})
    assert reader.read(path).host == host


def node(name, instance=""):
    provider = {"providerID": f"aws:///eu-west-1a/{instance}"} if instance else {}
    return msgspec.convert({"metadata": {"name": name}, "spec": provider}, Node)


def snapshot(*nodes):
    return Snapshot(at=AT).with_answers([Answer(Request.of(LIST_NODES), nodes)])


@pytest.mark.parametrize(
    ("instance", "host", "nodes", "named"),
    [
        (INSTANCE, "anything", [node("n1", INSTANCE)], "n1"),
        (INSTANCE, HOST, [node(HOST, "i-0ffffffffffffffff")], INSTANCE),  # the address was given again
        (INSTANCE, HOST, [node(HOST)], HOST),
        ("", HOST, [node(HOST, "i-0ffffffffffffffff")], HOST),
        (INSTANCE, HOST, [node("n2", "i-0ffffffffffffffff")], HOST),
        (INSTANCE, "", [], INSTANCE),
        ("", "", [node("n1", "i-0ffffffffffffffff"), node("n2")], ""),
    ],
)
def test_on_which_node_it_lands(instance, host, nodes, named):
    assert node_of(Bundle(Path("x"), instance=instance, host=host), snapshot(*nodes)) == named


def test_beside_a_snapshot(bundle):
    before = snapshot(node("n1", INSTANCE))
    found = with_bundles(before, [bundle, bundle])
    assert (found.at, found.outcomes, found.has_manifest) == (before.at, before.outcomes, True)
    assert {one.node for one in (*found.of(NODE_TEXTS), *found.streams)} == {"n1"}
    assert len(found.streams) == 2 * len(bundle.streams)
    assert not found.has_node_logs_only


def test_alone_it_is_a_snapshot_in_which_nothing_was_asked(bundle):
    found = from_bundles([bundle])
    assert (found.at, found.has_manifest, found.outcomes) == (AT, False, {})
    assert found.has_node_logs_only
    assert from_bundles([Bundle(Path("x"))]).at == NEVER
    assert {one.node for one in found.streams} == {HOST}


def test_what_is_no_bundle(tmp_path):
    (tmp_path / "text").write_text("not an archive")
    (tmp_path / "empty").write_bytes(b"")
    pack(tmp_path / "other.tar.gz", {"readme.txt": "x"})
    for path in (
        tmp_path,
        tmp_path / "none",
        tmp_path / "text",
        tmp_path / "empty",
        tmp_path / "other.tar.gz",
    ):
        assert reader.read(path) is None
    for path in FIXTURES.glob("*.tar.gz"):
        assert reader.read(path) is None


def test_a_snapshot_that_holds_a_bundle_s_paths_is_still_a_snapshot(tmp_path):
    files = {"manifest.json": "{}", "ipamd/metrics.json": "x"}
    assert reader.read(pack(tmp_path / "a.tgz", files, "")) is None


def test_a_file_that_changes_while_it_is_read(bundle, tmp_path):
    pack(tmp_path / SCRIPT, {"ipamd/metrics.json": "x"})
    with pytest.raises(SnapshotError, match="changed while"):
        content_of(bundle.streams[0])
    (tmp_path / SCRIPT).unlink()
    with pytest.raises(SnapshotError, match="cannot be read again"):
        content_of(bundle.streams[0])


def test_what_is_neither_says_what_would_be_one(tmp_path):
    with pytest.raises(SnapshotError) as raised:
        archive.read(pack(tmp_path / "other.tar.gz", {"readme.txt": "x"}))
    assert "var_log/aws-routed-eni" in raised.value.advice


def test_stamps_of_other_ages_and_zones():
    assert bundle_origin.newest(b"2025-02-03T06:05:06+02:00 x") == AT
    assert (
        bundle_origin.newest(b"1999-02-03T06:05:06Z x\n9999-12-31T23:59:59-01:00 y\n2025-02-30T00:00:00Z z")
        is None
    )
