"""`eksdoctor audit`: what will hold pods next; no stuck pod needed."""

from typing import Annotated

import typer

from eksdoctor.cli import options
from eksdoctor.cli.options import Color, FailOn


def audit(
    *,
    namespace: options.Namespace = "",
    source: options.From = None,
    deadline: Annotated[
        float,
        typer.Option(
            "--deadline", metavar="TIME", parser=options.duration, show_default="60s", help=options.DEADLINE
        ),
    ] = 60.0,
    since: options.Since = None,
    cloudtrail: options.CloudTrail = False,
    kubeconfig: options.Kubeconfig = "",
    context: options.Context = "",
    profile: options.Profile = "",
    region: options.Region = "",
    role_arn: options.RoleArn = "",
    cluster_name: options.ClusterName = "",
    aws_endpoint: options.AwsEndpoint = "",
    output: options.Output = None,
    why: options.Why = False,
    color: options.ColorChoice = Color.AUTO,
    rules: options.Rules = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 3 from this severity on.")
    ] = FailOn.WARNING,
    no_keep: options.NoKeep = False,
    quiet: options.Quiet = False,
) -> None:
    """Say what will stop pods from getting an address."""
    from eksdoctor.cli.reporting import report_on
    from eksdoctor.cli.wish import Connection, Delivery, Wish, extras

    wish = Wish(
        purpose="audit",
        connection=Connection(kubeconfig, context, profile, region, role_arn, cluster_name, aws_endpoint),
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
