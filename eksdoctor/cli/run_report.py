"""`triage` and `audit`: take a snapshot, build the report, write its pages."""

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
    """Take the snapshot, build the report and write its pages; returns the exit code."""
    from eksdoctor.engine.rulebook.load import load
    from eksdoctor.triage.build_report import build_report

    options.check()
    pages = outputs.parse_outputs(report_options.output)
    rulebook = load(rules_folder(), *report_options.rules)

    def interim(snapshot: Snapshot) -> str:
        return plain(build_report(snapshot, rulebook).summary)

    with Progress(interim, quiet=report_options.quiet) as progress:
        snapshot, paths = take_snapshot(options, progress, rulebook)
    if not paths and report_options.keep_snapshot and not unreachable.nothing_answered(snapshot):
        paths = _keep(snapshot, report_options)
    report = build_report(snapshot, rulebook, snapshot_path="".join(paths[:1]), beside=paths[1:])
    if not report_options.show_passed:
        report = replace(report, passed=())
    for file in outputs.write(pages, report, report_options.color):
        _inform(f"wrote {file}", report_options)
    unreachable.print_unreachable(snapshot, quiet=report_options.quiet)
    return exit_code(report, snapshot, report_options.fail_on)


def _keep(snapshot: Snapshot, report_options: ReportOptions) -> tuple[str, ...]:
    """The path of the kept snapshot; empty, with a warning, if the cache can't be written."""
    from eksdoctor.snapshot import recent_snapshots

    try:
        path = recent_snapshots.keep(snapshot)
    except SnapshotError as error:
        print(f"warning: {error.message}", file=sys.stderr)
        return ()
    _inform(f"snapshot: {path}", report_options)
    return (str(path),)


def _inform(message: str, report_options: ReportOptions) -> None:
    if not report_options.quiet:
        print(message, file=sys.stderr)
