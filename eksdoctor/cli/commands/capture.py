"""`eksdoctor capture`: write a snapshot, to share it or to keep it."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eksdoctor.cli.parameters import shared
from eksdoctor.cli.parameters.node_logs import DEFAULT
from eksdoctor.errors import SnapshotError, UsageError

if TYPE_CHECKING:
    from eksdoctor.snapshot.snapshot import Snapshot


class Purpose(StrEnum):
    """The command that the snapshot is collected for."""

    TRIAGE = "triage"
    AUDIT = "audit"


def capture(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="NAME.eksdoctor.tar.gz, or a folder if PATH ends in `/`.")
    ],
    *,
    purpose: Annotated[
        Purpose, typer.Option("--for", help="Collect what `triage` or what `audit` needs.")
    ] = Purpose.TRIAGE,
    namespace: shared.Namespace = "",
    deadline: shared.Deadline = 20.0,
    since: shared.Since = None,
    cloudtrail: shared.CloudTrail = False,
    node_logs: shared.NodeLogs = DEFAULT,
    kubeconfig: shared.Kubeconfig = "",
    context: shared.Context = "",
    profile: shared.Profile = "",
    region: shared.Region = "",
    role_arn: shared.RoleArn = "",
    cluster_name: shared.ClusterName = "",
    aws_endpoint: shared.AwsEndpoint = "",
    force: Annotated[bool, typer.Option("--force", help="Replace an existing snapshot.")] = False,
    quiet: shared.Quiet = False,
) -> None:
    """Write a snapshot, which `--from` reads on any machine."""
    from eksdoctor.cli import unreachable
    from eksdoctor.cli.progress import Progress
    from eksdoctor.cli.run_options import RunOptions, extras
    from eksdoctor.cli.take_snapshot import collect_snapshot
    from eksdoctor.connection_options import ConnectionOptions
    from eksdoctor.engine.rulebook.load import load
    from eksdoctor.resources import rules_folder
    from eksdoctor.snapshot import archive

    target = _target(path, replace_existing=force)
    options = RunOptions(
        purpose=purpose.value,
        connection=ConnectionOptions(
            kubeconfig=kubeconfig,
            context=context,
            profile=profile,
            region=region,
            role_arn=role_arn,
            cluster=cluster_name,
            aws_endpoint=aws_endpoint,
        ),
        deadline_seconds=deadline,
        window_seconds=since,
        namespace=namespace,
        extras=extras(cloudtrail),
        node_logs=node_logs if purpose is Purpose.TRIAGE else 0,
    )
    with Progress(quiet=quiet) as progress:
        snapshot = collect_snapshot(options, progress, load(rules_folder()))
    unreachable.print_unreachable(snapshot, quiet=quiet)
    code = _exit_code(snapshot)
    if unreachable.nothing_answered(snapshot):
        print("no snapshot written: no request succeeded", file=sys.stderr)
        raise typer.Exit(code)
    if code and not _is_free(target):  # an incomplete snapshot does not replace a complete one
        target = target.with_name(f"partial-{target.name}")
    if path.endswith("/"):
        _make_folder(target)
    archive.write(snapshot, target)
    if not quiet:
        failed = len(snapshot.refusals)
        print(f"wrote {target}: {len(snapshot.outcomes)} API calls, {failed} failed", file=sys.stderr)
    raise typer.Exit(code)


def _exit_code(snapshot: "Snapshot") -> int:
    from eksdoctor.cli.exit_codes import INTERRUPTED, NO_FINDINGS, UNREACHABLE
    from eksdoctor.cli.unreachable import is_cluster_unreachable

    if snapshot.interrupted:
        return INTERRUPTED
    return UNREACHABLE if is_cluster_unreachable(snapshot) else NO_FINDINGS


def _is_free(target: Path) -> bool:
    """Whether `target` does not exist, or is an empty folder."""
    return not any(target.iterdir()) if target.is_dir() else not target.exists()


def _target(text: str, *, replace_existing: bool) -> Path:
    """The path of the snapshot; raises UsageError if it exists or can't be written."""
    from eksdoctor.cli.outputs import check_file, check_folder

    target = Path(text).expanduser()
    if not replace_existing and not _is_free(target):
        raise UsageError(f"{target} exists", "Choose another name, or replace it with --force.")
    if target.is_dir():
        check_folder(target)
    elif text.endswith("/"):
        check_folder(target.parent)
    else:
        check_file(target)
    return target


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise SnapshotError(f"cannot create the folder {folder}: {error.strerror or error}") from error
