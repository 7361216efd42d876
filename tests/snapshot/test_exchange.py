"""A folder in place of another: nothing of the old snapshot stays, nothing else goes."""

import stat
from pathlib import Path

import pytest

from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot.replace_folder import replace_folder

KNOWN = {"manifest.json", "aws/a.json", "aws/b.json"}


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "bundle"
    replace_folder_of(made, {"manifest.json": b"old", "aws/a.json": b"old", "notes/mine.txt": b"mine"})
    return made


def replace_folder_of(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def content_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_records_of_two_captures_do_not_mix(folder):
    replace_folder(folder, {"manifest.json": b"new", "aws/b.json": b"new"}, KNOWN)
    assert content_of(folder) == {"manifest.json": b"new", "aws/b.json": b"new", "notes/mine.txt": b"mine"}
    assert [path.name for path in folder.parent.iterdir()] == ["bundle"]
    assert stat.S_IMODE((folder / "manifest.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("step", ["write_bytes", "rename"])
def test_what_fails_half_way_leaves_the_old_folder(folder, monkeypatch, step):
    before, done, real = content_of(folder), [], getattr(Path, step)

    def fail(path, argument):
        done.append(path)
        if len(done) == 2:
            raise OSError(28, "No space left on device")
        return real(path, argument)

    monkeypatch.setattr(Path, step, fail)
    with pytest.raises(SnapshotError, match="No space left"):
        replace_folder(folder, {"manifest.json": b"new", "aws/b.json": b"new"}, KNOWN)
    assert content_of(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["bundle"]
