"""The commands and how they hang together."""

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
from eksdoctor.cli.help_text import epilog

EXIT_CODES = """\b
Exit codes:
  0  nothing at or above --fail-on
  1  a fault in eksdoctor itself
  2  wrong call, rule file or snapshot, or an output that cannot be written
  3  findings at or above --fail-on
  4  no such finding, but a rule that applies could not tell (with --fail-on)
  5  neither cluster nor account can be reached
  130  interrupted (the report is marked partial)"""

app = typer.Typer(
    name="eksdoctor",
    help="Why pods on Amazon EKS get no IP address: which ceiling, for which pods, how to see it, "
    "what to type.\n\n"
    "It only reads: get, list and describe calls.",
    epilog=epilog(
        "eksdoctor triage                      what holds the stuck pods of the current context",
        "eksdoctor triage web-7d9f -n shop     the same for one pod",
        "eksdoctor triage --from last          read the last snapshot again, without any network",
        "eksdoctor audit --fail-on warning     what will fail next, for a pipeline",
        "eksdoctor decode ipamd.log            what pasted lines mean, without a cluster",
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
    _debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of a fault in eksdoctor.")
    ] = False,
) -> None:
    """Options before the command."""


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
    """The whole command line as one callable."""
    return typer.main.get_command(app)
