"""What is asked, and when: little in a triage, the surroundings in an audit, nothing twice."""

from collections import Counter
from dataclasses import replace

import pytest

from eksdoctor.collection_plan import audit_requests
from eksdoctor.collection_plan.next_requests import next_requests
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.snapshot.records.admission import LIST_MUTATING_WEBHOOKS
from eksdoctor.snapshot.records.aws import DESCRIBE_CLUSTER
from eksdoctor.snapshot.records.identity import (
    DESCRIBE_POD_IDENTITY_ASSOCIATION,
    GET_ROLE,
    LIST_ATTACHED_ROLE_POLICIES,
    LIST_POD_IDENTITY_ASSOCIATIONS,
    LIST_ROLE_POLICIES,
)
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES
from eksdoctor.snapshot.records.kubernetes import (
    GET_SERVICE_ACCOUNT,
    LIST_CONTROLLER_REVISIONS,
    LIST_SECURITY_GROUP_POLICIES,
)
from eksdoctor.snapshot.records.launch_template import DESCRIBE_LAUNCH_TEMPLATE_VERSIONS
from eksdoctor.snapshot.records.network import (
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SECURITY_GROUP_RULES,
    DESCRIBE_VPC_ENDPOINTS,
)
from eksdoctor.snapshot.records.node_text import GET_POD_METRICS
from eksdoctor.snapshot.records.quotas import GET_DEFAULT_SERVICE_QUOTA
from eksdoctor.snapshot.request import Answer, Request
from eksdoctor.snapshot.snapshot import Snapshot
from tests.simulator.capture import answer, capture
from tests.simulator.catalogue import FIXTURES

SURROUNDINGS = {
    DESCRIBE_ROUTE_TABLES, DESCRIBE_VPC_ENDPOINTS, LIST_POD_IDENTITY_ASSOCIATIONS,
    DESCRIBE_POD_IDENTITY_ASSOCIATION, GET_ROLE, LIST_ATTACHED_ROLE_POLICIES, LIST_ROLE_POLICIES,
    LIST_MUTATING_WEBHOOKS, GET_SERVICE_ACCOUNT,
}  # fmt: skip


@pytest.fixture(scope="module")
def worlds():
    return {name: make() for name, make in FIXTURES.items()}


def rounds(world, purpose):
    """The requests of each round."""
    snapshot = Snapshot(at=world.at, target=world.target, purpose=purpose)
    found = []
    while asked := next_requests(snapshot):
        found.append(asked)
        snapshot = snapshot.with_answers(answer(world, request) for request in asked)
    return found


def actions(world, purpose):
    return Counter(request.action for asked in rounds(world, purpose) for request in asked)


@pytest.mark.parametrize("name", FIXTURES)
@pytest.mark.parametrize("purpose", ["triage", "audit"])
def test_few_rounds_and_nothing_twice(worlds, name, purpose):
    found = rounds(worlds[name], purpose)
    asked = [request for one in found for request in one]
    assert len(found) <= 4
    assert len(asked) == len(set(asked))
    assert len(asked) <= (40 if purpose == "triage" else 60)


@pytest.mark.parametrize("name", FIXTURES)
def test_a_triage_leaves_the_surroundings_to_an_audit(worlds, name):
    assert not set(actions(worlds[name], "triage")) & SURROUNDINGS
    assert set(actions(worlds[name], "audit")) >= SURROUNDINGS - {DESCRIBE_POD_IDENTITY_ASSOCIATION}


def test_the_first_round_asks_for_karpenter_history_and_quota(worlds):
    first = rounds(worlds["meridian-pay"], "triage")[0]
    wanted = {
        requests.NODE_POOLS,
        requests.EC2_NODE_CLASSES,
        requests.AWS_NODE_REVISIONS,
        requests.INTERFACES_QUOTA,
    }
    assert wanted <= set(first)


@pytest.mark.parametrize("name", ["meridian-pay", "ceiling", "healthy-stock"])
def test_the_daemons_counters_are_asked_for_last_and_alone(worlds, name):
    """A port that a security group shuts must delay nothing else."""
    *before, last = [{request.action for request in asked} for asked in rounds(worlds[name], "triage")]
    assert (last == {GET_POD_METRICS}) is not name.startswith("healthy")
    assert not any(GET_POD_METRICS in actions_ for actions_ in before)


def test_the_default_quota_is_asked_for_only_when_none_was_applied(worlds):
    assert actions(worlds["healthy-prefix"], "triage")[GET_DEFAULT_SERVICE_QUOTA] == 1
    assert actions(worlds["meridian-pay"], "triage")[GET_DEFAULT_SERVICE_QUOTA] == 0
    for quota in (requests.INTERFACES_QUOTA, requests.DEFAULT_INTERFACES_QUOTA):
        assert quota.values == {"ServiceCode": "vpc", "QuotaCode": "L-DF5E4CA3"}


def test_launch_templates_of_the_node_groups_in_question_alone(worlds):
    assert actions(worlds["ceiling"], "triage")[DESCRIBE_LAUNCH_TEMPLATE_VERSIONS] == 1
    assert actions(worlds["ceiling"], "audit")[DESCRIBE_LAUNCH_TEMPLATE_VERSIONS] == 2
    assert actions(worlds["meridian-pay"], "audit")[DESCRIBE_LAUNCH_TEMPLATE_VERSIONS] == 0
    (version,) = capture(worlds["ceiling"]).of(DESCRIBE_LAUNCH_TEMPLATE_VERSIONS.kind)
    assert (version.user_data, version.max_pods, version.image_id) == ("read", 110, True)


def test_rules_of_security_groups_are_asked_for_where_policies_are(worlds):
    assert actions(worlds["meridian-pay"], "triage")[DESCRIBE_SECURITY_GROUP_RULES] == 0
    snapshot = capture(worlds["healthy-security-groups-for-pods"])
    (asked,) = [one for one in snapshot.outcomes if one.action is DESCRIBE_SECURITY_GROUP_RULES]
    (cluster,) = snapshot.of(DESCRIBE_CLUSTER.kind)
    policies = snapshot.of(LIST_SECURITY_GROUP_POLICIES.kind)
    wanted = {group for policy in policies for group in policy.spec.security_groups.group_ids}
    own = cluster.resources_vpc_config.cluster_security_group_id
    assert set(asked.values["filter:group-id"]) == wanted | {own}
    assert {rule.group_id for rule in snapshot.of(DESCRIBE_SECURITY_GROUP_RULES.kind)} == wanted | {own}


def test_what_was_asked_of_many_is_found_for_one(worlds):
    snapshot = capture(worlds["healthy-security-groups-for-pods"])
    (asked,) = [one for one in snapshot.outcomes if one.action is DESCRIBE_SECURITY_GROUP_RULES]
    group = asked.values["filter:group-id"][0]
    assert requests.asked_with(snapshot, requests.security_group_rules([group])) == asked
    other = requests.security_group_rules(["sg-other"])
    assert requests.asked_with(snapshot, other) == other
    assert requests.asked_with(snapshot, requests.NODE_POOLS) == requests.NODE_POOLS
    role = requests.role("nobody")
    assert requests.asked_with(snapshot, role) == role


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("healthy-stock", {"lyra-stock-prod-node"}),
        ("healthy-prefix", {"lyra-prefix-prod-node", "lyra-prefix-prod-cni"}),
        ("healthy-security-groups-for-pods", {"lyra-sgp-prod-node", "lyra-sgp-prod-cni"}),
        ("healthy-custom-networking-karpenter", {"lyra-karpenter-prod-karpenter-node"}),
    ],
)
def test_an_audit_reads_the_roles_that_the_daemon_may_have(worlds, name, roles):
    snapshot = capture(worlds[name], purpose="audit")
    assert {role.role_name for role in snapshot.of(GET_ROLE.kind)} == roles
    attached = snapshot.of(LIST_ATTACHED_ROLE_POLICIES.kind)
    assert "AmazonEKS_CNI_Policy" in {policy.policy_name for policy in attached}
    assert {policy.role_name for policy in attached} == roles


@pytest.mark.parametrize(
    ("arn", "asked"),
    [
        ("arn:aws:iam::111122223333:role/cni", ["cni"]),
        ("arn:aws-cn:iam::111122223333:role/team/one/cni", ["cni"]),
        ("arn:aws:iam::999999999999:role/cni", []),
        ("arn:aws:iam::111122223333:user/cni", []),
        ("arn:aws:iam::111122223333:role/", []),
        ("arn:aws:iam::111122223333:role/a b; rm", []),
        ("cni", []),
        ("", []),
    ],
)
def test_an_annotation_is_trusted_to_name_a_role_of_this_account_only(worlds, arn, asked):
    snapshot = capture(worlds["healthy-custom-networking-karpenter"], purpose="audit")
    metadata = {"name": "aws-node", "namespace": "kube-system"}
    annotated = {"metadata": metadata | {"annotations": {audit_requests.ROLE_ANNOTATION: arn}}}
    bare = {GET_SERVICE_ACCOUNT.kind.file: (annotated,), LIST_EC2_NODE_CLASSES.kind.file: ()}
    changed = replace(snapshot, records=dict(snapshot.records) | bare)
    found = [one for one in audit_requests.next_requests(Cluster(changed)) if one.action is GET_ROLE]
    assert [one.values["RoleName"] for one in found] == asked


def test_the_account_of_another_cluster_is_not_asked_for_roles(worlds):
    snapshot = capture(worlds["healthy-stock"], purpose="audit")
    (cluster,) = snapshot.records[DESCRIBE_CLUSTER.kind.file]
    other = cluster | {"endpoint": "https://other.example", "certificateAuthority": {"data": "b3RoZXI="}}
    foreign = replace(snapshot, records=dict(snapshot.records) | {DESCRIBE_CLUSTER.kind.file: (other,)})
    wanted = {request.action for request in audit_requests.next_requests(Cluster(foreign))}
    assert wanted == {LIST_MUTATING_WEBHOOKS, GET_SERVICE_ACCOUNT}


def test_a_crd_that_is_not_installed_is_known_absent(worlds):
    stock, karpenter = (
        capture(worlds[name]) for name in ("healthy-stock", "healthy-custom-networking-karpenter")
    )
    for request in (requests.NODE_POOLS, requests.EC2_NODE_CLASSES):
        assert stock.outcomes[request].absent
        assert karpenter.outcomes[request].count == 1
    (node_class,) = karpenter.of(LIST_EC2_NODE_CLASSES.kind)
    assert node_class.spec.user_data_setting.user_data == "read"
    assert node_class.spec.user_data_setting.max_pods is None


def test_the_history_of_settings(worlds):
    revisions = capture(worlds["min-ip-freeze"]).of(LIST_CONTROLLER_REVISIONS.kind)
    assert [revision.revision for revision in revisions] == [1, 2]
    assert revisions[0].metadata.creation_timestamp < revisions[1].metadata.creation_timestamp
    values = []
    for revision in revisions:
        (container,) = revision.data.spec.template.spec.containers
        env = {variable.name: variable.value for variable in container.env}
        values.append((env["ENABLE_PREFIX_DELEGATION"], env.get("MINIMUM_IP_TARGET")))
    assert values == [("false", None), ("true", "22")]


def test_a_bundle_is_kept_as_its_presence(worlds):
    found = capture(worlds["healthy-stock"], purpose="audit").of(LIST_MUTATING_WEBHOOKS.kind)
    assert {webhook.client_config.ca_bundle for one in found for webhook in one.webhooks} == {True}
    again = Snapshot(at=worlds["healthy-stock"].at).with_answers(
        [Answer(Request.of(LIST_MUTATING_WEBHOOKS), found)]
    )
    assert again.of(LIST_MUTATING_WEBHOOKS.kind) == found
