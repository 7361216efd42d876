"""From the options to the report's pages and the exit code: what `triage` and `audit` share."""

import sys
from dataclasses import replace

from eksdoctor.cli import outputs, unreachable
from eksdoctor.cli.exit_codes import exit_code
from eksdoctor.cli.progress import Progress
from eksdoctor.cli.run_options import ReportOptions, RunOptions
from eksdoctor.cli.take_snapshot import take_snapshot
from eksdoctor.engine.evaluation.finding import plain
from eksdoctor.errors import SnapshotError
from eksdoctor.resources import rules_folder
from eksdoctor.snapshot.snapshot import Snapshot


def report_on(options: RunOptions, report_options: ReportOptions) -> int:
    """Look, judge, write the pages; returns the exit code."""
    from eksdoctor.engine.rulebook.load import load
    from eksdoctor.triage.build_report import build_report

    options.check()
    pages = outputs.pages(report_options.output)
    rulebook = load(rules_folder(), *report_options.rules)

    def interim(snapshot: Snapshot) -> str:
        return plain(build_report(snapshot, rulebook).summary)

    with Progress(report_options.voice, interim) as progress:
        snapshot, paths = take_snapshot(options, progress, rulebook)
    if not paths and report_options.snapshot == "kept" and not unreachable.nothing_answered(snapshot):
        paths = _keep(snapshot, report_options)
    report = build_report(snapshot, rulebook, snapshot_path="".join(paths[:1]), beside=paths[1:])
    if report_options.passed == "hidden":
        report = replace(report, passed=())
    for file in outputs.write(pages, report, report_options.color):
        _say(f"wrote {file}", report_options)
    unreachable.print_unreachable(snapshot, report_options.voice)
    return exit_code(report, snapshot, report_options.fail_on)


def _keep(snapshot: Snapshot, report_options: ReportOptions) -> tuple[str, ...]:
    """Where the snapshot was put; a cache that cannot be written spoils no report."""
    from eksdoctor.snapshot import recent_snapshots

    try:
        path = recent_snapshots.keep(snapshot)
    except SnapshotError as error:
        print(f"warning: {error.message}", file=sys.stderr)
        return ()
    _say(f"snapshot: {path}", report_options)
    return (str(path),)


def _say(words: str, report_options: ReportOptions) -> None:
    if report_options.voice == "spoken":
        print(words, file=sys.stderr)
