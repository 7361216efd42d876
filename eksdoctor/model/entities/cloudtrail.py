"""What CloudTrail shows of the calls to EC2: which are this cluster's, and who calls how often."""

from functools import cached_property

from eksdoctor.evidence.inputs.cloudtrail_call import CloudTrailCall
from eksdoctor.evidence.inputs.cloudtrail_events import CallRate, call_rates, calls_of_records
from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.facts.fact import Items, fact
from eksdoctor.snapshot.records.aws import DESCRIBE_NETWORK_INTERFACES
from eksdoctor.snapshot.records.cloudtrail import LOOKUP_EVENTS
from eksdoctor.snapshot.records.kubernetes import LIST_NODES

MOST_CALLERS = 5


class Caller:
    """One program in one role, with its share of the calls that were looked at."""

    def __init__(self, rate: CallRate, share: float) -> None:
        self.rate = rate
        self._share = share

    def __str__(self) -> str:
        return self.rate.program

    @property
    def role(self) -> str:
        """The role it calls by."""
        return self.rate.caller.rpartition("/")[2] or "an unnamed role"

    @property
    def calls(self) -> int:
        """How many calls of it are in the sample."""
        return self.rate.calls

    @property
    def throttled(self) -> int:
        """How many of them EC2 throttled."""
        return self.rate.throttled

    @property
    def percent(self) -> int:
        """Its part of all calls looked at."""
        return round(100 * self._share)


class Trail(ClusterPart, name="trail"):
    """The calls to EC2 of the window, as far as CloudTrail was asked; the account's, not the cluster's."""

    @cached_property
    def calls(self) -> tuple[CloudTrailCall, ...]:
        """All that were looked at."""
        return calls_of_records(self.cluster.snapshot.of(LOOKUP_EVENTS.kind))

    @fact
    def callers(self) -> Items[Caller]:
        """Who calls, the busiest first."""
        rates, number = call_rates(self.calls), len(self.calls)
        return Items(tuple(Caller(rate, rate.calls / number) for rate in rates[:MOST_CALLERS]))

    @property
    def sample_size(self) -> int:
        """How many calls were looked at; CloudTrail gives the newest of each name."""
        return len(self.calls)

    @cached_property
    def own_calls(self) -> tuple[tuple[CloudTrailCall, str], ...]:
        """The calls about this cluster's nodes, ENIs or subnets, each with the node, if one is named."""
        found = ((call, self._node_of(call)) for call in self.calls)
        return tuple((call, node) for call, node in found if node or self._is_in_subnets(call))

    def _node_of(self, call: CloudTrailCall) -> str:
        instances = (call.from_instance, *call.instances)
        named = next((self._nodes[one] for one in instances if one in self._nodes), "")
        if named:
            return named
        holders = (self._enis.get(one, "") for one in call.enis)
        return next((self._nodes[one] for one in holders if one in self._nodes), "")

    @cached_property
    def _nodes(self) -> dict[str, str]:
        nodes = self.cluster.snapshot.of(LIST_NODES.kind)
        ids = ((node.spec.provider_id.rpartition("/")[2], node.metadata.name) for node in nodes)
        return {instance: name for instance, name in ids if instance.startswith("i-")}

    @cached_property
    def _enis(self) -> dict[str, str]:
        enis = self.cluster.snapshot.of(DESCRIBE_NETWORK_INTERFACES.kind)
        return {e.network_interface_id: e.attachment.instance_id for e in enis if e.attachment is not None}

    def _is_in_subnets(self, call: CloudTrailCall) -> bool:
        subnets = self.cluster.part(Subnets).subnet_records
        return any(subnet.id in call.subnets for subnet in subnets)
