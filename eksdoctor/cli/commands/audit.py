"""`eksdoctor audit`: what will hold pods next; no stuck pod needed."""

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
        FailOn, typer.Option("--fail-on", help="Exit with 3 from this severity on.")
    ] = FailOn.WARNING,
    no_keep: shared.NoKeep = False,
    quiet: shared.Quiet = False,
) -> None:
    """Say what will stop pods from getting an address."""
    from eksdoctor.cli.run_options import Delivery, Wish, extras
    from eksdoctor.cli.run_report import report_on
    from eksdoctor.connection_options import ConnectionOptions

    wish = Wish(
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
    delivery = Delivery(
        fail_on=fail_on,
        output=tuple(output or ()),
        rules=tuple(rules or ()),
        passed="shown" if why else "hidden",
        snapshot="dropped" if no_keep else "kept",
        color=color,
        voice="quiet" if quiet else "spoken",
    )
    raise typer.Exit(report_on(wish, delivery))
