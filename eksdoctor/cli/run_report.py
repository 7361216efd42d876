"""From a wish to the report's pages and the exit code: what `triage` and `audit` share."""

import sys
from dataclasses import replace

from eksdoctor.cli import outputs, unreachable
from eksdoctor.cli.exit_codes import exit_code
from eksdoctor.cli.progress import Progress
from eksdoctor.cli.run_options import Delivery, Wish
from eksdoctor.cli.take_snapshot import look
from eksdoctor.engine.evaluation.finding import plain
from eksdoctor.errors import SnapshotError
from eksdoctor.resources import rules_folder
from eksdoctor.snapshot.snapshot import Snapshot


def report_on(wish: Wish, delivery: Delivery) -> int:
    """Look, judge, write the pages; returns the exit code."""
    from eksdoctor.engine.rulebook.load import load
    from eksdoctor.triage.build_report import examine

    wish.check()
    pages = outputs.pages(delivery.output)
    rulebook = load(rules_folder(), *delivery.rules)

    def interim(snapshot: Snapshot) -> str:
        return plain(examine(snapshot, rulebook).summary)

    with Progress(delivery.voice, interim) as progress:
        snapshot, paths = look(wish, progress, rulebook)
    if not paths and delivery.snapshot == "kept" and not unreachable.nothing_answered(snapshot):
        paths = _keep(snapshot, delivery)
    report = examine(snapshot, rulebook, snapshot_path="".join(paths[:1]), beside=paths[1:])
    if delivery.passed == "hidden":
        report = replace(report, passed=())
    for file in outputs.write(pages, report, delivery.color):
        _say(f"wrote {file}", delivery)
    unreachable.tell(snapshot, delivery.voice)
    return exit_code(report, snapshot, delivery.fail_on)


def _keep(snapshot: Snapshot, delivery: Delivery) -> tuple[str, ...]:
    """Where the snapshot was put; a cache that cannot be written spoils no report."""
    from eksdoctor.snapshot import recent_snapshots

    try:
        path = recent_snapshots.keep(snapshot)
    except SnapshotError as error:
        print(f"warning: {error.message}", file=sys.stderr)
        return ()
    _say(f"snapshot: {path}", delivery)
    return (str(path),)


def _say(words: str, delivery: Delivery) -> None:
    if delivery.voice == "spoken":
        print(words, file=sys.stderr)
