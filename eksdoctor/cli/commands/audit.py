"""`eksdoctor audit`: what will stop pods from getting an IP, before a pod waits for one."""

from typing import Annotated

import typer

from eksdoctor.cli.parameters import shared
from eksdoctor.cli.parameters.shared import Color, FailOn


def audit(
    *,
    namespace: shared.Namespace = "",
    source: shared.From = None,
    deadline: Annotated[
        float,
        typer.Option(
            "--deadline", metavar="TIME", parser=shared.duration, show_default="60s", help=shared.DEADLINE
        ),
    ] = 60.0,
    since: shared.Since = None,
    cloudtrail: shared.CloudTrail = False,
    kubeconfig: shared.Kubeconfig = "",
    context: shared.Context = "",
    profile: shared.Profile = "",
    region: shared.Region = "",
    role_arn: shared.RoleArn = "",
    cluster_name: shared.ClusterName = "",
    aws_endpoint: shared.AwsEndpoint = "",
    output: shared.Output = None,
    why: shared.Why = False,
    color: shared.ColorChoice = Color.AUTO,
    rules: shared.Rules = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 3 for findings of this severity or above.")
    ] = FailOn.WARNING,
    no_keep: shared.NoKeep = False,
    quiet: shared.Quiet = False,
) -> None:
    """Find what will stop pods from getting an IP."""
    from eksdoctor.cli.run_options import ReportOptions, RunOptions, extras
    from eksdoctor.cli.run_report import report_on
    from eksdoctor.connection_options import ConnectionOptions

    options = RunOptions(
        purpose="audit",
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
        sources=tuple(source or ()),
        extras=extras(cloudtrail),
    )
    report_options = ReportOptions(
        fail_on=fail_on,
        output=tuple(output or ()),
        rules=tuple(rules or ()),
        show_passed=why,
        keep_snapshot=not no_keep,
        color=color,
        quiet=quiet,
    )
    raise typer.Exit(report_on(options, report_options))
