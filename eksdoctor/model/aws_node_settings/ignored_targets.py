"""Warm targets that are set and that the daemon does not go by in its mode."""

from collections.abc import Iterator
from dataclasses import dataclass

from eksdoctor.model.aws_node_settings.environment import Environment

SHIPPED = (None, "", "1")  # WARM_ENI_TARGET and WARM_PREFIX_TARGET are 1 in every manifest
ENI, PREFIX = "WARM_ENI_TARGET", "WARM_PREFIX_TARGET"
OF_ENI = "warm ENIs are not counted in this mode"
OF_ENI_IN_PREFIX_MODE = "only instance types that are not Nitro still count warm ENIs"
OF_PREFIX_IN_SECONDARY_MODE = "prefixes are not requested while ENABLE_PREFIX_DELEGATION is off"
OF_PREFIX = "it only decides whether a fully unused ENI is released"


@dataclass(frozen=True, slots=True)
class IgnoredTarget:
    """A warm target that is set and that the daemon does not look at, and what it goes by instead."""

    name: str
    value: str
    winner: str
    remark: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


def ignored_targets(environment: Environment, *, prefixes: bool) -> Iterator[IgnoredTarget]:
    """The targets that differ from the manifest's and do nothing (IPv4)."""
    winner = " and ".join(
        f"{name}={number}"
        for name in ("WARM_IP_TARGET", "MINIMUM_IP_TARGET")
        if (number := environment.number(name, 0)) > 0
    )
    eni, prefix = environment.text(ENI), environment.text(PREFIX)
    if eni not in SHIPPED and (prefixes or winner):
        remark = OF_ENI if winner else OF_ENI_IN_PREFIX_MODE
        yield IgnoredTarget(ENI, eni or "", winner or "prefix delegation", remark)
    if prefix in SHIPPED:
        return
    if not prefixes:
        yield IgnoredTarget(PREFIX, prefix or "", "secondary-IP mode", OF_PREFIX_IN_SECONDARY_MODE)
    elif winner:
        yield IgnoredTarget(PREFIX, prefix or "", winner, OF_PREFIX)
