"""The page of `eksdoctor maxpods`: pods per instance type, in every mode."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from rich.text import Text

from eksdoctor.model.instance_types import table as instance_table
from eksdoctor.model.instance_types.limits import InstanceLimits
from eksdoctor.model.instance_types.max_pods_formula import (
    CAP,
    LARGE,
    LARGE_CAP,
    Networking,
    PodLimit,
    PodMode,
    mode_of,
    pod_limits,
)
from eksdoctor.render.labels import plural
from eksdoctor.render.markdown.markup import code, escaped
from eksdoctor.render.terminal.canvas import Canvas, ColorMode, sanitized

UNKNOWN, IMPOSSIBLE = "?", "-"
TITLES = {
    PodMode.SECONDARY: ("secondary", "IPs"),
    PodMode.CUSTOM_NETWORKING: ("custom", "networking"),
    PodMode.PREFIX: ("", "prefixes"),
    PodMode.PREFIX_CUSTOM_NETWORKING: ("prefixes +", "custom netw."),
}
FACTS = (("", "vCPUs"), ("", "ENIs"), ("IPs per", "ENI"), ("branch", "ENIs"))


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One instance type and its number of pods in every mode."""

    limits: InstanceLimits
    pods: dict[PodMode, PodLimit | None]


@dataclass(frozen=True, slots=True)
class MaxPodsPage:
    """The requested types; `modes` starts with the mode of the settings."""

    rows: tuple[TypeRow, ...]
    modes: tuple[PodMode, ...]
    remarks: tuple[str, ...]


def build(types: Iterable[InstanceLimits], networking: Networking) -> MaxPodsPage:
    """The page of these types with these settings."""
    rows = tuple(TypeRow(limits, pod_limits(limits, networking)) for limits in types)
    chosen = mode_of(networking)
    modes = tuple(sorted(PodMode, key=lambda mode: mode is not chosen))
    return MaxPodsPage(rows, modes, tuple(_remarks(rows, networking)))


def _remarks(rows: Sequence[TypeRow], networking: Networking) -> Iterable[str]:
    yield (
        f"Number of pods that get an IP → max-pods to set: at most {CAP}, or {LARGE_CAP} above {LARGE} vCPUs."
    )
    if networking.max_eni:
        yield f"Calculated with at most {plural(networking.max_eni, 'ENI', 'ENIs')} (MAX_ENI)."
    if networking.security_groups_for_pods:
        yield (
            "One ENI is reserved for the trunk ENI, except on types without trunk support. Pods on branch "
            "ENIs don't use these IPs but count towards max-pods."
        )
    cells = {cell for row in rows for cell in (*row.pods.values(), row.limits.branch_enis, row.limits.vcpus)}
    if None in cells:
        yield (
            f"{IMPOSSIBLE} not supported: prefix delegation needs Nitro, other types use secondary IPs. "
            f"{UNKNOWN} unknown."
        )
    yield (
        f"Limits as of {instance_table.date()}, for ENIs on the default network card. A managed node group "
        "without a custom AMI sets the capped number; other nodes set the uncapped number for secondary IPs."
    )


def terminal(page: MaxPodsPage, width: int = 100, color_mode: ColorMode = "plain") -> str:
    """The page for a terminal."""
    canvas = Canvas(width, color_mode)
    head = [("", "instance type"), *(TITLES[mode] for mode in page.modes), *FACTS]
    table = [
        [title[0] for title in head],
        [title[1] for title in head],
        *(_cells(page, r) for r in page.rows),
    ]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for number, cells in enumerate(table):
        style = "bold" if number < len(head[0]) else ""
        canvas.line(_line(cells, widths, style))
    canvas.blank()
    for remark in page.remarks:
        canvas.paragraph(sanitized(remark))
    return canvas.text


def _line(cells: Sequence[str], widths: Sequence[int], style: str) -> Text:
    text = Text()
    for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        shown = cell.ljust(width) if number == 0 else cell.rjust(width)
        text.append(shown if number == 0 else f"  {shown}", style or ("bold" if number == 1 else ""))
    return text


def _cells(page: MaxPodsPage, row: TypeRow) -> list[str]:
    limits = row.limits
    facts = (limits.vcpus, limits.enis, limits.addresses_per_eni, limits.branch_enis)
    pods = [_pods(row.pods[mode]) for mode in page.modes]
    return [limits.instance_type, *pods, *(UNKNOWN if fact is None else str(fact) for fact in facts)]


def _pods(limit: PodLimit | None) -> str:
    if limit is None:
        return IMPOSSIBLE
    return f"{limit.uncapped} → {UNKNOWN if limit.recommended is None else limit.recommended}"


def markdown(page: MaxPodsPage) -> str:
    """The page as Markdown."""
    titles = [" ".join(filter(None, pair)) for pair in (*(TITLES[mode] for mode in page.modes), *FACTS)]
    rows = [" | ".join(["instance type", *titles]), " | ".join(["---", *["---:"] * len(titles)])]
    for row in page.rows:
        name, *cells = _cells(page, row)
        rows.append(" | ".join([code(name), *cells]))
    table = "\n".join(f"| {row} |" for row in rows)
    return "\n\n".join([table, *(escaped(remark) for remark in page.remarks)]) + "\n"


def json_list(page: MaxPodsPage) -> str:
    """The page as JSON: a list, one object per type."""
    return json.dumps([_as_object(row) for row in page.rows], indent=2) + "\n"


def _as_object(row: TypeRow) -> dict[str, object]:
    limits = row.limits
    return {
        "instance_type": limits.instance_type,
        "enis": limits.enis,
        "ipv4_per_eni": limits.addresses_per_eni,
        "vcpus": limits.vcpus,
        "nitro": limits.nitro,
        "branch_enis": limits.branch_enis,
    } | {mode.value: asdict(limit) if limit else None for mode, limit in row.pods.items()}
