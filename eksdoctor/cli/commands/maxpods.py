"""`eksdoctor maxpods`: how many pods an instance type can run."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from eksdoctor.cli.parameters import shared
from eksdoctor.cli.parameters.shared import Color
from eksdoctor.errors import UsageError

if TYPE_CHECKING:
    from eksdoctor.cli.outputs import Output
    from eksdoctor.model.instance_types.limits import InstanceLimits
    from eksdoctor.render.max_pods_page import MaxPodsPage

_SETTINGS = "VPC CNI settings"


Types = Annotated[
    list[str],
    typer.Argument(metavar="TYPE...", help="Instance types, or patterns in quotes: 'm7g.*', '*'."),
]
PrefixDelegation = Annotated[
    bool,
    typer.Option(
        "--prefix-delegation",
        help="Show the numbers for prefix delegation first.",
        rich_help_panel=_SETTINGS,
    ),
]
CustomNetworking = Annotated[
    bool,
    typer.Option(
        "--custom-networking",
        help="Show the numbers for custom networking first.",
        rich_help_panel=_SETTINGS,
    ),
]
PodEni = Annotated[
    bool,
    typer.Option(
        "--pod-eni",
        help="Security groups for pods: reserve one ENI for the trunk on types that support it.",
        rich_help_panel=_SETTINGS,
    ),
]
MaxEni = Annotated[
    int | None,
    typer.Option(
        "--max-eni",
        metavar="N",
        min=1,
        show_default=False,
        help="MAX_ENI: the CNI uses at most N ENIs.",
        rich_help_panel=_SETTINGS,
    ),
]


def maxpods(
    types: Types,
    *,
    prefix_delegation: PrefixDelegation = False,
    custom_networking: CustomNetworking = False,
    pod_eni: PodEni = False,
    max_eni: MaxEni = None,
    output: shared.PageOutput = None,
    color: shared.ColorChoice = Color.AUTO,
) -> None:
    """Show how many pods an instance type can run."""
    from eksdoctor.cli import outputs
    from eksdoctor.model.instance_types.max_pods_formula import Networking
    from eksdoctor.render import max_pods_page

    pages = outputs.parse_outputs(output, ("terminal", "markdown", "json"))
    networking = Networking(prefix_delegation, custom_networking, pod_eni, max_eni or 0)
    page = max_pods_page.build(_known_types(types), networking)
    for one in pages:
        outputs.write_page(one, _text(page, one, color))


def _text(page: "MaxPodsPage", output: "Output", color: Color) -> str:
    from eksdoctor.cli.outputs import color_mode, width
    from eksdoctor.render import max_pods_page

    if output.format == "json":
        return max_pods_page.json_list(page)
    if output.format == "markdown":
        return max_pods_page.markdown(page)
    return max_pods_page.terminal(page, width(), color_mode(output, color))


def _known_types(given: Iterable[str]) -> "list[InstanceLimits]":
    from eksdoctor.model.instance_types import table
    from eksdoctor.model.instance_types.limits import bundled_limits

    names: list[str] = []
    for text in given:
        found = table.matching(text.strip().lower())
        if not found:
            raise _not_known(text.strip())
        names += found
    limits = (bundled_limits(name) for name in dict.fromkeys(names))
    return [one for one in limits if one is not None]


def _not_known(name: str) -> UsageError:
    from eksdoctor.model.instance_types import table

    if any(mark in name for mark in "*?["):
        return UsageError(f"no instance type matches {name}", "List all types: eksdoctor maxpods '*'")
    close = table.near(name.lower())
    day = table.date()
    advice = f"Did you mean {' or '.join(close)}?" if close else "List all types: eksdoctor maxpods '*'"
    return UsageError(f"unknown instance type {name} (table of {day})", advice)
