"""`eksdoctor triage`: what holds the stuck pods."""

from typing import Annotated

import typer

from eksdoctor.cli.parameters import shared
from eksdoctor.cli.parameters.node_logs import SHIPPED
from eksdoctor.cli.parameters.shared import Color, FailOn


def triage(
    pod: Annotated[str, typer.Argument(metavar="POD", help="Only this pod: NAME or NAMESPACE/NAME.")] = "",
    *,
    namespace: shared.Namespace = "",
    source: shared.From = None,
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
    output: shared.Output = None,
    why: shared.Why = False,
    color: shared.ColorChoice = Color.AUTO,
    rules: shared.Rules = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 3 from this severity on.")
    ] = FailOn.NEVER,
    no_keep: shared.NoKeep = False,
    quiet: shared.Quiet = False,
) -> None:
    """Say why pods get no address, and what to type."""
    from eksdoctor.cli.run_options import Delivery, Wish, extras
    from eksdoctor.cli.run_report import report_on
    from eksdoctor.connection_options import ConnectionOptions

    wish = Wish(
        purpose="triage",
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
