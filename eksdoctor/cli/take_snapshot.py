"""Obtain the snapshot: read it from files or collect it from the cluster."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from eksdoctor import __version__
from eksdoctor.cli.progress import Progress
from eksdoctor.cli.run_options import LAST, WINDOW_SECONDS, RunOptions
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.errors import SnapshotError, StoppedError, UsageError
from eksdoctor.snapshot.snapshot import Snapshot

ONE_SNAPSHOT = "Give one snapshot and any number of node log bundles."


def take_snapshot(
    options: RunOptions, progress: Progress, rulebook: Rulebook
) -> tuple[Snapshot, tuple[str, ...]]:
    """The snapshot, and the paths of its file and log bundles (a live snapshot has no path yet)."""
    if options.sources:
        options.check()
        return _read(options)
    return collect_snapshot(options, progress, rulebook), ()


def collect_snapshot(options: RunOptions, progress: Progress, rulebook: Rulebook) -> Snapshot:
    """Collect a snapshot of the cluster now; the rulebook decides which node logs are read."""
    from eksdoctor.collect.dispatch import connect
    from eksdoctor.collect.rounds import collect
    from eksdoctor.triage.log_reading_plan import request_planner

    options.check()
    try:
        connection = connect(options.connection)
    except KeyboardInterrupt as stop:
        raise StoppedError("interrupted before any request was sent") from stop
    target = connection.target
    blank = Snapshot(
        at=datetime.now(UTC).replace(microsecond=0),
        window=timedelta(seconds=options.window_seconds or WINDOW_SECONDS),
        target=target,
        focus=options.focus(target),
        purpose=options.purpose,
        extras=options.extras,
        tool=__version__,
    )
    plan = request_planner(rulebook, options.node_logs)
    return collect(blank, plan, connection, options.deadline_seconds, progress)


def _read(options: RunOptions) -> tuple[Snapshot, tuple[str, ...]]:
    from eksdoctor.snapshot import archive
    from eksdoctor.snapshot.bundle import bundle_placement, reader

    bundles, others = [], []
    for path in dict.fromkeys(_path(source) for source in options.sources):
        bundle = reader.read(path)
        if bundle is None:
            others.append(path)
        else:
            bundles.append(bundle)
    if len(others) > 1:
        raise UsageError(f"--from is given two snapshots: {others[0]} and {others[1]}", ONE_SNAPSHOT)
    found = (
        bundle_placement.with_bundles(archive.read(others[0]), bundles)
        if others
        else bundle_placement.from_bundles(bundles)
    )
    snapshot = replace(found, purpose=options.purpose)
    if options.namespace or options.pod:
        snapshot = replace(snapshot, focus=options.focus(snapshot.target))
    if options.window_seconds:
        snapshot = replace(snapshot, window=timedelta(seconds=options.window_seconds))
    return snapshot, tuple(str(path) for path in (*others, *(bundle.path for bundle in bundles)))


def _path(source: str) -> Path:
    from eksdoctor.snapshot import recent_snapshots

    path = recent_snapshots.latest() if source == LAST else Path(source).expanduser()
    if path is None:
        raise SnapshotError(
            f"no snapshot in {recent_snapshots.folder()}", "Run `eksdoctor triage` first: it keeps one."
        )
    return path
