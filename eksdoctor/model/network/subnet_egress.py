"""A subnet as the way out of the VPC for the pods whose address nobody translates before."""

from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.facts.fact import Items, fact, known
from eksdoctor.model.routes.default_route import DefaultRoute, WayOut, default_route


class SubnetExit:
    """One subnet and the pods that leave by it under their own addresses."""

    def __init__(self, subnet: "Subnet", pods: Items[Pod]) -> None:
        self.subnet = subnet
        self._pods = pods

    def __str__(self) -> str:
        return self.subnet.id

    @property
    def id(self) -> str:
        """The subnet's id."""
        return self.subnet.id

    @fact
    def zone(self) -> str:
        """The subnet's zone."""
        return known(self.subnet.zone)

    @property
    def pods(self) -> Items[Pod]:
        """The pods with addresses in it."""
        return self._pods

    @fact
    def route(self) -> DefaultRoute:
        """Its IPv4 default route."""
        return default_route(self.subnet.cluster, self.subnet.id)

    @fact
    def leads_to_internet_gateway(self) -> bool:
        """An internet gateway passes only what has a public address, and pods have none."""
        return known(self.route).way == WayOut.INTERNET_GATEWAY
