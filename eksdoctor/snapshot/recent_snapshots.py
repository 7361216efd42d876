"""The last ten snapshots, kept in the user's cache: Kubernetes deletes events after an hour."""

import re
from pathlib import Path

import platformdirs

from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.snapshot import Snapshot

KEPT = 10
_NAME = re.compile(r".+-(\d{8}T\d{6}Z)(?:-(\d+))?" + re.escape(archive.SUFFIX))


def folder() -> Path:
    """The folder of the snapshots."""
    return platformdirs.user_cache_path("eksdoctor", appauthor=False) / "snapshots"


def keep(snapshot: Snapshot) -> Path:
    """Write a snapshot and delete the oldest; returns its path. Raises SnapshotError when it cannot."""
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o700)  # pod and node names are private to the user
        path = archive.write(snapshot, _free(place, snapshot))
        for old in _in_order(place)[:-KEPT]:
            if old != path:  # a replayed clock can make the newest look old
                old.unlink(missing_ok=True)
    except OSError as error:
        raise SnapshotError(
            f"cannot keep the snapshot in {place}: {error.strerror or error}",
            "Write one to another folder with `eksdoctor capture PATH`.",
        ) from error
    return path


def latest() -> Path | None:
    """The newest snapshot; None when there is none."""
    found = _in_order(folder())
    return found[-1] if found else None


def _free(place: Path, snapshot: Snapshot) -> Path:
    """An unused file name from cluster and time; runs in the same second get a number."""
    named = snapshot.target.cluster or snapshot.target.context or "cluster"
    cluster = re.sub(r"[^A-Za-z0-9_-]+", "-", named).strip("-")[:80] or "cluster"
    stem = f"{cluster}-{snapshot.at:%Y%m%dT%H%M%SZ}"
    path, number = place / f"{stem}{archive.SUFFIX}", 1
    while path.exists():
        number += 1
        path = place / f"{stem}-{number}{archive.SUFFIX}"
    return path


def _in_order(place: Path) -> list[Path]:
    """The snapshots of a folder, oldest first by the time in their names."""
    if not place.is_dir():
        return []
    found = [
        (match[1], int(match[2] or 1), path)
        for path in place.iterdir()
        if (match := _NAME.fullmatch(path.name)) and path.is_file() and not path.is_symlink()
    ]
    return [path for _, _, path in sorted(found)]
