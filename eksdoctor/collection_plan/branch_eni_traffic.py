"""Requests for pods with branch ENIs: the DNS pods, and security group rules of both ends."""

from collections.abc import Iterator

from eksdoctor.model.branch_enis.policy import Policies
from eksdoctor.model.branch_traffic.traffic import Wiring
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, known
from eksdoctor.snapshot.request import Request

AUDIT = "audit"
MOST_GROUPS = 200  # EC2 accepts at most 200 values in one filter


def next_requests(cluster: Cluster) -> Iterator[Request]:
    """The DNS pods and, once ENIs are known, the rules of both ends' security groups."""
    policies = cluster.part(Policies).policies
    if isinstance(policies, Unknown) or not any(policy.is_valid for policy in policies):
        return
    yield requests.DNS_PODS
    if cluster.snapshot.purpose == AUDIT:
        yield requests.KUBE_PROXY_CONFIG
    if requests.DNS_PODS not in cluster.snapshot.outcomes:
        return
    groups = sorted(group for group in set(_groups(cluster)) if not _is_asked(cluster, group))
    if groups:
        yield requests.security_group_rules(groups[:MOST_GROUPS])


def _groups(cluster: Cluster) -> Iterator[str]:
    """The groups of the ENIs of CoreDNS, of pods with branch ENIs and of their nodes, as far as known."""
    wiring = cluster.part(Wiring)
    branched = _elements(wiring.branch_pods)
    addresses = [pod.record.status.pod_ip for pod in (*branched, *_elements(wiring.dns_pods)) if pod.record]
    addresses += [pod.record.status.host_ip for pod in branched if pod.record]
    for address in dict.fromkeys(addresses):
        try:
            yield from known(wiring.peer_at(address).groups)
        except NotKnown:
            continue


def _is_asked(cluster: Cluster, group: str) -> bool:
    wanted = requests.security_group_rules([group])
    return requests.asked_with(cluster.snapshot, wanted) in cluster.snapshot.outcomes


def _elements(items: Items[Pod] | Unknown) -> tuple[Pod, ...]:
    return () if isinstance(items, Unknown) else items.elements
