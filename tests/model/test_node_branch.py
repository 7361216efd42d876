"""Branch ENIs of a node: its own word before every table, and the errors of popular lists."""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.branch_enis.annotation import annotated_enis
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown

ON = {"ENABLE_POD_ENI": "true"}
COMPUTE = "eks.amazonaws.com/compute-type"
TRUNK = "vpc.amazonaws.com/has-trunk-attached"
TYPE = "node.kubernetes.io/instance-type"
RESOURCE = "vpc.amazonaws.com/pod-eni"


def node(record, env=ON, **changes):
    patch = Patch(patch={"kubernetes/nodes": {"/node-a": record}, **changes}, env=env)
    return Cluster(patched(patch)).node_named("node-a")


def of_type(name):
    return {"metadata": {"labels": {TYPE: name}}}


@pytest.mark.parametrize(
    ("name", "branches"),
    [
        ("m5.large", 9),
        ("m5.xlarge", 18),
        ("m5.2xlarge", 38),
        ("m5.4xlarge", 54),
        ("m5.8xlarge", 54),  # not 84, as playbooks have it: that is c6i.8xlarge
        ("m5.12xlarge", 54),
        ("m5.24xlarge", 107),
        ("m5.metal", 120),
        ("c5.18xlarge", 107),
        ("c6i.8xlarge", 84),
        ("t3.large", 0),  # Nitro, and no trunk: no type of the t family has one
        ("t3a.xlarge", 0),
        ("t4g.large", 0),
    ],
)
def test_the_table(name, branches):
    branch = node(of_type(name)).branch
    assert branch.limit_of_type == branches
    assert branch.can_have_trunk is (branches > 0)
    assert branch.state == ("no-trunk" if branches else "unsupported")


def test_its_own_word_goes_before_the_table():
    record = of_type("t3.large") | {"status": {"allocatable": {RESOURCE: "7"}}}
    branch = node(record).branch
    assert (branch.limit, branch.state) == (7, "advertised")


@pytest.mark.parametrize("text", ["", "-1", "many", "1k", "9" * 40, "٣"])
def test_a_number_that_is_none(text):
    branch = node({"status": {"allocatable": {RESOURCE: text}}}).branch
    assert isinstance(branch.limit, Unknown)
    assert isinstance(branch.state, Unknown)


def test_a_type_that_no_list_has():
    branch = node(of_type("r9g.large")).branch
    assert isinstance(branch.state, Unknown)
    assert "r9g.large" in str(branch.state)


@pytest.mark.parametrize(
    ("record", "env", "state"),
    [
        ({}, {}, "disabled"),
        ({}, ON, "no-trunk"),
        ({"metadata": {"creationTimestamp": "2026-01-02T02:12:00Z"}}, ON, "starting"),
        ({"metadata": {"labels": {TRUNK: "not-supported"}}}, ON, "unsupported"),
        ({"metadata": {"labels": {COMPUTE: "fargate"}}}, ON, "elsewhere"),
        ({"metadata": {"labels": {COMPUTE: "auto"}}}, ON, "elsewhere"),
        ({"status": {"nodeInfo": {"operatingSystem": "windows"}}}, ON, "elsewhere"),
        ({"status": {"allocatable": {RESOURCE: "9"}}}, {}, "advertised"),
    ],
)  # fmt: skip
def test_states(record, env, state):
    assert node(record, env).branch.state == state


def test_the_controllers_word_on_a_type():
    event = {"involvedObject": {"kind": "Node", "name": "node-a"}, "reason": "Unsupported"}
    assert node({}, **{"kubernetes/events": {"default/x": event}}).branch.state == "unsupported"


def test_a_trunk_that_is_not_offered():
    trunk = {
        "NetworkInterfaceId": "eni-at",
        "SubnetId": "subnet-a",
        "InterfaceType": "trunk",
        "Attachment": {"InstanceId": "i-0aaaaaaaaaaaaaaaa", "DeviceIndex": 2},
    }
    branch = node({}, **{"aws/ec2-describe-network-interfaces": {"eni-at": trunk}}).branch
    assert branch.state == "not-advertised"
    assert branch.trunk.network_interface_id == "eni-at"
    assert branch.has_slot_for_trunk is False


@pytest.mark.parametrize(
    ("text", "enis"),
    [
        (None, ()),
        ("", ()),
        ("[]", ()),
        ('[{"eniId":"eni-1","vlanId":1},{"eniId":"eni-2"}]', ("eni-1", "eni-2")),
        ("not json", ()),
        ('{"eniId":"eni-1"}', ()),
        ("[" * 100_000, ()),
    ],
)
def test_annotations(text, enis):
    annotations = {} if text is None else {RESOURCE: text}
    pod = {"shop/web-1": {"metadata": {"annotations": annotations}}}
    cluster = Cluster(patched(Patch(patch={"kubernetes/pods": pod})))
    found = next(pod for pod in cluster.pods if pod.short_name == "web-1")
    assert annotated_enis(found) == enis
