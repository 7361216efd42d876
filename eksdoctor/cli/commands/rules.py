"""`eksdoctor rules list|test|docs`."""

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
    help="List the rules, test them, generate their catalogue.",
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
    """List the rules in the order of the stages of an IP request."""
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
    "test", epilog=epilog("eksdoctor rules test", "eksdoctor rules test --rules my-rules --cases my-cases")
)
def run_cases(
    own: Annotated[
        Path | None,
        typer.Option(
            "--rules",
            metavar="DIR",
            show_default=False,
            help="Test the rules in this folder instead of the built-in rules.",
        ),
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(
            "--cases",
            metavar="DIR",
            show_default=False,
            help="The folder of the cases (default: `cases` in the rules folder).",
        ),
    ] = None,
    quiet: shared.Quiet = False,
) -> None:
    """Run the rule cases: fires, clear, unknown."""
    from eksdoctor.engine.cases.cases import run
    from eksdoctor.render.labels import plural
    from eksdoctor.render.sanitize import one_line

    results = run(_tested(own), _cases(own, cases))
    failed = [result for result in results if not result.ok]
    for result in failed:
        case = " ".join(part for part in (result.rule, result.kind, result.name) if part)
        print(f"FAILED {one_line(case)}: {one_line(result.message)}")
    if not quiet or failed:
        print(f"{plural(len(results), 'case', 'cases')}, {len(failed):,} failed")
    if failed or not results:
        raise typer.Exit(FAILED)


def _tested(own: Path | None) -> "Rulebook":
    """The rules to test: the built-in ones or the user's own, which may refer to built-in ones."""
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
            "Use --cases DIR. The cases of the built-in rules are in the repository.",
        )
    return folder


@rules.command(epilog=epilog("eksdoctor rules docs", "eksdoctor rules docs --check"))
def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if the catalogue is out of date.")
    ] = False,
    own: Annotated[
        Path | None,
        typer.Option(
            "--rules",
            metavar="DIR",
            show_default=False,
            help="The rules folder (default: the built-in rules).",
        ),
    ] = None,
) -> None:
    """Generate the catalogue of a rules folder: its README.md."""
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
