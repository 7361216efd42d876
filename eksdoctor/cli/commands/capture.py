"""`eksdoctor capture`: a snapshot to send to somebody, or to keep."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from eksdoctor.cli.parameters import shared
from eksdoctor.cli.parameters.node_logs import SHIPPED
from eksdoctor.errors import SnapshotError, UsageError


class Purpose(StrEnum):
    """For which command a snapshot asks enough."""

    TRIAGE = "triage"
    AUDIT = "audit"


def capture(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="NAME.eksdoctor.tar.gz, or a folder when it ends in `/`.")
    ],
    *,
    purpose: Annotated[
        Purpose, typer.Option("--for", help="Ask what `triage` or what `audit` needs.")
    ] = Purpose.TRIAGE,
    namespace: shared.Namespace = "",
    deadline: shared.Deadline = 20.0,
    since: shared.Since = None,
    cloudtrail: shared.CloudTrail = False,
    node_logs: shared.NodeLogs = SHIPPED,
    kubeconfig: shared.Kubeconfig = "",
    context: shared.Context = "",
    profile: shared.Profile = "",
    region: shared.Region = "",
    role_arn: shared.RoleArn = "",
    cluster_name: shared.ClusterName = "",
    aws_endpoint: shared.AwsEndpoint = "",
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    quiet: shared.Quiet = False,
) -> None:
    """Write a snapshot that `--from` reads anywhere."""
    from eksdoctor.cli import unreachable
    from eksdoctor.cli.exit_codes import INTERRUPTED, NOTHING, UNREACHABLE
    from eksdoctor.cli.progress import Progress
    from eksdoctor.cli.run_options import Wish, extras
    from eksdoctor.cli.take_snapshot import live
    from eksdoctor.connection_options import ConnectionOptions
    from eksdoctor.engine.rulebook.load import load
    from eksdoctor.resources import rules_folder
    from eksdoctor.snapshot import archive

    target = _target(path, "replace" if force else "refuse")
    wish = Wish(
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
    with Progress("quiet" if quiet else "spoken") as progress:
        snapshot = live(wish, progress, load(rules_folder()))
    unreachable.tell(snapshot, "quiet" if quiet else "spoken")
    silent = unreachable.is_cluster_silent(snapshot)
    code = INTERRUPTED if snapshot.interrupted else UNREACHABLE if silent else NOTHING
    if unreachable.nothing_answered(snapshot):
        print("nothing was written", file=sys.stderr)
        raise typer.Exit(code)
    if code and not _is_free(target):  # a good snapshot is not replaced by less
        target = target.with_name(f"partial-{target.name}")
    if path.endswith("/"):
        _make_folder(target)
    archive.write(snapshot, target)
    if not quiet:
        refused = len(snapshot.refusals)
        print(f"wrote {target}: {len(snapshot.outcomes)} requests, {refused} refused", file=sys.stderr)
    raise typer.Exit(code)


def _is_free(target: Path) -> bool:
    """Whether nothing lies there yet."""
    return not any(target.iterdir()) if target.is_dir() else not target.exists()


def _target(text: str, existing: str) -> Path:
    """Where the snapshot goes; raises UsageError when it cannot or must not."""
    from eksdoctor.cli.outputs import check_file, check_folder

    target = Path(text).expanduser()
    if not _is_free(target) and existing == "refuse":
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
        raise SnapshotError(f"cannot make the folder {folder}: {error.strerror or error}") from error
