"""`eksdoctor explain`: the runbook page of one rule."""

from typing import TYPE_CHECKING, Annotated

import typer

from eksdoctor.cli.parameters import shared
from eksdoctor.cli.parameters.shared import Color

if TYPE_CHECKING:
    from eksdoctor.cli.outputs import Output
    from eksdoctor.render.rule_page import RulePage


def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The rule id, as the report prints it.")],
    output: shared.PageOutput = None,
    *,
    rules: shared.Rules = None,
    color: shared.ColorChoice = Color.AUTO,
) -> None:
    """Print the runbook page of one rule."""
    from eksdoctor.cli import outputs
    from eksdoctor.engine.rulebook.load import load
    from eksdoctor.render import rule_page
    from eksdoctor.resources import rules_folder

    pages = outputs.parse_outputs(output, ("terminal", "markdown", "json"))
    page = rule_page.build(load(rules_folder(), *(rules or ())).get(rule))
    for one in pages:
        outputs.write_page(one, _text(page, one, color))


def _text(page: "RulePage", output: "Output", color: Color) -> str:
    from eksdoctor.cli.outputs import color_mode, width
    from eksdoctor.render import rule_page

    if output.format == "markdown":
        return rule_page.markdown(page)
    if output.format == "json":
        return rule_page.json_page(page)
    return rule_page.terminal(page, width(), color_mode(output, color))
