"""One look at the patient: the cluster itself, or a snapshot of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from eksdoctor import __version__
from eksdoctor.cli.progress import Progress
from eksdoctor.cli.wish import LAST, WINDOW_SECONDS, Wish
from eksdoctor.errors import SnapshotError, StoppedError
from eksdoctor.snapshot.snapshot import Snapshot


def look(wish: Wish, progress: Progress) -> tuple[Snapshot, str]:
    """The snapshot to judge and where it lies; a live one lies nowhere yet."""
    if wish.source:
        wish.check()
        return _read(wish)
    return live(wish, progress), ""


def live(wish: Wish, progress: Progress) -> Snapshot:
    """A snapshot of the cluster, taken now."""
    from eksdoctor.collect.connection import connect
    from eksdoctor.collect.rounds import collect
    from eksdoctor.collect.target import find_target
    from eksdoctor.inquiry.questions import questions

    wish.check()
    options = wish.connection.options()
    try:
        target = find_target(options)
        connection = connect(target, options)
    except KeyboardInterrupt as stop:
        raise StoppedError("interrupted before anything was asked") from stop
    blank = Snapshot(
        at=datetime.now(UTC).replace(microsecond=0),
        window=timedelta(seconds=wish.window_seconds or WINDOW_SECONDS),
        target=target,
        focus=wish.focus(target),
        purpose=wish.purpose,
        tool=__version__,
    )
    return collect(blank, questions, connection, wish.deadline_seconds, progress)


def _read(wish: Wish) -> tuple[Snapshot, str]:
    from eksdoctor.snapshot import archive, shelf

    path = shelf.latest() if wish.source == LAST else Path(wish.source).expanduser()
    if path is None:
        raise SnapshotError(f"no snapshot is kept in {shelf.folder()}", "Every `eksdoctor triage` keeps one.")
    snapshot = replace(archive.read(path), purpose=wish.purpose)
    if wish.namespace or wish.pod:
        snapshot = replace(snapshot, focus=wish.focus(snapshot.target))
    if wish.window_seconds:
        snapshot = replace(snapshot, window=timedelta(seconds=wish.window_seconds))
    return snapshot, str(path)
