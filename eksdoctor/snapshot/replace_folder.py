"""Replacement of a folder's files, completely or not at all."""

import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path

from eksdoctor.errors import SnapshotError


def replace_folder(folder: Path, files: dict[str, bytes], known: Collection[str]) -> None:
    """Write `files` to `folder` and remove its other `known` files; all other files stay.

    A new folder is filled beside the old one and then renamed, so that records of two captures never mix.
    Raises SnapshotError when it cannot.
    """
    place = folder.resolve()
    try:
        new = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}."))
        try:
            _fill(new, files)
            _keep_others(place, new, known)
            _exchange(place, new)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as error:
        raise SnapshotError(
            f"cannot write {folder}: {error.strerror or error}",
            "Choose a writable folder.",
        ) from error


def _exchange(place: Path, new: Path) -> None:
    old = new.with_name(f"{new.name}.old")
    place.rename(old)
    try:
        new.rename(place)
    except BaseException:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _fill(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(content)


def _keep_others(folder: Path, new: Path, known: Collection[str]) -> None:
    """Copy the files that are not part of a snapshot; the originals stay in case the rest fails."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        target = new / name
        if path.is_dir() and not path.is_symlink():
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif name not in known and not target.exists():
            shutil.copy2(path, target, follow_symlinks=False)
