"""The typer application: its commands, help and exit codes."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from eksdoctor.cli.commands.audit import audit
from eksdoctor.cli.commands.capture import capture
from eksdoctor.cli.commands.decode import decode
from eksdoctor.cli.commands.explain import explain
from eksdoctor.cli.commands.maxpods import maxpods
from eksdoctor.cli.commands.rules import rules
from eksdoctor.cli.commands.triage import triage
from eksdoctor.cli.commands.version import print_version, version
from eksdoctor.cli.debug import DebugSwitch, add_debug_option
from eksdoctor.cli.help_text import epilog

EXIT_CODES = """\b
Exit codes:
  0  no finding at or above --fail-on
  1  internal error
  2  wrong option, rule file or snapshot, or an output that can't be written
  3  findings at or above --fail-on
  4  no such finding, but a rule that applies is inconclusive (with --fail-on)
  5  the cluster can't be reached
  130  interrupted (the report is marked partial)"""

app = typer.Typer(
    name="eksdoctor",
    help="Find out why pods on Amazon EKS can't get an IP: the limit that was reached, the affected pods, "
    "a command that verifies it and a command that fixes it.\n\n"
    "eksdoctor is read-only: it sends get, list and describe calls.",
    epilog=epilog(
        "eksdoctor triage                      why pods in the current context get no IP",
        "eksdoctor triage web-7d9f -n shop     the same for one pod",
        "eksdoctor triage --from last          read the last snapshot again, offline",
        "eksdoctor audit --fail-on warning     what will fail next, for a pipeline",
        "eksdoctor decode ipamd.log            what log lines mean, without a cluster",
        "eksdoctor explain subnet-exhausted    the runbook page of one rule",
    )
    + "\n\n"
    + EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that stand before the command."""


for _command, _examples in (
    (
        triage,
        (
            "eksdoctor triage",
            "eksdoctor triage web-7d9f-x2x4q -n shop --since 30m",
            "eksdoctor triage --from incident.eksdoctor.tar.gz -o html=report.html",
            "eksdoctor triage -o json | jq .verdicts",
        ),
    ),
    (audit, ("eksdoctor audit", "eksdoctor audit --context prod -o markdown=audit.md --fail-on critical")),
    (capture, ("eksdoctor capture incident.eksdoctor.tar.gz", "eksdoctor capture incident/ --deadline 2m")),
    (
        decode,
        (
            "eksdoctor decode ipamd.log",
            "kubectl describe pod web-7d9f | eksdoctor decode",
            "eksdoctor decode events.txt ipamd.log -o json | jq .cause",
        ),
    ),
    (explain, ("eksdoctor explain subnet-exhausted", "eksdoctor explain subnet-exhausted -o markdown")),
    (
        maxpods,
        ("eksdoctor maxpods m5.large t3.medium", "eksdoctor maxpods 'm7g.*' --prefix-delegation -o json"),
    ),
    (version, ("eksdoctor version",)),
):
    app.command(epilog=epilog(*_examples))(_command)
app.add_typer(rules, name="rules")


def command_line() -> Callable[..., Any]:
    """The whole command line as one callable; `--debug` is off until it is parsed."""
    command = typer.main.get_command(app)
    DebugSwitch.is_on = False
    add_debug_option(command)
    return command
