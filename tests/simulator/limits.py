"""What an instance type can carry: interfaces, addresses, branch interfaces, processors, memory."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InstanceLimits:
    """The limits of one type on its only network card; `branches` is 0 where there is no trunk."""

    name: str
    enis: int
    addresses: int
    vcpus: int
    memory_gib: int
    branches: int = 0

    @property
    def slots(self) -> int:
        """Secondary addresses or prefixes one interface holds besides its primary address."""
        return self.addresses - 1

    @property
    def eni_max_pods(self) -> int:
        """The max-pods value of the type in secondary-IP mode."""
        return self.enis * self.slots + 2


LIMITS = {
    limits.name: limits
    for limits in (
        InstanceLimits("m5.large", 3, 10, 2, 8, branches=9),
        InstanceLimits("m5.xlarge", 4, 15, 4, 16, branches=18),
        InstanceLimits("m5.2xlarge", 4, 15, 8, 32, branches=38),
        InstanceLimits("t3.medium", 3, 6, 2, 4),
    )
}
