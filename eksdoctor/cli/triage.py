"""`eksdoctor triage`: what holds the stuck pods."""

from typing import Annotated

import typer

from eksdoctor.cli import options
from eksdoctor.cli.node_logs import SHIPPED
from eksdoctor.cli.options import Color, FailOn


def triage(
    pod: Annotated[str, typer.Argument(metavar="POD", help="Only this pod: NAME or NAMESPACE/NAME.")] = "",
    *,
    namespace: options.Namespace = "",
    source: options.From = None,
    deadline: options.Deadline = 20.0,
    since: options.Since = None,
    cloudtrail: options.CloudTrail = False,
    node_logs: options.NodeLogs = SHIPPED,
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
    ] = FailOn.NEVER,
    no_keep: options.NoKeep = False,
    quiet: options.Quiet = False,
) -> None:
    """Say why pods get no address, and what to type."""
    from eksdoctor.cli.reporting import report_on
    from eksdoctor.cli.wish import Connection, Delivery, Wish, extras

    wish = Wish(
        purpose="triage",
        connection=Connection(kubeconfig, context, profile, region, role_arn, cluster_name, aws_endpoint),
        deadline_seconds=deadline,
        window_seconds=since,
        namespace=namespace,
        pod=pod,
        sources=tuple(source or ()),
        extras=extras(cloudtrail),
        node_logs=node_logs,
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
