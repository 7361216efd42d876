"""Pools whose last addresses cool, and what daemons say of the addresses they keep ready."""

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown

COOLS = "[debug] IP stats for Network Card 0 - total IPs: 18, assigned IPs: 15, cooldown IPs: 3"
EMPTY = "DataStore has no available IP/Prefix addresses"
LOW = "[debug] IP pool is too low for Network Card 0: available (0) < ENI target ({}) * addrsPerENI ({})"


def cluster(*messages, **changes):
    return Cluster(patched(Patch(say={"node-a": list(messages)}, **changes)))


def churn(*messages, **changes):
    return cluster(*messages, **changes).node_named("node-a").churn


def test_cooling_counts_once_a_pod_asked_in_vain():
    found = churn(COOLS, EMPTY)
    assert (found.answers, found.cooling, found.period) == (1, 3, 30)
    assert isinstance(churn(COOLS).answers, Unknown)
    assert churn(EMPTY).answers == 0


def test_the_period_is_the_settings():
    assert churn(COOLS, env={"IP_COOLDOWN_PERIOD": "10"}).period == 10


def test_pods_bound_within_the_cool_down_are_left_to_it():
    waits = {"shop/cart-1": "node-a"}
    assert [pod.name for pod in churn(COOLS, EMPTY, starve=waits).pods] == ["shop/cart-1"]
    condition = {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-01-02T02:13:45Z"}
    young = {"kubernetes/pods": {"shop/cart-1": {"status": {"conditions": [condition]}}}}
    assert not churn(COOLS, EMPTY, starve=waits, patch=young).pods.elements


def test_warm_eni_zero_is_told_from_no_warm_prefix():
    assert [node.name for node in cluster(LOW.format(0, 9)).warmth.nodes_at_zero] == ["node-a"]
    assert not cluster(LOW.format(0, 16)).warmth.nodes_at_zero.elements
    assert not cluster(LOW.format(1, 9)).warmth.nodes_at_zero.elements


def test_tight_is_a_small_target_below_what_nodes_run():
    assert cluster(env={"WARM_IP_TARGET": "1"}).warmth.is_tight is True
    assert cluster(env={"WARM_IP_TARGET": "1", "MINIMUM_IP_TARGET": "1"}).warmth.is_tight is False
    assert cluster(env={"WARM_IP_TARGET": "3"}).warmth.is_tight is False
    assert cluster().warmth.is_tight is False


def test_max_pods_stops_a_pool_by_the_daemons_word():
    settings = "[info] IP pool manager - max pods: {}, warm IP target: 0, warm prefix target: 1, "
    settings += "warm ENI target: 1, minimum IP target: 0"
    assert cluster(settings.format(18), COOLS, EMPTY).node_named("node-a").heard.stopped_answers == 2
    assert cluster(settings.format(29), COOLS, EMPTY).node_named("node-a").heard.stopped_answers == 0
    assert isinstance(cluster(COOLS, EMPTY).node_named("node-a").heard.stopped_answers, Unknown)


def test_a_cordon_counts_only_with_an_empty_pool():
    cordon = (
        "[debug] AWS CNI is on a non schedulable node, will not try to attach any new IPs or ENIs right now"
    )
    assert cluster(cordon, EMPTY).node_named("node-a").heard.cordon_answers == 1
    assert isinstance(cluster(cordon).node_named("node-a").heard.cordon_answers, Unknown)
    assert cluster(cordon, listen=["node-a"]).node_named("node-a").heard.cordon_answers == 0
