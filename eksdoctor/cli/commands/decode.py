"""`eksdoctor decode`: paste anything, get the meaning."""

import codecs
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from eksdoctor.cli.parameters import shared
from eksdoctor.cli.parameters.shared import Color
from eksdoctor.errors import UsageError

if TYPE_CHECKING:
    from eksdoctor.paste.pasted_text import PastedText
    from eksdoctor.snapshot.text_streams import Stream

LARGE = 4 << 20
"""What is larger is a log: it is read in passing, and not searched for objects and tables."""
CHUNK = 1 << 20
FORMATS = ("terminal", "json")


def decode(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE…|-]", help="Pasted evidence, also gzipped; `-` or nothing is standard input."
        ),
    ] = None,
    *,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output", "-o", metavar="FORMAT[=FILE]", show_default="terminal", help="terminal or json."
        ),
    ] = None,
    rules: shared.Rules = None,
    color: shared.ColorChoice = Color.AUTO,
) -> None:
    """Say what pasted lines mean, and what they settle. No cluster needed.

    Takes what is at hand, mixed and in part: ipamd.log, kubelet's journal, events, `kubectl describe` of
    pods and nodes, `get pods`, aws-node's environment, add-on settings, metrics, introspection, `aws ec2
    describe-subnets`, CloudTrail. Several files are one piece of evidence. The verdict is explained,
    passing, not-ip or cannot-tell, with what to look at next; the exit code is 0 for all of them.
    """
    from datetime import UTC, datetime

    from eksdoctor.cli import outputs
    from eksdoctor.engine.rulebook.load import load
    from eksdoctor.evidence.signatures.catalogue import catalogue
    from eksdoctor.evidence.signatures.check import check_rules
    from eksdoctor.paste.build_snapshot import build_snapshot
    from eksdoctor.render import decode_page
    from eksdoctor.resources import rules_folder
    from eksdoctor.triage.decode.decode import decoded

    wanted = outputs.pages(output, FORMATS)
    rulebook = load(rules_folder(), *(rules or ()))
    check_rules(catalogue().classes, rulebook.rules)
    with TemporaryFile() as kept:
        pages, streams = _read(files or ["-"], kept)
        found = decoded(build_snapshot(pages, streams, datetime.now(UTC)), rulebook)
    for page in wanted:
        if page.format == "json":
            outputs.deliver(page, decode_page.json_page(found))
            continue
        coloured = color is Color.ALWAYS or (page.file is None and outputs.is_coloured(color))
        text = decode_page.terminal(found, outputs.width(), "color" if coloured else "plain")
        outputs.deliver(page, text)


def _read(files: Sequence[str], kept: BinaryIO) -> "tuple[list[PastedText], list[Stream]]":
    """Small texts whole, large ones as streams; raises UsageError for what cannot be read.

    Standard input can be read only once, so it is `kept`.
    """
    from eksdoctor.evidence.observed.source import SourceKind
    from eksdoctor.evidence.text.blocks import GZIP_MAGIC
    from eksdoctor.paste.pasted_text import PastedText
    from eksdoctor.snapshot.text_streams import Stream

    pages, streams = [], []
    for name in files:
        path = None if name == "-" else Path(name).expanduser()
        opened = _standard_input(kept) if path is None else _file(path)
        content = _head(opened)
        if len(content) <= LARGE and not content.startswith(GZIP_MAGIC):
            pages.append(PastedText(name, _text(content)))
        else:
            streams.append(Stream(SourceKind.PASTE, name, opened, path=path))
    return pages, streams


def _text(content: bytes) -> str:
    """The text, also as Windows shells redirect it: UTF-16, with CR LF."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig", "replace").replace("\r\n", "\n")


def _head(opened: Callable[[], Iterator[bytes]]) -> bytes:
    found = bytearray()
    for chunk in opened():
        found += chunk
        if len(found) > LARGE:
            break
    return bytes(found)


def _file(path: Path) -> Callable[[], Iterator[bytes]]:
    if not path.exists():
        raise UsageError(f"no file {path}", "Give files with the pasted text, or - for standard input.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Give the files in it, or triage --from for a snapshot.")

    def chunks() -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                yield from _chunks(file)
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror or error}") from error

    return chunks


def _standard_input(kept: BinaryIO) -> Callable[[], Iterator[bytes]]:
    if sys.stdin.isatty():
        print("paste the evidence, then Ctrl-D on a line of its own", file=sys.stderr)
    kept.writelines(_chunks(sys.stdin.buffer))

    def chunks() -> Iterator[bytes]:
        kept.seek(0)
        yield from _chunks(kept)

    return chunks


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
