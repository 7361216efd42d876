"""The ENIs of the VPC's subnets."""

from collections import defaultdict
from functools import cached_property

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.records.aws import DESCRIBE_NETWORK_INTERFACES


class Interfaces(ClusterPart):
    """The ENIs that EC2 answered, by subnet."""

    @cached_property
    def _interfaces(self) -> dict[str, list[aws.NetworkInterface]]:
        found: dict[str, list[aws.NetworkInterface]] = defaultdict(list)
        for eni in self.cluster.snapshot.of(DESCRIBE_NETWORK_INTERFACES.kind):
            found[eni.subnet_id].append(eni)
        return found

    def interfaces_in(self, subnet: str) -> tuple[aws.NetworkInterface, ...]:
        """The ENIs of a subnet that were answered."""
        return tuple(self._interfaces.get(subnet, ()))
