"""The pool's formulas against the facts sheet's worked numbers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.model.facts.fact import NotKnown
from eksdoctor.model.facts.version import Version
from eksdoctor.model.warm_pool.growth import NO_ADDRESSES, NO_BLOCKS, Place, backs_off
from eksdoctor.model.warm_pool.lower_targets import lowered, merged_configuration
from eksdoctor.model.warm_pool.pool import Pool, Shape, Targets, claim_at, claim_of_new_node, stop_of_minimum


@pytest.mark.parametrize(
    ("targets", "prefixes", "claim"),
    [
        (Targets(warm_eni=1), False, 20),  # two ENIs of an m5.large, full
        (Targets(warm_eni=0), False, 10),
        (Targets(warm_ip=2, minimum_ip=9), False, 10),
        (Targets(warm_ip=5, minimum_ip=10), False, 12),  # ten addresses need two ENIs
        (Targets(warm_prefix=1), True, 33),
        (Targets(warm_prefix=0), True, 17),
        (Targets(warm_ip=5, minimum_ip=10), True, 17),
    ],
)
def test_what_a_new_node_takes(targets, prefixes, claim):
    assert claim_of_new_node(targets, 9, 3, prefixes=prefixes) == claim


@pytest.mark.parametrize(("minimum", "stop"), [(0, 0), (1, 16), (16, 16), (17, 32), (22, 32)])
def test_where_a_minimum_stops_with_prefixes(minimum, stop):
    assert stop_of_minimum(minimum, prefixes=True) == stop
    assert stop_of_minimum(minimum, prefixes=False) == minimum


@pytest.mark.parametrize(
    ("pool", "targets", "short"),
    [
        (Pool(9, 0, 9, False, 29), Targets(warm_eni=1), False),  # an idle node keeps its primary ENI full
        (Pool(9, 1, 9, False, 29), Targets(warm_eni=1), True),  # the first pod brings the second ENI
        (Pool(27, 19, 9, False, 29), Targets(warm_eni=1), True),  # the ceiling: too low for good, and healthy
        (Pool(9, 8, 9, False, 29), Targets(warm_eni=0), False),
        (Pool(9, 9, 9, False, 29), Targets(warm_eni=0), True),
        (Pool(29, 29, 9, False, 29), Targets(warm_eni=1), False),  # at max-pods it never asks
        (Pool(32, 32, 14, True, 110), Targets(minimum_ip=22), False),  # the freeze
        (Pool(32, 32, 14, True, 110), Targets(minimum_ip=22, warm_ip=1), True),
        (Pool(48, 40, 9, True, 110), Targets(warm_prefix=1), True),
        (Pool(64, 40, 9, True, 110), Targets(warm_prefix=1), False),  # 24 idle, one whole prefix is enough
    ],
)
def test_when_the_daemon_asks(pool, targets, short):
    assert pool.short(targets) is short


@pytest.mark.parametrize(
    ("version", "code", "place", "discovery", "rests"),
    [
        (Version(1, 23, 1), NO_ADDRESSES, Place.ATTACHED_ENI, True, False),  # two calls per ENI every 5 s
        (Version(1, 23, 1), NO_ADDRESSES, Place.ATTACHED_ENI, False, True),
        (Version(1, 23, 1), NO_BLOCKS, Place.NEW_ENI, True, True),
        (Version(1, 18, 2), NO_ADDRESSES, Place.ATTACHED_ENI, True, True),
        (Version(1, 18, 3), NO_ADDRESSES, Place.ATTACHED_ENI, True, False),
        (Version(1, 9, 0), NO_BLOCKS, Place.NEW_ENI, False, False),
        (Version(1, 9, 1), NO_BLOCKS, Place.NEW_ENI, False, True),
        (Version(1, 10, 1), NO_ADDRESSES, Place.NEW_ENI, False, False),
        (Version(1, 10, 2), NO_ADDRESSES, Place.NEW_ENI, False, True),
        # the third wording of exhaustion is none to ipamd
        (Version(1, 23, 1), "InvalidParameterValue", Place.NEW_ENI, True, False),
    ],
)
def test_after_which_refusal_the_daemon_rests(version, code, place, discovery, rests):
    assert backs_off(version, code, place, subnet_discovery=discovery) is rests


def test_what_goes_back():
    assert Pool(18, 3, 9, False, 29).surplus(Targets(warm_ip=2, minimum_ip=6)) == 12
    assert Pool(18, 3, 9, False, 29).surplus(Targets(warm_ip=2, minimum_ip=12)) == 6
    assert Pool(2, 2, 9, False, 29).surplus(Targets(warm_ip=2, minimum_ip=6)) == 0


@pytest.mark.parametrize(
    ("subnets", "wanted"),
    [
        ([(100, [3, 3, 3])], (2, 3)),
        ([(16, [3, 3, 3])], (2, 3)),
        ([(14, [3, 3, 3])], (1, 3)),  # two spare a node do not fit
        ([(5, [3, 3, 3])], (1, 3)),  # nothing fits: the least is still the best
        ([(100, [0, 0]), (100, [8, 9, 9])], (2, 8)),
        ([], (2, 2)),
    ],
)
def test_lowered_targets_fit_the_subnets(subnets, wanted):
    found = lowered(subnets)
    assert (found.warm_ip, found.minimum_ip) == wanted


def test_an_addons_configuration_is_merged_and_never_replaced():
    values = "env:\n  ENABLE_POD_ENI: 'true'\nresources: {limits: {cpu: 1}}\n"
    merged = json.loads(merged_configuration(values, {"WARM_IP_TARGET": "2"}))
    assert merged["env"] == {"ENABLE_POD_ENI": "true", "WARM_IP_TARGET": "2"}
    assert merged["resources"] == {"limits": {"cpu": 1}}
    for broken in ("[1]", "env: [1]", "{"):
        with pytest.raises(NotKnown):
            merged_configuration(broken, {})


@given(st.integers(2, 15), st.integers(1, 49), st.integers(1, 250), st.integers(1, 250))
def test_a_nodes_stock_cost_in_one_formula(enis, slots, most, pods):
    """min(type's ENIs, ceil(max-pods / slots), max(2, ceil(pods / slots) + 1)) ENIs, all of them full."""
    attached = min(enis, -(-most // slots), max(2, -(-pods // slots) + 1))
    claim = claim_at(Targets(), Shape(enis, slots, prefixes=False, max_pods=most), pods)
    assert (claim.enis, claim.addresses) == (attached, attached * (slots + 1))
