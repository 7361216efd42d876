"""`eksdoctor decode`: what pasted log lines, events and settings mean."""

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

MOST_PASTED = 4 << 20
"""Bytes; a larger input is read as a log stream and not searched for objects and tables."""
CHUNK = 1 << 20
FORMATS = ("terminal", "json")


def decode(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE…|-]",
            help="Files with evidence, plain or gzipped; `-` or none reads standard input.",
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
    """Explain pasted log lines, events and settings. Needs no cluster.

    Reads any mix of excerpts: ipamd.log, the kubelet journal, events, `kubectl describe` of pods and
    nodes, `kubectl get pods`, the aws-node environment, add-on settings, metrics, introspection, `aws ec2
    describe-subnets`, CloudTrail. Several files are read as one incident. The verdict is explained,
    passing (transient), not-ip or cannot-tell (inconclusive), with the next check. Exit code: 0.
    """
    from datetime import UTC, datetime

    from eksdoctor.cli import outputs
    from eksdoctor.engine.rulebook.load import load
    from eksdoctor.evidence.signatures.catalogue import catalogue
    from eksdoctor.evidence.signatures.check import check_rules
    from eksdoctor.paste.build_snapshot import build_snapshot
    from eksdoctor.render import decode_page
    from eksdoctor.resources import rules_folder
    from eksdoctor.triage.decode.decode import decode_paste

    wanted = outputs.parse_outputs(output, FORMATS)
    rulebook = load(rules_folder(), *(rules or ()))
    check_rules(catalogue().classes, rulebook.rules)
    with TemporaryFile() as copy:
        pages, streams = _read(files or ["-"], copy)
        found = decode_paste(build_snapshot(pages, streams, datetime.now(UTC)), rulebook)
    for page in wanted:
        if page.format == "json":
            outputs.write_page(page, decode_page.json_page(found))
            continue
        outputs.write_page(
            page, decode_page.terminal(found, outputs.width(), outputs.color_mode(page, color))
        )


def _read(files: Sequence[str], copy: BinaryIO) -> "tuple[list[PastedText], list[Stream]]":
    """Small inputs as pages, large ones as streams; raises UsageError if a file can't be read.

    Standard input can be read only once, so it is copied to `copy`.
    """
    from eksdoctor.evidence.observed.source import SourceKind
    from eksdoctor.evidence.text.blocks import GZIP_MAGIC
    from eksdoctor.paste.pasted_text import PastedText
    from eksdoctor.snapshot.text_streams import Stream

    pages, streams = [], []
    for name in files:
        path = None if name == "-" else Path(name).expanduser()
        opened = _standard_input(copy) if path is None else _file(path)
        content = _head(opened)
        if len(content) <= MOST_PASTED and not content.startswith(GZIP_MAGIC):
            pages.append(PastedText(name, _text(content)))
        else:
            streams.append(Stream(SourceKind.PASTE, name, opened, path=path))
    return pages, streams


def _text(content: bytes) -> str:
    """The text; also decodes the UTF-16 with CR LF that Windows shells write."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig", "replace").replace("\r\n", "\n")


def _head(opened: Callable[[], Iterator[bytes]]) -> bytes:
    found = bytearray()
    for chunk in opened():
        found += chunk
        if len(found) > MOST_PASTED:
            break
    return bytes(found)


def _file(path: Path) -> Callable[[], Iterator[bytes]]:
    if not path.exists():
        raise UsageError(f"no such file: {path}", "Give files, or - for standard input.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Give its files, or use `triage --from` to read a snapshot.")

    def chunks() -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                yield from _chunks(file)
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror or error}") from error

    return chunks


def _standard_input(copy: BinaryIO) -> Callable[[], Iterator[bytes]]:
    if sys.stdin.isatty():
        print("Paste the evidence, then press Ctrl-D on an empty line.", file=sys.stderr)
    copy.writelines(_chunks(sys.stdin.buffer))

    def chunks() -> Iterator[bytes]:
        copy.seek(0)
        yield from _chunks(copy)

    return chunks


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
