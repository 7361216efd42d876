"""How many pods a node should admit, and where its provisioner is told so."""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.instance_types.limits import bundled_limits
from eksdoctor.model.instance_types.max_pods_formula import Networking, recommended, served
from eksdoctor.model.provisioning.node_max_pods import Told

PREFIXES = {"ENABLE_PREFIX_DELEGATION": "true"}
AL2, AL2023, UBUNTU = "Amazon Linux 2", "Amazon Linux 2023.8.20250808", "Ubuntu 24.04.1 LTS"
BOTTLEROCKET = "Bottlerocket OS 1.26.1 (aws-k8s-1.33)"
GROUP, POOL = {"eks.amazonaws.com/nodegroup": "web"}, {"karpenter.sh/nodepool": "default"}
TYPE = "node.kubernetes.io/instance-type"


def node_of(labels=None, image=AL2023, pods="29", env=None, refuse=(), **files):
    node = {
        "metadata": {"labels": labels or {}},
        "status": {"capacity": {"pods": pods}, "allocatable": {"pods": pods}, "nodeInfo": {"osImage": image}},
    }
    patch = {"kubernetes/nodes": {"/node-a": node}} | files
    return Cluster(patched(Patch(patch, env or {}, refuse=list(refuse)))).node_named("node-a")


def group(**fields):
    record = {"nodegroupName": "web", "amiType": "AL2023_x86_64_STANDARD", "instanceTypes": ["m5.large"]}
    return {"aws/eks-list-nodegroups": {"web": "web"}, "aws/eks-describe-nodegroup": {"web": record | fields}}


def own_ami(**setting):
    template = {"LaunchTemplateId": "lt-1", "VersionNumber": 3, "ImageId": True, "UserData": "read"} | setting
    return group(amiType="CUSTOM", launchTemplate={"id": "lt-1", "version": "3"}) | {
        "aws/ec2-describe-launch-template-versions": {"lt-1 3": template}
    }


def karpenter(**spec):
    reference = {"template": {"spec": {"nodeClassRef": {"name": "small"}}}}
    return {
        "kubernetes/nodepools": {"/default": {"spec": reference}},
        "kubernetes/ec2nodeclasses": {"/small": {"spec": spec}},
    }


@pytest.mark.parametrize(
    ("name", "env", "served_pods", "right"),
    [
        ("m5.large", {}, 29, 29),
        ("m5.large", PREFIXES, 434, 110),
        ("m5.4xlarge", {}, 234, 110),
        ("m5.4xlarge", PREFIXES, 3714, 110),  # 16 vCPUs: 110, less than single addresses serve
        ("m5.24xlarge", {}, 737, 250),
        ("m5.24xlarge", PREFIXES, 11762, 250),
        ("c5.9xlarge", PREFIXES, 3714, 250),
        ("t3.micro", PREFIXES, 34, 34),
        ("m6g.medium", PREFIXES, 98, 98),
        ("m4.large", PREFIXES, 20, 20),  # Xen: single addresses all the same
        ("p5.48xlarge", {}, 100, 100),  # its first card alone
        ("m5.large", {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}, 20, 20),
        ("m5.large", {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"} | PREFIXES, 290, 110),
        ("m5.large", {"ENABLE_POD_ENI": "true"}, 20, 20),
        ("m5.large", {"MAX_ENI": "2"}, 20, 20),
    ],
)
def test_what_a_type_serves_and_what_is_recommended(name, env, served_pods, right):
    density = node_of({TYPE: name}, env=env).density
    assert (density.served, density.recommended) == (served_pods, right)
    networking = Networking(
        prefix_delegation="ENABLE_PREFIX_DELEGATION" in env,
        custom_networking="AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG" in env,
        security_groups_for_pods="ENABLE_POD_ENI" in env,
        max_eni=int(env.get("MAX_ENI", 0)),
    )
    limits = bundled_limits(name)
    assert (served(limits, networking), recommended(limits, networking)) == (served_pods, right)


def test_an_eni_of_somebody_else_lowers_what_is_served_here():
    tags = {"eni-a2": {"TagSet": [{"Key": "node.k8s.amazonaws.com/no_manage", "Value": "true"}]}}
    density = node_of(**{"aws/ec2-describe-network-interfaces": tags}).density
    assert (density.served, density.served_here) == (29, 20)


def test_without_vcpus_nothing_is_recommended():
    kind = {"m5.large": {"VCpuInfo": {"DefaultVCpus": 0}}}
    found = node_of(**{"aws/ec2-describe-instance-types": kind}).density.recommended
    assert isinstance(found, Unknown)
    assert "vCPUs of m5.large" in str(found)


@pytest.mark.parametrize(
    ("facts", "told", "who"),
    [
        ({"labels": GROUP} | group(), Told.ONE, "managed node group (computed for single addresses)"),
        ({"labels": GROUP} | own_ami(), Told.ONE, "nodeadm (ENI formula of m5.large)"),
        ({"labels": GROUP, "pods": "58"} | own_ami(MaxPods=58), Told.ONE,
         "nodeadm (set in the launch template's user data)"),
        ({"labels": GROUP, "image": AL2} | own_ami(), Told.ONE, "bootstrap.sh (ENI formula of m5.large)"),
        ({"labels": GROUP, "image": UBUNTU} | own_ami(), Told.NOBODY, ""),
        ({"labels": GROUP, "pods": "77"} | group(), Told.NOBODY, ""),
        ({"labels": GROUP, "pods": "77"} | own_ami(MaxPodsExpression="50 + 27"), Told.UNSEEN, ""),
        ({"labels": POOL} | karpenter(), Told.ONE, "Karpenter (its ENI formula)"),
        ({"labels": POOL, "pods": "20"} | karpenter(), Told.ONE,
         "Karpenter (its ENI formula with reservedENIs=1)"),
        ({"labels": POOL, "pods": "58"} | karpenter(amiFamily="Custom", userDataSetting={"UserData": "read",
         "MaxPods": 58}), Told.ONE, "nodeadm (set in the launch template's user data)"),
        ({"labels": {}}, Told.SEVERAL, "nodeadm (ENI formula of m5.large)"),
        ({"labels": {}, "pods": "77"}, Told.UNSEEN, ""),
    ],
)  # fmt: skip
def test_who_set_max_pods(facts, told, who):
    density = node_of(**facts).density
    assert density.told == told
    assert ", ".join(map(str, density.set_by)) == who


def test_a_template_that_names_the_type_leaves_the_group_without_types():
    assert node_of(GROUP, **group(instanceTypes=[])).density.told == Told.ONE


@pytest.mark.parametrize(
    ("facts", "grant"),
    [
        ({"labels": GROUP, "refuse": ["eks:ListNodegroups"]}, "eks:ListNodegroups"),
        ({"labels": GROUP, "refuse": ["eks:DescribeNodegroup"], "aws/eks-list-nodegroups": {"web": "web"}},
         "eks:DescribeNodegroup"),
        ({"labels": GROUP, "pods": "77", "refuse": ["ec2:DescribeLaunchTemplateVersions"]} | own_ami(),
         "ec2:DescribeLaunchTemplateVersions"),
        ({"labels": POOL, "refuse": ["list-nodepools"]} | karpenter(), "list nodepools.karpenter.sh"),
        ({"labels": POOL, "refuse": ["list-ec2nodeclasses"]} | karpenter(),
         "list ec2nodeclasses.karpenter.k8s.aws"),
    ],
)  # fmt: skip
def test_what_may_not_be_read_is_named(facts, grant):
    density = node_of(**facts).density
    assert density.told == Told.UNSEEN
    found = density.set_by
    missing = found if isinstance(found, Unknown) else found.missing
    assert grant in {reason.grant for reason in missing.reasons}
    assert list(density.unseen) == [reason.text for reason in missing.reasons]


@pytest.mark.parametrize(
    ("labels", "image", "files", "reason"),
    [
        (GROUP, AL2023, {}, "EKS has no node group web"),
        (GROUP, "", group(), "does not report its OS image"),
        (POOL, AL2023, {}, "there is no NodePool default"),
        ({"karpenter.k8s.aws/ec2nodeclass": "gone"}, AL2023, {}, "there is no EC2NodeClass gone"),
        ({"karpenter.sh/provisioner-name": "x"}, AL2023, {}, "Karpenter version had no EC2NodeClass"),
        (POOL, AL2023, karpenter(kubelet={"maxPods": "vcpus * 10"}), "maxPods of EC2NodeClass small is an"),
        ({"eks.amazonaws.com/compute-type": "fargate"}, AL2023, {}, "the node is not an EC2 instance"),
        ({"eks.amazonaws.com/compute-type": "hybrid"}, AL2023, {}, "the node is not an EC2 instance"),
    ],
)
def test_an_origin_that_cannot_be_told(labels, image, files, reason):
    found = node_of(labels, image, **files).density.origin
    assert isinstance(found, Unknown)
    assert reason in str(found)


def test_an_auto_mode_node_has_its_own_number():
    density = node_of({"eks.amazonaws.com/compute-type": "auto"}, BOTTLEROCKET, "27").density
    assert [str(candidate) for candidate in density.set_by] == ["EKS Auto Mode (its formula, at most 110)"]


@pytest.mark.parametrize(
    ("facts", "changes"),
    [
        ({"labels": GROUP} | group(), [("managed node group", "", "node group web")]),
        ({"labels": GROUP} | own_ami(), [("nodeadm", "spec.kubelet.config.maxPods", "node group web")]),
        ({"labels": GROUP, "image": AL2} | own_ami(), [("bootstrap.sh", "--max-pods", "node group web")]),
        ({"labels": GROUP, "image": BOTTLEROCKET} | group(),
         [("Bottlerocket", "settings.kubernetes.max-pods", "node group web")]),
        ({"labels": POOL} | karpenter(), [("Karpenter", "spec.kubelet.maxPods", "EC2NodeClass small")]),
        ({"labels": POOL} | karpenter(amiFamily="Custom"),
         [("nodeadm", "spec.kubelet.config.maxPods", "NodePool default")]),
        ({"labels": POOL, "refuse": ["list-nodepools"]},
         [("Karpenter", "spec.kubelet.maxPods", "the EC2NodeClass of node-a")]),
        ({"labels": GROUP, "refuse": ["eks:ListNodegroups"]},
         [("managed node group", "", "node group web"),
          ("nodeadm", "spec.kubelet.config.maxPods", "node group web")]),
        ({"image": UBUNTU}, [("kubelet", "maxPods", "the group of node-a")]),
    ],
)  # fmt: skip
def test_where_each_provisioner_is_told(facts, changes):
    found = node_of(env=PREFIXES, **facts).density.changes_to_recommended
    assert [(str(one.provisioner), one.setting.name, one.whose) for one in found] == changes
    assert all(one.max_pods == 110 and not one.is_set for one in found)
    assert all("110" in one.document for one in found if one.setting.name)


def test_a_number_that_stands_there_already_asks_for_new_nodes():
    (change,) = node_of(
        POOL, env=PREFIXES, **karpenter(kubelet={"maxPods": 110})
    ).density.changes_to_recommended
    assert change.is_set


def test_absurd_numbers_of_pods_are_not_known():
    for pods in ("9" * 5000, "", "many", "-1"):
        assert isinstance(node_of(pods=pods).allocatable_pods, Unknown)
