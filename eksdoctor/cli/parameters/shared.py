"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from eksdoctor.cli.parameters.durations import duration
from eksdoctor.cli.parameters.node_logs import number_of_nodes


class FailOn(StrEnum):
    """The lowest severity that makes the exit code 3."""

    NEVER = "never"
    CRITICAL = "critical"
    WARNING = "warning"
    ADVICE = "advice"


class Color(StrEnum):
    """When the terminal page has color."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_TARGET = "Cluster and account"
_PAGE = "Output"

Kubeconfig = Annotated[
    str, typer.Option("--kubeconfig", metavar="PATH", help="The kubeconfig file.", rich_help_panel=_TARGET)
]
Context = Annotated[
    str, typer.Option("--context", metavar="NAME", help="The kubeconfig context.", rich_help_panel=_TARGET)
]
Profile = Annotated[
    str, typer.Option("--profile", metavar="NAME", help="The AWS profile.", rich_help_panel=_TARGET)
]
Region = Annotated[
    str, typer.Option("--region", metavar="NAME", help="The AWS region.", rich_help_panel=_TARGET)
]
RoleArn = Annotated[
    str, typer.Option("--role-arn", metavar="ARN", help="The AWS role to assume.", rich_help_panel=_TARGET)
]
ClusterName = Annotated[
    str,
    typer.Option(
        "--cluster-name", metavar="NAME", help="The name of the EKS cluster.", rich_help_panel=_TARGET
    ),
]
AwsEndpoint = Annotated[str, typer.Option("--aws-endpoint", metavar="URL", hidden=True)]
Namespace = Annotated[
    str, typer.Option("--namespace", "-n", metavar="NAME", help="Only pods in this namespace (default: all).")
]
From = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="PATH|last",
        show_default=False,
        help="Read a snapshot instead of the cluster (`last`: the newest), or node logs packed by "
        "eks-log-collector or a NodeDiagnostic; repeatable.",
    ),
]
DEADLINE = "Report after this time at the latest, with the data received by then."
Deadline = Annotated[
    float,
    typer.Option("--deadline", metavar="TIME", parser=duration, show_default="20s", help=DEADLINE),
]
Since = Annotated[
    float | None,
    typer.Option(
        "--since",
        metavar="TIME",
        parser=duration,
        show_default="1h",
        help="How far back to use events, logs and counters.",
    ),
]
CloudTrail = Annotated[
    bool,
    typer.Option(
        "--cloudtrail",
        help="Also look up failed EC2 calls in CloudTrail (a few seconds; needs cloudtrail:LookupEvents).",
    ),
]
NodeLogs = Annotated[
    int,
    typer.Option(
        "--node-logs",
        metavar="N|off",
        parser=number_of_nodes,
        show_default="3",
        help="Read ipamd.log on N nodes for each cause that is not confirmed; needs nodes/proxy.",
    ),
]
Why = Annotated[bool, typer.Option("--why", help="Also show the checks that passed or are not applicable.")]
Output = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT[=FILE]",
        show_default="terminal",
        help="terminal, markdown, html or json, to standard output or to FILE; repeatable.",
        rich_help_panel=_PAGE,
    ),
]
PageOutput = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT[=FILE]",
        show_default="terminal",
        help="terminal, markdown or json.",
    ),
]
Rules = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="DIR",
        show_default=False,
        help="A folder with your own rules, in addition to the built-in rules; repeatable.",
    ),
]
NoKeep = Annotated[bool, typer.Option("--no-keep", help="Do not keep the snapshot in the cache.")]
ColorChoice = Annotated[
    Color, typer.Option("--color", help="Color of the terminal page (NO_COLOR is respected).")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors on standard error.")]
