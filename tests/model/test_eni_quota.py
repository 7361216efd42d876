"""The quota of network interfaces: which one it is, and what of the region is counted."""

from dataclasses import replace

import pytest

from eksdoctor.collection_plan.next_requests import next_requests
from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.snapshot.snapshot import Outcome

QUOTA = "aws/service-quotas-get-service-quota"
DEFAULT = "aws/service-quotas-get-aws-default-service-quota"


def snapshot(value, refuse=(), **more):
    return patched(Patch(patch={QUOTA: {"L-DF5E4CA3": {"Value": value}}, **more}, refuse=list(refuse)))


def quota(value, **more):
    return Cluster(snapshot(value, **more)).eni_quota


def test_it_stands_under_vpc_and_not_under_ec2():
    for request in (requests.INTERFACES_QUOTA, requests.DEFAULT_INTERFACES_QUOTA):
        assert request.values == {"ServiceCode": "vpc", "QuotaCode": "L-DF5E4CA3"}
    assert isinstance(quota(10.0, **{QUOTA: {"L-DF5E4CA3": {"ServiceCode": "ec2"}}}).limit, Unknown)


def test_without_one_of_its_own_the_default_holds():
    default = {"ServiceCode": "vpc", "QuotaCode": "L-DF5E4CA3", "Value": 5000.0}
    found = Cluster(patched(Patch(patch={QUOTA: {"L-DF5E4CA3": None}, DEFAULT: {"L-DF5E4CA3": default}})))
    assert found.eni_quota.limit == 5000


@pytest.mark.parametrize("value", [0.0, -1.0, float("inf"), float("nan"), 1e30, None])
def test_absurd_quotas_are_none(value):
    assert isinstance(quota(value).limit, Unknown)


@pytest.mark.parametrize(
    ("value", "near", "reached"), [(5.0, False, False), (4.0, False, True), (3.0, False, True)]
)
def test_four_interfaces(value, near, reached):
    found = quota(value)
    assert (found.seen, found.is_near, found.is_reached) == (4, near, reached)


def with_only(asked, value):
    """The same, of which the listed requests were asked and no other."""
    found = snapshot(value)
    return replace(found, outcomes={request: Outcome() for request in asked})


def test_what_was_not_counted_may_be_near_and_its_absence_is_no_blindness():
    cluster = Cluster(with_only([requests.cluster("example"), requests.INTERFACES_QUOTA], 5000.0))
    assert isinstance(cluster.eni_quota.is_near, Unknown)
    assert not any(reason.asked for reason in cluster.eni_quota.is_near.reasons)
    assert cluster.eni_quota.is_worth_counting is False


@pytest.mark.parametrize(("value", "asked"), [(5000.0, False), (16.0, True)])
def test_an_audit_counts_the_region_where_the_cluster_alone_holds_a_quarter(value, asked):
    seen = with_only([requests.NODES, requests.cluster("example"), requests.INTERFACES_QUOTA], value)
    assert (requests.REGION_INTERFACES in next_requests(seen)) is asked
    assert requests.REGION_INTERFACES not in next_requests(replace(seen, purpose="triage"))
