"""One look at the patient: the cluster itself, or a snapshot of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from eksdoctor import __version__
from eksdoctor.cli.progress import Progress
from eksdoctor.cli.run_options import LAST, WINDOW_SECONDS, Wish
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.errors import SnapshotError, StoppedError, UsageError
from eksdoctor.snapshot.snapshot import Snapshot

ONE_SNAPSHOT = "Name one snapshot, and beside it as many bundles of nodes' logs as you like."


def look(wish: Wish, progress: Progress, rulebook: Rulebook) -> tuple[Snapshot, tuple[str, ...]]:
    """The snapshot to judge, and where it and the bundles beside it lie; a live one lies nowhere yet."""
    if wish.sources:
        wish.check()
        return _read(wish)
    return live(wish, progress, rulebook), ()


def live(wish: Wish, progress: Progress, rulebook: Rulebook) -> Snapshot:
    """A snapshot of the cluster, taken now; the rules say which causes need the word of a node's log."""
    from eksdoctor.collect.dispatch import connect
    from eksdoctor.collect.rounds import collect
    from eksdoctor.triage.log_reading_plan import asking

    wish.check()
    try:
        connection = connect(wish.connection)
    except KeyboardInterrupt as stop:
        raise StoppedError("interrupted before anything was asked") from stop
    target = connection.target
    blank = Snapshot(
        at=datetime.now(UTC).replace(microsecond=0),
        window=timedelta(seconds=wish.window_seconds or WINDOW_SECONDS),
        target=target,
        focus=wish.focus(target),
        purpose=wish.purpose,
        extras=wish.extras,
        tool=__version__,
    )
    questions = asking(rulebook, wish.node_logs)
    return collect(blank, questions, connection, wish.deadline_seconds, progress)


def _read(wish: Wish) -> tuple[Snapshot, tuple[str, ...]]:
    from eksdoctor.snapshot import archive
    from eksdoctor.snapshot.bundle import bundle_placement, reader

    bundles, others = [], []
    for path in dict.fromkeys(_path(source) for source in wish.sources):
        bundle = reader.read(path)
        if bundle is None:
            others.append(path)
        else:
            bundles.append(bundle)
    if len(others) > 1:
        raise UsageError(f"--from names two snapshots: {others[0]} and {others[1]}", ONE_SNAPSHOT)
    found = (
        bundle_placement.with_bundles(archive.read(others[0]), bundles)
        if others
        else bundle_placement.from_bundles(bundles)
    )
    snapshot = replace(found, purpose=wish.purpose)
    if wish.namespace or wish.pod:
        snapshot = replace(snapshot, focus=wish.focus(snapshot.target))
    if wish.window_seconds:
        snapshot = replace(snapshot, window=timedelta(seconds=wish.window_seconds))
    return snapshot, tuple(str(path) for path in (*others, *(bundle.path for bundle in bundles)))


def _path(source: str) -> Path:
    from eksdoctor.snapshot import recent_snapshots

    path = recent_snapshots.latest() if source == LAST else Path(source).expanduser()
    if path is None:
        raise SnapshotError(
            f"no snapshot is kept in {recent_snapshots.folder()}", "Every `eksdoctor triage` keeps one."
        )
    return path
