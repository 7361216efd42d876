"""Addresses that the daemon holds for nobody."""

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown

STATS = "[debug] IP stats for Network Card {} - total IPs: 18, assigned IPs: {}, cooldown IPs: 0"


def leak(*messages, words=None, env=None, pods=None):
    patch = Patch(
        say={"node-a": list(messages)},
        env=env or {},
        patch={"nodes/words": words or {}, "kubernetes/pods": pods or {}},
    )
    return Cluster(patched(patch)).node_named("node-a").leak


def counters(assigned, at="2026-01-02T02:13:55Z"):
    text = f"awscni_assigned_ip_addresses {assigned}\n"
    return {"counters": {"kind": "metrics", "node": "node-a", "name": "metrics", "at": at, "text": text}}


def test_two_looks_further_apart_than_the_cool_down():
    found = leak(STATS.format(0, 9), words=counters(7))
    assert found.holders == 1
    assert found.addresses == 6


def test_one_look_or_two_close_ones_prove_nothing():
    assert isinstance(leak(STATS.format(0, 9)).addresses, Unknown)
    assert isinstance(leak(STATS.format(0, 9), words=counters(9, "2026-01-02T02:12:10Z")).addresses, Unknown)


def test_a_look_that_is_old_proves_nothing_of_now():
    old = counters(9, "2026-01-02T02:00:00Z")
    assert isinstance(
        leak(words=old | {"x": counters(9, "2026-01-02T02:10:00Z")["counters"]}).addresses, Unknown
    )


def test_the_same_number_for_minutes_is_two_looks():
    said = [STATS.format(0, 9), *["[debug] Reconcile"] * 4, STATS.format(0, 9)]
    assert leak(*said).addresses == 8


def test_other_network_cards_do_not_count():
    assert leak(STATS.format(1, 9), words=counters(1)).addresses == 0
    multiple = leak(STATS.format(0, 9), words=counters(9), env={"ENABLE_MULTI_NIC": "true"})
    assert isinstance(multiple.addresses, Unknown)


def test_who_holds_an_address_or_may_hold_one():
    spec = {"nodeName": "node-a", "containers": [{"name": "main"}]}
    pods = {
        "shop/ends": {
            "metadata": {"deletionTimestamp": "2026-01-02T02:13:50Z"},
            "spec": spec,
            "status": {"phase": "Succeeded"},
        },
        "shop/over": {"spec": spec, "status": {"phase": "Succeeded"}},
        "shop/starts": {"spec": spec, "status": {"phase": "Pending"}},
        "shop/host": {"spec": {**spec, "hostNetwork": True}, "status": {"phase": "Running"}},
    }
    assert leak(pods=pods).holders == 3


def test_the_checkpoint_names_the_pods_that_are_gone():
    held = '{{"ipv4": "{}", "metadata": {{"k8sPodNamespace": "shop", "k8sPodName": "{}"}}}}'
    listed = (held.format("10.0.0.11", "web-1"), held.format("10.0.0.12", "job-7"), '{"ipv4": 7}', "3")
    text = f'{{"allocations": [{", ".join(listed)}]}}'
    book = {"b": {"kind": "introspection", "node": "node-a", "name": "ipam.json", "text": text}}
    found = leak(words=book).held_for_gone
    assert [(held.address, held.pod) for held in found] == [("10.0.0.12", "shop/job-7")]
