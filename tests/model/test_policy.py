"""Whom a SecurityGroupPolicy selects, case by case as the resource controller decides.

https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/pkg/utils/helper.go
"""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown

WEB, TEAM = {"matchLabels": {"app": "web"}}, {"matchLabels": {"team": "shop"}}
OTHER = {"matchLabels": {"app": "other"}}
COMPUTE = "eks.amazonaws.com/compute-type"
LIMIT = {"limits": {"vpc.amazonaws.com/pod-eni": "1"}}
BOTH = ("shop/web-1", "shop/web-2")


def policies(refuse=(), pods=None, nodes=None, **specs):
    found = {f"shop/{name}": {"spec": spec} for name, spec in specs.items()}
    patch = {
        "kubernetes/securitygrouppolicies": found,
        "kubernetes/pods": pods or {},
        "kubernetes/nodes": nodes or {},
    }
    snapshot = patched(Patch(patch=patch, refuse=list(refuse), env={"ENABLE_POD_ENI": "true"}))
    return Cluster(snapshot)


def policy(selectors, groups=("sg-1",), **changes):
    cluster = policies(one={**selectors, "securityGroups": {"groupIds": list(groups)}}, **changes)
    return cluster.policies.elements[0]


def expression(key, operator, *values):
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("selectors", "selected"),
    [
        ({"podSelector": WEB}, BOTH),
        ({"podSelector": OTHER}, ()),
        ({"podSelector": {}}, BOTH),  # empty selects everything
        ({"podSelector": None}, ()),  # nil selects nothing
        ({}, ()),
        ({"serviceAccountSelector": TEAM}, BOTH),
        ({"serviceAccountSelector": {}}, BOTH),
        ({"serviceAccountSelector": {"matchLabels": {"team": "other"}}}, ()),
        ({"serviceAccountSelector": {"matchLabels": {"name": "web"}}}, ()),  # labels, never the name
        ({"podSelector": WEB, "serviceAccountSelector": TEAM}, BOTH),  # both must match
        ({"podSelector": OTHER, "serviceAccountSelector": TEAM}, ()),
        ({"podSelector": WEB, "serviceAccountSelector": {"matchLabels": {"team": "other"}}}, ()),
        ({"podSelector": {}, "serviceAccountSelector": {}}, BOTH),
        ({"podSelector": {"matchLabels": {"app": "web", "tier": "front"}}}, ()),  # every label
        ({"podSelector": expression("app", "In", "web", "api")}, BOTH),
        ({"podSelector": expression("app", "NotIn", "web")}, ()),
        ({"podSelector": expression("tier", "NotIn", "back")}, BOTH),  # an absent label is in no list
        ({"podSelector": expression("app", "Exists")}, BOTH),
        ({"podSelector": expression("app", "DoesNotExist")}, ()),
        ({"podSelector": {**WEB, **expression("tier", "Exists")}}, ()),
    ],
)
def test_selectors(selectors, selected):
    assert tuple(pod.name for pod in policy(selectors).pods.all()) == selected


def test_without_groups_it_is_ignored():
    found = policy({"podSelector": {}}, groups=())
    assert not found.is_valid
    assert found.pods.all() == ()


def test_it_reaches_no_other_namespace():
    found = policy({"podSelector": {}}, pods={"other/web-9": {"metadata": {"labels": {"app": "web"}}}})
    assert tuple(pod.name for pod in found.pods.all()) == BOTH


def test_an_account_whose_labels_may_not_be_read():
    found = policy({"serviceAccountSelector": TEAM}, refuse=["list-serviceaccounts"])
    assert found.pods.missing is not None
    assert found.pods.elements == ()
    decided = policy({"podSelector": OTHER, "serviceAccountSelector": TEAM}, refuse=["list-serviceaccounts"])
    assert decided.pods.all() == ()  # the other selector settles it


@pytest.mark.parametrize(
    ("pods", "nodes", "able"),
    [
        ({}, {}, BOTH),
        ({"shop/web-1": {"spec": {"hostNetwork": True}}}, {}, ("shop/web-2",)),
        ({"shop/web-1": {"status": {"phase": "Succeeded"}}}, {}, ("shop/web-2",)),
        ({"shop/web-1": {"status": {"phase": "Failed"}}}, {}, ("shop/web-2",)),
        ({}, {"/node-a": {"status": {"nodeInfo": {"operatingSystem": "windows"}}}}, ("shop/web-2",)),
        ({}, {"/node-a": {"metadata": {"labels": {COMPUTE: "fargate"}}}}, ("shop/web-2",)),
        ({}, {"/node-a": {"metadata": {"labels": {COMPUTE: "auto"}}}}, ("shop/web-2",)),
        # Without a node the webhook's limit tells: Fargate and Windows pods are not given it.
        ({"shop/web-1": {"spec": {"nodeName": ""}, "status": {"phase": "Pending"}}}, {}, ("shop/web-2",)),
        (
            {"shop/web-1": {"spec": {"nodeName": "", "containers": [{"name": "web", "resources": LIMIT}]}}},
            {},
            BOTH,
        ),
    ],
)  # fmt: skip
def test_who_can_have_a_branch_eni(pods, nodes, able):
    found = policy({"podSelector": WEB}, pods=pods, nodes=nodes)
    assert tuple(pod.name for pod in found.reach.pods.all()) == able


@pytest.mark.parametrize(
    ("containers", "first", "elsewhere"),
    [
        ([{"name": "web"}], False, False),
        ([{"name": "web", "resources": LIMIT}], True, False),
        ([{"name": "proxy"}, {"name": "web", "resources": LIMIT}], False, True),  # an injector came first
        ([{"name": "web", "resources": LIMIT}, {"name": "proxy"}], True, False),
        ([], False, False),
    ],
)
def test_only_the_first_container_counts(containers, first, elsewhere):
    found = policy({"podSelector": WEB}, pods={"shop/web-1": {"spec": {"containers": containers}}})
    pod = next(pod for pod in found.pods.all() if pod.short_name == "web-1")
    assert (pod.wants_branch_eni_first, pod.wants_branch_eni_elsewhere) == (first, elsewhere)
    assert pod in found.unprotected_pods.all()  # it runs without one, whatever its limits say
    assert (pod in found.pods_with_late_limit.all()) is elsewhere


def test_groups_of_all_policies_come_together_each_once():
    cluster = policies(
        web={"podSelector": WEB, "securityGroups": {"groupIds": ["sg-1", "sg-2", "sg-3"]}},
        team={"serviceAccountSelector": TEAM, "securityGroups": {"groupIds": ["sg-3", "sg-4"]}},
        none={"podSelector": OTHER, "securityGroups": {"groupIds": ["sg-9"]}},
    )
    (found,) = cluster.security_group_sets.all()
    assert found.groups == ("sg-1", "sg-2", "sg-3", "sg-4")
    assert not found.is_over_quota


def test_names_of_accounts_where_labels_belong():
    named = policy({"serviceAccountSelector": {"matchLabels": {"name": "web"}}})
    assert named.reach.accounts_named == ("web",)
    odd = {"matchExpressions": [{"key": "x", "operator": "In", "values": "web"}]}
    assert policy({"serviceAccountSelector": odd}).reach.accounts_named == ()


def test_groups_that_may_not_be_looked_up():
    found = policy({"podSelector": WEB}, refuse=["ec2:DescribeSecurityGroups"])
    assert found.reach.missing_groups.missing is not None
    assert isinstance(found.reach.group_refusals, Unknown)
