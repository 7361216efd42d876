"""Addresses that cool: given back by a pod and not to be given out again yet, by the daemons' own books."""

from datetime import timedelta
from functools import cached_property

from eksdoctor.evidence.inputs import ipamd_introspection
from eksdoctor.evidence.inputs.ipamd_state import IpamdEni
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import NotKnown, known
from eksdoctor.snapshot.records.node_text import NODE_TEXTS

PERIOD = 30  # seconds; IP_COOLDOWN_PERIOD since v1.15, fixed before


def cooling_addresses(cluster: "Cluster") -> frozenset[str]:
    """The addresses that still cool at the capture's time, on the nodes whose book (`/v1/enis`) was read.

    No API and no metric tells which addresses cool, so on all other nodes they look like warm ones.
    """
    period, found = cool_down(cluster), set[str]()
    for words in cluster.snapshot.of(NODE_TEXTS):
        if words.kind != SourceKind.INTROSPECTION:
            continue
        book = ipamd_introspection.parse_enis(words.text.encode("utf-8", "replace"))
        for eni in book.enis if book is not None else ():
            found |= _cooling_on(eni, cluster, period)
    return frozenset(found)


def cool_down(cluster: "Cluster") -> timedelta:
    """IP_COOLDOWN_PERIOD; the default where the setting cannot be read."""
    try:
        seconds = known(cluster.part(CNI).environment).number("IP_COOLDOWN_PERIOD", PERIOD)
        return timedelta(seconds=seconds)
    except (NotKnown, OverflowError):
        return timedelta(seconds=PERIOD)


def _cooling_on(eni: IpamdEni, cluster: "Cluster", period: timedelta) -> set[str]:
    return {
        address.address
        for block in eni.cidrs
        for address in block.addresses
        if not address.assigned and address.released is not None
        if cluster.at - address.released < period
    }


class CoolingAddresses(ClusterPart, inline=True):
    """The IPs that cool down."""

    @cached_property
    def cooling_addresses(self) -> frozenset[str]:
        """Pod addresses that cool down, as far as daemons' own books were read."""
        return cooling_addresses(self.cluster)
