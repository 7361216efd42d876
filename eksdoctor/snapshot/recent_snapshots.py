"""The shelf: the last ten snapshots, kept in the user's cache because evidence dies while people work."""

import re
from pathlib import Path

import platformdirs

from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.snapshot import Snapshot

KEPT = 10
_NAME = re.compile(r".+-(\d{8}T\d{6}Z)(?:-(\d+))?" + re.escape(archive.SUFFIX))


def folder() -> Path:
    """Where the snapshots lie."""
    return platformdirs.user_cache_path("eksdoctor", appauthor=False) / "snapshots"


def keep(snapshot: Snapshot) -> Path:
    """Put a snapshot on the shelf and take the oldest off; raises SnapshotError where that cannot be."""
    shelf = folder()
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        shelf.chmod(0o700)  # pod and node names are the user's business alone
        path = archive.write(snapshot, _free(shelf, snapshot))
        for old in _in_order(shelf)[:-KEPT]:
            if old != path:  # a replayed clock may make the newest look old
                old.unlink(missing_ok=True)
    except OSError as error:
        raise SnapshotError(
            f"cannot keep the snapshot in {shelf}: {error.strerror or error}",
            "Write one to another folder with `eksdoctor capture PATH`.",
        ) from error
    return path


def latest() -> Path | None:
    """The newest snapshot on the shelf."""
    found = _in_order(folder())
    return found[-1] if found else None


def _free(shelf: Path, snapshot: Snapshot) -> Path:
    """A name from cluster and time that is not taken: two runs may fall into one second."""
    named = snapshot.target.cluster or snapshot.target.context or "cluster"
    cluster = re.sub(r"[^A-Za-z0-9_-]+", "-", named).strip("-")[:80] or "cluster"
    stem = f"{cluster}-{snapshot.at:%Y%m%dT%H%M%SZ}"
    path, number = shelf / f"{stem}{archive.SUFFIX}", 1
    while path.exists():
        number += 1
        path = shelf / f"{stem}-{number}{archive.SUFFIX}"
    return path


def _in_order(shelf: Path) -> list[Path]:
    """The shelf's snapshots, oldest first by the time in their names."""
    if not shelf.is_dir():
        return []
    found = [
        (match[1], int(match[2] or 1), path)
        for path in shelf.iterdir()
        if (match := _NAME.fullmatch(path.name)) and path.is_file() and not path.is_symlink()
    ]
    return [path for _, _, path in sorted(found)]
