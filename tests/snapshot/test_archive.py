"""Snapshots on disk: the same again, and every wrong one refused in words."""

import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot import archive, manifest
from eksdoctor.snapshot.records import aws, kubernetes
from eksdoctor.snapshot.records.aws import DESCRIBE_SUBNETS
from eksdoctor.snapshot.records.kubernetes import LIST_DAEMON_SETS, LIST_NODES, LIST_PODS, TABULATE_PODS
from eksdoctor.snapshot.request import Answer, Refusal, Request
from eksdoctor.snapshot.snapshot import Snapshot, Target

NODE = msgspec.convert({"metadata": {"name": "n1"}, "spec": {"providerID": "aws:///a/i-1"}}, kubernetes.Node)
DAEMON_SET = {"metadata": {"name": "aws-node", "namespace": "kube-system"}, "spec": {"unheard-of": [1, 2]}}


@pytest.fixture
def snapshot():
    return Snapshot(
        at=datetime(2026, 1, 2, tzinfo=UTC), target=Target(context="c", cluster="x"), tool="test"
    ).with_answers(
        [
            Answer(Request.of(LIST_NODES), (NODE,), seconds=0.25),
            Answer(Request.of(LIST_DAEMON_SETS), (DAEMON_SET,)),
            Answer(Request.of(TABULATE_PODS), (kubernetes.PodRow(("Running", "10.0.0.1", "n1")),) * 2),
            Answer(
                Request.of(DESCRIBE_SUBNETS, filter__vpc_id=("vpc-1",)),
                refusal=Refusal("forbidden", "no", "g"),
            ),
            Answer(Request.of(LIST_PODS, fieldSelector="spec.nodeName=n1"), absent=True, dropped=2),
        ]
    )


def test_archive_and_folder_give_the_same_back(snapshot, tmp_path):
    for path in (tmp_path / "x.eksdoctor.tar.gz", tmp_path):
        assert archive.read(archive.write(snapshot, path)) == snapshot


def test_the_same_snapshot_gives_the_same_bytes_for_its_owner_alone(snapshot, tmp_path):
    one, two = (archive.write(snapshot, tmp_path / name) for name in ("a.tar.gz", "b.tar.gz"))
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600


def test_equal_rows_of_the_pod_table_all_count(snapshot):
    assert len(snapshot.records["kubernetes/pods-table"]) == 2


def test_a_record_answered_twice_is_kept_once(snapshot):
    assert (
        len(snapshot.with_answers([Answer(Request.of(LIST_NODES), (NODE,))]).records["kubernetes/nodes"]) == 1
    )


def members(path, *entries):
    with tarfile.open(path, "w:gz") as out:
        for info, content in entries:
            out.addfile(info, io.BytesIO(content))
    return path


def plain(name, content):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info, content


def link(name):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return info, b""


HEAD = b'{"format": 1, "at": "2026-01-02T00:00:00Z"}'


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([plain("../manifest.json", HEAD)], "outside itself"),
        ([plain("/manifest.json", HEAD)], "outside itself"),
        ([link("manifest.json")], "link or device"),
        ([plain("readme.txt", b"hello")], "contains nothing that eksdoctor can read"),
        ([plain("manifest.json", b'{"format": 99, "at": "x"}')], "format 99"),
        ([plain("manifest.json", b'{"format": 1}')], "manifest.json cannot be read"),
        ([plain("manifest.json", b"[1]")], "manifest.json cannot be read"),
        ([plain("manifest.json", HEAD), plain("kubernetes/nodes.json", b"{")], "is not JSON"),
    ],
)
def test_a_wrong_archive_says_what_is_wrong(tmp_path, entries, words):
    path = members(tmp_path / "x.tar.gz", *entries)
    with pytest.raises(SnapshotError, match=words) as caught:
        archive.read(path)
    assert caught.value.advice
    assert caught.value.exit_code == 2


def test_a_truncated_archive(snapshot, tmp_path):
    path = archive.write(snapshot, tmp_path / "x.tar.gz")
    for cut in range(0, path.stat().st_size - 1, 97):
        short = tmp_path / "short.tar.gz"
        short.write_bytes(path.read_bytes()[:cut])
        with pytest.raises(SnapshotError):
            archive.read(short)


def test_no_snapshot_a_text_and_a_missing_file(tmp_path):
    (tmp_path / "text").write_text("not an archive")
    for path in (tmp_path / "text", tmp_path / "none", tmp_path / "empty"):
        if path.name == "empty":
            path.mkdir()
        with pytest.raises(SnapshotError):
            archive.read(path)


def test_a_bomb_is_stopped_at_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_BYTES", 1 << 20)
    path = members(tmp_path / "bomb.tar.gz", plain("kubernetes/pods.json", b" " * (1 << 21)))
    with pytest.raises(SnapshotError, match="more than 1 MiB"):
        archive.read(path)
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    path = members(tmp_path / "many.tar.gz", *[plain(f"x{i}", b"") for i in range(5)])
    with pytest.raises(SnapshotError, match="more than 3 files"):
        archive.read(path)


def test_a_link_in_a_folder(tmp_path):
    (tmp_path / "manifest.json").symlink_to("/etc/hostname")
    with pytest.raises(SnapshotError, match="is a link"):
        archive.read(tmp_path)


def test_a_half_written_file_never_replaces_a_good_one(snapshot, tmp_path, monkeypatch):
    path = archive.write(snapshot, tmp_path / "x.tar.gz")
    good = path.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(SnapshotError, match="No space left on device"):
        archive.write(snapshot.with_answers([]), path)
    assert path.read_bytes() == good
    assert [file.name for file in tmp_path.iterdir()] == ["x.tar.gz"]


def test_an_unwritable_place(snapshot, tmp_path):
    with pytest.raises(SnapshotError, match="cannot write"):
        archive.write(snapshot, tmp_path / "no" / "such" / "folder.tar.gz")


def test_plain_files_of_kubectl_and_aws_are_a_snapshot_whose_lists_may_go_on(tmp_path):
    (tmp_path / "kubernetes").mkdir()
    (tmp_path / "aws").mkdir()
    (tmp_path / "kubernetes/nodes.json").write_text(
        '{"kind": "List", "items": [{"metadata": {"name": "n"}}]}'
    )
    (tmp_path / "kubernetes/daemonsets.json").write_bytes(msgspec.json.encode(DAEMON_SET))
    (tmp_path / "aws/ec2-describe-subnets.json").write_text('{"Subnets": [{"SubnetId": "subnet-1"}]}')
    read = archive.read(tmp_path)
    assert not read.has_manifest
    assert [node.metadata.name for node in read.of(LIST_NODES.kind)] == ["n"]
    assert read.of(LIST_DAEMON_SETS.kind)[0].metadata.name == "aws-node"
    assert read.of(DESCRIBE_SUBNETS.kind) == (aws.Subnet(subnet_id="subnet-1"),)


def test_an_object_that_is_no_record_is_left_out_and_its_list_is_incomplete(snapshot):
    files = manifest.disassemble(snapshot)
    files["kubernetes/nodes.json"] = b'{"items": [{"metadata": {"name": 7}}, {"metadata": {"name": "n2"}}]}'
    read = manifest.assemble(files, "x")
    assert [node.metadata.name for node in read.of(LIST_NODES.kind)] == ["n2"]
    assert read.outcomes[Request.of(LIST_NODES)].dropped == 1
