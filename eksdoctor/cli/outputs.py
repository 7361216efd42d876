"""`-o FORMAT[=FILE]`: outputs, checked before anything is collected, and how they are written."""

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eksdoctor.cli.parameters.shared import Color
from eksdoctor.errors import UsageError
from eksdoctor.triage.report import Report

FORMATS = ("terminal", "markdown", "html", "json")
WIDTH, WIDEST = 100, 120


@dataclass(frozen=True, slots=True)
class Output:
    """A format and its file; None is standard output."""

    format: str
    file: Path | None


def parse_outputs(given: Sequence[str] | None, formats: Sequence[str] = FORMATS) -> tuple[Output, ...]:
    """The outputs of the `-o` options; raises UsageError if one is invalid or can't be written."""
    wanted = tuple(_page(text, formats) for text in given or ("terminal",))
    targets = [page.file for page in wanted]
    if len(set(targets)) < len(targets):
        raise UsageError(
            "two outputs have the same target", "Give each a file: -o json=report.json -o html=report.html"
        )
    for target in targets:
        if target is not None:
            check_file(target)
    return wanted


def write(wanted: Sequence[Output], report: Report, color: Color) -> list[Path]:
    """Write every page, files first; each file is complete or not written. Returns the files."""
    for page in sorted(wanted, key=lambda page: page.file is None):
        write_page(page, _text(page, report, color))
    return [page.file for page in wanted if page.file]


def write_page(page: Output, text: str) -> None:
    """Write a page's text to its file or to standard output."""
    from eksdoctor.snapshot.archive import replace_file

    if page.file is None:
        _print(text)
    else:
        replace_file(page.file, text.encode(errors="replace"), mode=0o644)


def _print(text: str) -> None:
    try:
        print(text, end="", flush=True)
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader closed the pipe: `| head`
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes again at exit
        raise UsageError(
            f"cannot write to standard output: {error.strerror or error}", "Write to a file: -o FORMAT=FILE."
        ) from error


def _page(text: str, formats: Sequence[str]) -> Output:
    name, has_file, file = text.partition("=")
    if name not in formats:
        raise UsageError(f"Unknown format {name!r}.", f"Use one of: {', '.join(formats)}.")
    if has_file and not file:
        raise UsageError(f"-o {text}: the file name is missing", f"Use -o {name}=FILE.")
    return Output(name, None if file in {"", "-"} else Path(file).expanduser().resolve())


def check_file(path: Path) -> None:
    """Raise UsageError unless a file can be written at `path`."""
    if path.exists() and not path.is_file():
        raise UsageError(f"cannot write {path}: it is not a regular file")
    check_folder(path.parent)


def check_folder(folder: Path) -> None:
    """Raise UsageError unless a file can be created in `folder`."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"cannot write into {folder}: {error.strerror or error}",
            "Choose a writable folder.",
        ) from error


def _text(page: Output, report: Report, color: Color) -> str:
    match page.format:
        case "markdown":
            from eksdoctor.render.markdown.page import markdown

            return markdown(report)
        case "html":
            from eksdoctor.render.html import html

            return html(report)
        case "json":
            from eksdoctor.render.json_page import json_page

            return json_page(report)
        case _:
            from eksdoctor.render.terminal.page import terminal

            return terminal(report, width(), color_mode(page, color))


def color_mode(output: Output, color: Color) -> Literal["color", "plain"]:
    """Whether a terminal page has color: as set by `--color`, by default if the output is a terminal."""
    if color is not Color.AUTO:
        return "color" if color is Color.ALWAYS else "plain"
    is_terminal = output.file is None and sys.stdout.isatty()
    has_color = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return "color" if has_color else "plain"


def width() -> int:
    """The columns of the terminal page: the terminal's, at most 120; 100 if not a terminal."""
    if not sys.stdout.isatty():
        return WIDTH
    return min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDEST)
