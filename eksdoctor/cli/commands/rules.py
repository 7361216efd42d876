"""`eksdoctor rules list|test|docs|facts`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eksdoctor.cli.help_text import epilog
from eksdoctor.cli.parameters import shared
from eksdoctor.cli.parameters.shared import Color
from eksdoctor.errors import UsageError

if TYPE_CHECKING:
    from eksdoctor.engine.rulebook.load import Rulebook

rules = typer.Typer(
    help="List and test the rules, list the facts they may read.",
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog=epilog(
        "eksdoctor rules list", "eksdoctor rules test --rules my-rules", "eksdoctor rules docs --check"
    ),
)
FAILED = 2  # as for any wrong rule file


@rules.command("list", epilog=epilog("eksdoctor rules list", "eksdoctor rules list -o json"))
def list_rules(
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output", "-o", metavar="FORMAT[=FILE]", show_default="terminal", help="terminal or json."
        ),
    ] = None,
    own: shared.Rules = None,
    color: shared.ColorChoice = Color.AUTO,
) -> None:
    """List the rules in the order of an IP request's path."""
    from eksdoctor.cli import outputs
    from eksdoctor.engine.rulebook.load import load
    from eksdoctor.render import rule_catalogue
    from eksdoctor.resources import rules_folder

    pages = outputs.parse_outputs(output, ("terminal", "json"))
    rulebook = load(rules_folder(), *(own or ()))
    for page in pages:
        if page.format == "json":
            text = rule_catalogue.json_list(rulebook)
        else:
            text = rule_catalogue.terminal(rulebook, outputs.width(), outputs.color_mode(page, color))
        outputs.write_page(page, text)


@rules.command(
    "test",
    epilog=epilog(
        "eksdoctor rules test",
        "eksdoctor rules test subnet-exhausted subnet-fragmented",
        "eksdoctor rules test tests/rules/subnet-exhausted.yaml",
        "eksdoctor rules test -k 'subnet and not fires'",
        "eksdoctor rules test --rules my-rules --cases my-cases",
    ),
)
def run_cases(
    selected: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID|FILE]...",
            show_default=False,
            help="Test only these rules, or the cases of these files (default: every rule).",
        ),
    ] = None,
    keyword: Annotated[
        str,
        typer.Option(
            "-k",
            metavar="EXPRESSION",
            show_default=False,
            help="Run only cases whose id (`rule: kind: name`) contains these words; and, or, not, ( ).",
        ),
    ] = "",
    own: Annotated[
        Path | None,
        typer.Option(
            "--rules", metavar="DIR", show_default=False, help="Test the rules of this folder instead."
        ),
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            "--cases",
            metavar="DIR",
            show_default=False,
            help="Their cases (default: `cases` in that folder).",
        ),
    ] = None,
    quiet: shared.Quiet = False,
) -> None:
    """Run the cases of the rules: fires, clear, unknown."""
    from eksdoctor.engine.cases.selection import run_selected
    from eksdoctor.render.labels import plural
    from eksdoctor.render.sanitize import one_line

    results = run_selected(_tested(own), selected or [], keyword, lambda: _cases(own, cases))
    failed = [result for result in results if not result.ok]
    for result in failed:
        print(f"FAILED {one_line(result.id)}: {one_line(result.message)}")
    if not quiet or failed:
        print(f"{plural(len(results), 'case', 'cases')}, {len(failed):,} failed")
    if failed or not results:
        raise typer.Exit(FAILED)


def _tested(own: Path | None) -> "Rulebook":
    """The rules to test: the shipped ones, or the user's own, which may name shipped ones."""
    from eksdoctor.engine.rulebook.load import Rulebook, load
    from eksdoctor.resources import rules_folder

    shipped = load(rules_folder())
    if own is None:
        return shipped
    both = load(rules_folder(), own)
    return Rulebook({rule.id: rule for rule in both if rule.id not in shipped.rules}, both.levers)


def _cases(own: Path | None, cases: Path | None) -> Path:
    from eksdoctor.resources import rules_folder

    usual = own / "cases" if own else rules_folder().parent / "tests" / "rules"
    folder = cases or usual
    if not folder.is_dir():
        raise UsageError(
            f"no case folder at {folder}",
            "Use --cases DIR. The built-in cases are in the repository.",
        )
    return folder


@rules.command(epilog=epilog("eksdoctor rules docs", "eksdoctor rules docs --check"))
def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when the catalogue is stale.")
    ] = False,
    own: Annotated[
        Path | None,
        typer.Option(
            "--rules", metavar="DIR", show_default=False, help="The rules folder (default: the shipped one)."
        ),
    ] = None,
) -> None:
    """Write the catalogue of a rules folder to its README.md."""
    from eksdoctor.engine.rulebook.load import load
    from eksdoctor.render.rule_catalogue import catalogue
    from eksdoctor.resources import rules_folder
    from eksdoctor.snapshot.archive import replace_file

    folder = own or rules_folder()
    file = folder / "README.md"
    text = catalogue(load(folder))
    if not check:
        replace_file(file, text.encode(), mode=0o644)
        print(f"wrote {file}", file=sys.stderr)
    elif not file.is_file() or file.read_text(encoding="utf-8") != text:
        raise UsageError(f"{file} is out of date", "Generate it: eksdoctor rules docs")


@rules.command(
    epilog=epilog("eksdoctor rules facts", "eksdoctor rules facts Node", "eksdoctor rules facts -o json cni")
)
def facts(
    name: Annotated[
        str,
        typer.Argument(metavar="[TYPE]", show_default=False, help="A type, or `cluster` or `cni`."),
    ] = "",
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output", "-o", metavar="FORMAT[=FILE]", show_default="terminal", help="terminal or json."
        ),
    ] = None,
    color: shared.ColorChoice = Color.AUTO,
) -> None:
    """List what rules may read: every type, or the facts of one type."""
    from eksdoctor.cli import outputs
    from eksdoctor.render import fact_list

    for page in outputs.parse_outputs(output, ("terminal", "json")):
        if page.format == "json":
            text = fact_list.json_list(name)
        else:
            text = fact_list.terminal(name, outputs.width(), outputs.color_mode(page, color))
        outputs.write_page(page, text)
