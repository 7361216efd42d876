"""The options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from eksdoctor.cli.parameters.durations import duration
from eksdoctor.cli.parameters.node_logs import number_of_nodes


class FailOn(StrEnum):
    """From which severity on findings make the exit code 3."""

    NEVER = "never"
    CRITICAL = "critical"
    WARNING = "warning"
    ADVICE = "advice"


class Color(StrEnum):
    """When the terminal page is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_TARGET = "Which cluster"
_PAGE = "What is written"

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
    str, typer.Option("--role-arn", metavar="ARN", help="An AWS role to assume.", rich_help_panel=_TARGET)
]
ClusterName = Annotated[
    str,
    typer.Option("--cluster-name", metavar="NAME", help="The EKS cluster's name.", rich_help_panel=_TARGET),
]
AwsEndpoint = Annotated[str, typer.Option("--aws-endpoint", metavar="URL", hidden=True)]
Namespace = Annotated[
    str, typer.Option("--namespace", "-n", metavar="NAME", help="Only pods of this namespace (default: all).")
]
From = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="PATH|last",
        show_default=False,
        help="Read a snapshot instead of the cluster (`last` is the newest), or logs that eks-log-collector "
        "or a NodeDiagnostic packed on a node; repeatable.",
    ),
]
DEADLINE = "A report comes by then, with what has answered."
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
        help="How far back events and counters count.",
    ),
]
CloudTrail = Annotated[
    bool,
    typer.Option(
        "--cloudtrail", help="Look up in CloudTrail what EC2 refused (seconds more, cloudtrail:LookupEvents)."
    ),
]
NodeLogs = Annotated[
    int,
    typer.Option(
        "--node-logs",
        metavar="N|off",
        parser=number_of_nodes,
        show_default="3",
        help="Read ipamd's log on N nodes for each cause that is not confirmed; takes nodes/proxy.",
    ),
]
Why = Annotated[bool, typer.Option("--why", help="Also show what was clear and what does not apply.")]
Output = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FORMAT[=FILE]",
        show_default="terminal",
        help="terminal, markdown, html or json, to standard output or a file; repeatable.",
        rich_help_panel=_PAGE,
    ),
]
Rules = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="DIR",
        show_default=False,
        help="Your own rules beside the shipped ones; repeatable.",
    ),
]
NoKeep = Annotated[bool, typer.Option("--no-keep", help="Do not keep the snapshot in the cache.")]
ColorChoice = Annotated[
    Color, typer.Option("--color", help="Colour the terminal page (NO_COLOR is respected).")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on standard error but errors.")]
