"""What lowering the warm targets would give back: targets to set, and the addresses they free."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eksdoctor.model.aws_node_settings import addon_configuration
from eksdoctor.model.warm_pool.pool import Pool, Targets

SPARES = (2, 1)  # addresses kept ready a node, the larger where the subnets can bear it


@dataclass(frozen=True, slots=True)
class LoweredTargets:
    """WARM_IP_TARGET and MINIMUM_IP_TARGET to set together; either alone is a trap."""

    warm_ip: int
    minimum_ip: int

    @property
    def targets(self) -> Targets:
        """As the daemon would read them."""
        return Targets(warm_ip=self.warm_ip, minimum_ip=self.minimum_ip)

    def demand(self, wanted: Iterable[int]) -> int:
        """Addresses that nodes hold in the end, given the pods each runs or has waiting."""
        return sum(max(pods + self.warm_ip, self.minimum_ip) for pods in wanted)


def lowered(subnets: Sequence[tuple[int, Sequence[int]]]) -> LoweredTargets:
    """Targets for these subnets, each with the addresses it has for pods and the pods of each node.

    The floor is what the middle node runs; the spare is the largest that every subnet can bear, the
    least where none can.
    """
    middle = statistics.median_low(sorted(pods for _, nodes in subnets for pods in nodes) or [0])
    choices = [LoweredTargets(spare, max(middle, spare)) for spare in SPARES]
    fitting = (choice for choice in choices if all(choice.demand(nodes) <= room for room, nodes in subnets))
    return next(fitting, choices[-1])


def freed(pools: Iterable[Pool], targets: LoweredTargets) -> int:
    """Addresses these pools would give back; ENIs that empty give their primary address on top."""
    return sum(pool.surplus(targets.targets) for pool in pools)


def merged_configuration(values: str, environment: dict[str, str]) -> str:
    """An add-on's configurationValues with `environment` set, as JSON; the API replaces the whole document.

    Raises NotKnown when the present document is not a mapping that can be merged into.
    """
    document = addon_configuration.read(values)
    return addon_configuration.merged(document, {addon_configuration.AWS_NODE: environment})
