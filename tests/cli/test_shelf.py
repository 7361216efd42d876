"""The shelf of kept snapshots."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot import archive, recent_snapshots
from eksdoctor.snapshot.snapshot import Snapshot, Target

AT = datetime(2026, 10, 17, 2, 14, tzinfo=UTC)


def taken(minutes=0, cluster="meridian-pay-prod"):
    return Snapshot(at=AT + timedelta(minutes=minutes), target=Target(cluster=cluster))


def test_the_name_holds_cluster_and_time():
    assert recent_snapshots.keep(taken()).name == "meridian-pay-prod-20261017T021400Z.eksdoctor.tar.gz"


def test_what_is_kept_reads_back():
    assert archive.read(recent_snapshots.keep(taken())).at == AT


def test_two_of_one_second_are_two():
    first, second = recent_snapshots.keep(taken()), recent_snapshots.keep(taken())
    assert first != second
    assert recent_snapshots.latest() == second


def test_only_the_last_ten_stay():
    for minutes in range(13):
        newest = recent_snapshots.keep(taken(minutes, f"c{minutes % 2}"))
    kept = sorted(path.name for path in recent_snapshots.folder().iterdir())
    assert len(kept) == 10
    assert recent_snapshots.latest() == newest
    assert not [name for name in kept if re.search("T0214|T0215|T0216", name)]


def test_what_somebody_else_put_there_stays():
    recent_snapshots.keep(taken())
    other = recent_snapshots.folder() / "notes.txt"
    other.write_text("mine")
    for minutes in range(12):
        recent_snapshots.keep(taken(minutes))
    assert other.exists()


def test_the_newest_is_kept_even_with_an_old_clock():
    for minutes in range(10):
        recent_snapshots.keep(taken(minutes))
    old = recent_snapshots.keep(taken(-60))
    assert old.exists()


@pytest.mark.parametrize(
    "cluster", ["../../etc/x", "a/b", ".hidden", "arn:aws:eks:r:1:cluster/n", "\x1b[2J", "", "ü" * 300]
)
def test_no_name_leaves_the_shelf(cluster):
    path = recent_snapshots.keep(taken(cluster=cluster))
    assert path.parent == recent_snapshots.folder()
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", path.name)
    assert recent_snapshots.latest() == path


def test_an_empty_shelf_has_no_latest():
    assert recent_snapshots.latest() is None


def test_a_shelf_that_cannot_be(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(SnapshotError, match="cannot keep"):
        recent_snapshots.keep(taken())
