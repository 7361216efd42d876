"""Bundles from a stranger: each is refused in words, or read without harm, in bounded memory."""

import gzip
import io
import os
import tarfile
import tracemalloc
import zlib

import pytest

from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot.bundle import reader, tarball, unpacked
from tests.snapshot.packing import SCRIPT, kind_of_member, pack, script_files

FIRST = {"ipamd/metrics.json": "x 1\n"}
IPAMD = "var_log/aws-routed-eni/ipamd.log"


def outcome(path):
    """What becomes of a broken bundle."""
    try:
        return "whole" if reader.read(path) else "no bundle"
    except SnapshotError as error:
        return next(words for words in ("truncated", "outside") if words in error.message)


def refused(path):
    with pytest.raises(SnapshotError) as raised:
        reader.read(path)
    assert raised.value.advice
    assert raised.value.exit_code == 2
    return raised.value.message


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/passwd", "ipamd/../../../x/ipamd/enis.json"]
)
def test_paths_outside(tmp_path, name):
    assert "outside itself" in refused(pack(tmp_path / "a.tgz", {**FIRST, name: "x"}, ""))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_links_devices_and_folders_in_place_of_files_are_never_followed(tmp_path, kind):
    names = (IPAMD, "ipamd/enis.json", "system/instance-id.txt")
    files = {**FIRST, **{name: kind_of_member(name, kind, "/etc/passwd") for name in names}}
    found = reader.read(pack(tmp_path / "a.tgz", files, ""))
    assert (found.streams, found.instance, [one.name for one in found.texts]) == (
        (),
        "",
        ["ipamd/metrics.json"],
    )


def test_a_sparse_file_is_left_out(tmp_path):
    sparse = tarfile.TarInfo(IPAMD)
    sparse.pax_headers = {"GNU.sparse.map": "0,1", "GNU.sparse.size": "99999999999"}
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as out:
        metrics = tarfile.TarInfo("ipamd/metrics.json")
        out.addfile(metrics)
        sparse.size = 512
        out.addfile(sparse, io.BytesIO(b"x" * 512))
    assert reader.read(tmp_path / "a.tar").streams == ()


def test_cut_off_anywhere(tmp_path):
    files = script_files() | {
        "var_log/aws-routed-eni/plugin-2025-02-01T10-00-00.000.log.gz": os.urandom(9000)
    }
    for mode in ("w:gz", "w"):
        whole = pack(tmp_path / SCRIPT, files, mode=mode).read_bytes()
        end = len(whole) if mode == "w:gz" else len(whole.rstrip(b"\0")) - 1
        for cut in range(0, end - 1, 211):
            (tmp_path / "cut.tgz").write_bytes(whole[:cut])
            assert outcome(tmp_path / "cut.tgz") in {"no bundle", "truncated"}


def test_damaged_anywhere(tmp_path):
    whole = pack(tmp_path / SCRIPT, script_files()).read_bytes()
    for place in range(0, len(whole), 97):
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        (tmp_path / "broken.tgz").write_bytes(broken)
        ended = outcome(tmp_path / "broken.tgz")
        assert ended != "whole" or gzip.decompress(broken) == gzip.decompress(whole)


def bomb(size):
    """A gzip of that many zeros, made in pieces."""
    engine, out, piece = zlib.compressobj(9, wbits=31), io.BytesIO(), bytes(1 << 20)
    for _ in range(size >> 20):
        out.write(engine.compress(piece))
    out.write(engine.flush())
    return out.getvalue()


def test_a_bomb_is_stopped_early(tmp_path):
    """A log of 300 MB of nothing."""
    header = tarfile.TarInfo(IPAMD)
    header.size = 300 << 20
    first = io.BytesIO()
    with tarfile.open(fileobj=first, mode="w") as out:
        metrics = tarfile.TarInfo("ipamd/metrics.json")
        out.addfile(metrics)
    start = gzip.compress(first.getvalue()[:512] + header.tobuf())
    (tmp_path / "bomb.tgz").write_bytes(start + bomb(300 << 20))
    tracemalloc.start()
    assert "times its size" in refused(tmp_path / "bomb.tgz")
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_more_than_any_node_has(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacked, "MAX_BYTES", 1 << 20)
    path = pack(tmp_path / "a.tgz", {**FIRST, "other": os.urandom(2 << 20)})
    assert "byte" in refused(path) or "MiB" in refused(path)


def test_a_hundred_thousand_members(tmp_path):
    header = tarfile.TarInfo("x").tobuf()
    metrics = tarfile.TarInfo("ipamd/metrics.json").tobuf()
    (tmp_path / "many.tgz").write_bytes(gzip.compress(metrics + header * 100_000 + bytes(1024), 1))
    assert "more than 20000 files" in refused(tmp_path / "many.tgz")


def test_many_logs(tmp_path):
    files = {f"{number}/{IPAMD}": "x" for number in range(reader.MAX_LOGS + 1)}
    assert "400 logs" in refused(pack(tmp_path / "a.tgz", files))


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE])
def test_a_header_made_to_fill_memory(tmp_path, kind):
    header = tarfile.TarInfo("x")
    header.type, header.size = kind, 1 << 30
    metrics = tarfile.TarInfo("ipamd/metrics.json").tobuf()
    (tmp_path / "a.tgz").write_bytes(gzip.compress(metrics + header.tobuf()))
    assert "header of" in refused(tmp_path / "a.tgz")


@pytest.mark.parametrize("size", ["-5", "-99999", "99999999999999999999", "x"])
def test_sizes_that_make_no_sense(tmp_path, size):
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as out:
        metrics = tarfile.TarInfo("ipamd/metrics.json")
        out.addfile(metrics)
        log = tarfile.TarInfo(IPAMD)
        log.pax_headers, log.size = {"size": size}, 3
        out.addfile(log, io.BytesIO(b"abc"))
    try:
        found = reader.read(tmp_path / "a.tar")
    except SnapshotError:
        return
    assert found is None or sum(len(b"".join(one.open())) for one in found.streams) <= 3


def test_headers_that_follow_one_another_for_ever(tmp_path):
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1
    chain = (header.tobuf() + b"y".ljust(512, b"\0")) * 5000
    metrics = tarfile.TarInfo("ipamd/metrics.json").tobuf()
    (tmp_path / "a.tgz").write_bytes(gzip.compress(metrics + chain + bytes(1024)))
    assert "damaged" in refused(tmp_path / "a.tgz")


def test_several_gzip_streams_one_after_the_other(tmp_path):
    whole = pack(tmp_path / "a.tar", script_files(), mode="w").read_bytes()
    cut = [whole[start : start + 777] for start in range(0, len(whole), 777)]
    (tmp_path / "a.tgz").write_bytes(b"".join(map(gzip.compress, cut)) + b"padding")
    found = reader.read(tmp_path / "a.tgz")
    held = script_files()
    for stream in found.streams:
        content = held[stream.name]
        assert b"".join(stream.open()) == (content.encode() if isinstance(content, str) else content)


def test_a_large_log_is_read_in_flat_memory_and_from_its_own_place(tmp_path):
    line = b'{"level":"debug","ts":"2025-02-03T04:05:06.789Z","caller":"a","msg":"%d"}\n'
    log = b"".join(line % number for number in range(600_000))
    files = {"var_log/messages": log, IPAMD: log, "var_log/aws-routed-eni/plugin.log": "the last\n"}
    path = pack(tmp_path / "a.tgz", files)
    tracemalloc.start()
    found = reader.read(path)
    (ipamd, plugin) = found.streams
    length = sum(len(piece) for piece in ipamd.open())
    assert b"".join(plugin.open()) == b"the last\n"
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()
    assert length == len(log)


def test_names_may_be_anything(tmp_path):
    name = "var_log/kube-system_aws-node-\x1b[2J\n<b>/aws-node/0.log"
    found = reader.read(pack(tmp_path / "a.tgz", {name: "x", "x" * 3000 + "/ipamd/enis.json": "y"}))
    assert len(found.streams) == len(found.texts) == 1


def test_the_place_in_a_file_is_small(tmp_path):
    path = pack(tmp_path / "a.tgz", {"other": os.urandom(3 << 20), IPAMD: "x"})
    marks = [member.mark() for member in tarball.members(path) if member.name == IPAMD]
    assert len(marks[0].waiting) + len(marks[0].ready) <= 2 * unpacked.STEP
