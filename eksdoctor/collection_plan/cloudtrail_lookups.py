"""CloudTrail lookups (`--cloudtrail`): calls that assign IPs and create or attach ENIs."""

from collections.abc import Iterator

from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.snapshot.request import Request

CALLS = (
    "AssignPrivateIpAddresses",
    "CreateNetworkInterface",
    "AttachNetworkInterface",
    "ModifyNetworkInterfaceAttribute",
)
OF_LAUNCHES = ("RunInstances", "CreateFleet")
OF_BRANCHES = ("CreateNetworkInterfacePermission", "AssociateTrunkInterface")


def next_requests(cluster: Cluster) -> Iterator[Request]:
    """One lookup per event name; those of branch ENIs only if pods may have branch ENIs."""
    if cluster.is_same_in_aws is False:
        return
    names = [*CALLS, *OF_LAUNCHES]
    if cluster.cni.security_groups_for_pods is not False:
        names += OF_BRANCHES
    for name in names:
        yield requests.calls_named(name, cluster.snapshot.window)
