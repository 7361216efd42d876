"""Snapshots on disk: `NAME.eksdoctor.tar.gz`, or the same files in a folder.

An archive is not trusted: it is read member by member with limits on count and size, nothing is extracted,
and links, devices and `..` are errors. A snapshot is written to a temporary file beside the target, which
is renamed at the end: an incomplete snapshot never replaces a complete one.
"""

import gzip
import io
import os
import tarfile
import tempfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot import manifest
from eksdoctor.snapshot.actions import KINDS
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.replace_folder import replace_folder
from eksdoctor.snapshot.snapshot import Snapshot

SUFFIX = ".eksdoctor.tar.gz"
MAX_MEMBERS = 10_000
MAX_BYTES = 1 << 30  # uncompressed; a 5,000-node, 50,000-pod cluster is about 60 MB
FILES: dict[str, Kind[Any]] = {f"{kind.file}.json": kind for kind in KINDS}


def read(path: Path) -> Snapshot:
    """The snapshot at `path`, an archive or a folder.

    Raises SnapshotError, with advice, for anything that is not one complete snapshot.
    """
    if not path.exists():
        raise SnapshotError(f"no snapshot at {path}", "Use a file or folder written by `eksdoctor capture`.")
    files = _read_folder(path) if path.is_dir() else _read_archive(path)
    return manifest.assemble(files, path.name)


def write(snapshot: Snapshot, path: Path) -> Path:
    """Write the snapshot to `path` (into it when it is a folder), mode 0600; returns the path.

    The same snapshot always gives the same bytes. Files of an older snapshot in the folder are removed.
    """
    files = manifest.disassemble(snapshot)
    if path.is_dir():
        replace_folder(path, files, {manifest.NAME, *FILES})
        return path
    replace_file(path, _archived(files))
    return path


def replace_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write `content` to `path` completely or not at all; raises SnapshotError when it cannot."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SnapshotError(
            f"cannot write {path}: {error.strerror or error}", "Choose a writable folder."
        ) from error


def _archived(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=out, mode="wb", mtime=0, compresslevel=6) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(files[name]), 0o600
            archive.addfile(member, io.BytesIO(files[name]))
    return out.getvalue()


class _LimitedStream:
    """A stream that raises SnapshotError after `MAX_BYTES`, whatever size a header claims."""

    def __init__(self, stream: gzip.GzipFile, path: Path) -> None:
        self.stream, self.path, self.budget = stream, path, MAX_BYTES

    def read(self, size: int) -> bytes:
        """At most `size` bytes; raises SnapshotError past the limit."""
        if size > self.budget:
            raise SnapshotError(
                f"{self.path} unpacks to more than {MAX_BYTES >> 20} MiB", "It is not a snapshot."
            )
        content = self.stream.read(size)
        self.budget -= len(content)
        return content


def _read_archive(path: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        with gzip.open(path) as zipped:
            stream = _LimitedStream(zipped, path)
            with tarfile.open(fileobj=stream, mode="r|", bufsize=tarfile.BLOCKSIZE) as archive:  # type: ignore[call-overload]
                for count, member in enumerate(archive):
                    if count >= MAX_MEMBERS:
                        raise SnapshotError(
                            f"{path} contains more than {MAX_MEMBERS} files", "It is not a snapshot."
                        )
                    name = _safe_name(path, member)
                    content = archive.extractfile(member)
                    if (name in FILES or name == manifest.NAME) and content is not None:
                        files[name] = content.read()
            while stream.read(tarfile.BLOCKSIZE):  # up to the checksum, which detects a truncated archive
                pass
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise SnapshotError(
            f"{path} is not a complete snapshot archive: {error}",
            "It may be truncated: copy it again or run `eksdoctor capture` again.",
        ) from error
    return files


def _safe_name(path: Path, member: tarfile.TarInfo) -> str:
    pure = PurePosixPath(member.name)
    if not (member.isfile() or member.isdir()):
        raise SnapshotError(
            f"{path} contains a link or device ({member.name!r})", "Snapshots contain regular files only."
        )
    if pure.is_absolute() or ".." in pure.parts:
        raise SnapshotError(f"{path} has a path outside itself ({member.name!r})", "It is not a snapshot.")
    return str(pure)


def _read_folder(path: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    budget = MAX_BYTES
    for name in (*FILES, manifest.NAME):
        file = path / name
        if file.is_symlink():
            raise SnapshotError(f"{file} is a link", "Snapshots contain regular files only.")
        if not file.is_file():
            continue
        budget -= file.stat().st_size
        if budget < 0:
            raise SnapshotError(f"{path} contains more than {MAX_BYTES >> 20} MiB", "It is not a snapshot.")
        files[name] = file.read_bytes()
    return files
