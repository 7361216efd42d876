"""What popular playbooks for address shortages have wrong, and what this program says instead.

Three tables: numbers that are computed, judgements that a rule's case shows, and words that no rule
may print. The rest are single tests. Numbers in names count the errors as they were collected.
"""

import json
from pathlib import Path

import pytest

from eksdoctor.engine.cases.cases import CaseFile, run_case
from eksdoctor.engine.cases.patch import AT, Patch, patched
from eksdoctor.engine.evaluation.evaluate import evaluate
from eksdoctor.engine.rulebook.compile import read_strictly
from eksdoctor.evidence.fast_scan.log_scan import LogScan
from eksdoctor.evidence.inputs import ipamd_introspection
from eksdoctor.model.aws_node_settings.ignored_targets import ignored_targets
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.custom_networking.eniconfig import Via, resolve
from eksdoctor.model.facts.version import Version
from eksdoctor.model.instance_types.limits import bundled_limits, limits_of
from eksdoctor.model.instance_types.max_pods_formula import Networking, recommended, served
from eksdoctor.model.instance_types.max_pods_formula import PodMode as Mode
from eksdoctor.model.instance_types.max_pods_setting import SETTINGS, Provisioner
from eksdoctor.model.instance_types.provisioner_defaults import (
    KarpenterSettings,
    karpenter,
    managed_node_group,
    nodeadm,
)
from eksdoctor.model.network import eni_quota
from eksdoctor.model.warm_pool.growth import NO_ADDRESSES, NO_BLOCKS, Place, backs_off
from eksdoctor.model.warm_pool.lower_targets import merged_configuration
from eksdoctor.model.warm_pool.pool import MANIFEST_TARGETS, Pool, Shape, Targets, claim_at
from eksdoctor.snapshot.records import aws
from tests.shared import rulebook

ROOT = Path(__file__).parents[2]
BOOK = rulebook()
RULES = {path.stem.split("-", 1)[1]: path.read_text() for path in (ROOT / "rules").glob("[0-9]*/*.yaml")}
LEVERS = {path.stem: path.read_text() for path in (ROOT / "rules" / "levers").glob("*.yaml")}
NOW = Version(1, 23, 1)
PREFIX, CUSTOM = Networking(prefix_delegation=True), Networking(custom_networking=True)
TRUNK = Networking(security_groups_for_pods=True)
BOTH = Networking(prefix_delegation=True, custom_networking=True)
PREFIXES = {"ENABLE_PREFIX_DELEGATION": "true"}


def kind(name):
    found = bundled_limits(name)
    assert found is not None
    return found


def branches(*names):
    return [kind(name).branch_enis for name in names]


def idle(targets, pods, *, slots=9, enis=3):
    return claim_at(targets, Shape(enis, slots, prefixes=True, max_pods=250), pods).idle(pods)


def room(cidr):
    files = {"aws/ec2-describe-subnets": {"subnet-a": {"CidrBlock": cidr}}}
    return Cluster(patched(Patch(files))).subnet_named("subnet-a").usable_ips


WARM_PREFIX, WARM_IP = Targets(warm_prefix=1), Targets(warm_ip=5, minimum_ip=10)
NUMBERS = [
    (5, "the quota of ENIs is vpc's", (eni_quota.SERVICE, eni_quota.CODE), ("vpc", "L-DF5E4CA3")),
    (14, "40 pods under one warm prefix: 24 idle, not 15", idle(WARM_PREFIX, 40), 24),
    (14, "40 pods under WARM_IP_TARGET=5: 8 idle, not 5", idle(WARM_IP, 40), 8),
    (14, "the most while growing is 31", max(idle(WARM_PREFIX, pods) for pods in range(300)), 31),
    (19, "m5 first", branches("m5.large", "m5.xlarge", "m5.2xlarge", "m5.4xlarge"), [9, 18, 38, 54]),
    (19, "and on", branches("m5.8xlarge", "m5.12xlarge", "m5.24xlarge", "m5.metal"), [54, 54, 107, 120]),
    (19, "84 is another family's", branches("c6i.8xlarge", "m6i.8xlarge", "c5.18xlarge"), [84, 84, 107]),
    (20, "Nitro is not enough", (kind("t3.large").nitro, kind("t3.large").trunking), (True, False)),
    (30, "m5.4xlarge with prefixes: 110, not 250", recommended(kind("m5.4xlarge"), PREFIX), 110),
    (30, "fewer than without", served(kind("m5.4xlarge"), Networking()), 234),
    (30, "c5.9xlarge: 250", recommended(kind("c5.9xlarge"), PREFIX), 250),
    (31, "c5.18xlarge: 737 by itself", nodeadm(kind("c5.18xlarge")), 737),
    (31, "250 in a managed node group", managed_node_group([kind("c5.18xlarge")], Mode.SECONDARY), 250),
    (32, "a managed node group is capped", managed_node_group([kind("m5.4xlarge")], Mode.SECONDARY), 110),
    (32, "nodeadm is not", nodeadm(kind("m5.4xlarge")), 234),
    (32, "and counts with prefixes", managed_node_group([kind("m5.large")], Mode.PREFIX), 110),
    (32, "where nodeadm does not", nodeadm(kind("m5.large")), 29),
    (34, "Karpenter reserves no ENI by itself", karpenter(kind("m5.large"), KarpenterSettings()), 29),
    (34, "nor caps", karpenter(kind("m5.24xlarge"), KarpenterSettings()), 737),
    (34, "one reserved", karpenter(kind("m5.large"), KarpenterSettings(), 1), 20),
    (34, "EFA-only", karpenter(kind("m5.24xlarge"), KarpenterSettings(efa_only=1)), 688),
    (35, "nobody counts ten pods a core: 2 vCPUs, 110", recommended(kind("m5.large"), PREFIX), 110),
    (36, "m5.large under custom networking", served(kind("m5.large"), CUSTOM), 20),
    (36, "with prefixes too, uncapped", served(kind("m5.large"), BOTH), 290),
    (36, "and capped", recommended(kind("m5.large"), BOTH), 110),
    (48, "a /19", room("10.0.0.0/19"), 8187),
    (48, "a /18", room("10.0.0.0/18"), 16379),
    (48, "a /16", room("10.0.0.0/16"), 65531),
    (48, "a /24", room("10.0.0.0/24"), 251),
    (49, "88 pods cost 120 addresses", claim_at(Targets(), Shape(8, 29, False, 110), 88).addresses, 120),
    (51, "p4d: 15 ENIs on its first card, not 60", kind("p4d.24xlarge").enis, 15),
    (51, "737 pods, not 2942", served(kind("p4d.24xlarge"), Networking()), 737),
    (53, "the least of them", managed_node_group([kind("m5.large"), kind("m5.24xlarge")], Mode.PREFIX), 110),
    (53, "without prefixes", managed_node_group([kind("m5.large"), kind("m5.24xlarge")], Mode.SECONDARY), 29),
    (54, "a trunk leaves 18 ordinary pods and two of the host", served(kind("m5.large"), TRUNK), 20),
]  # fmt: skip


@pytest.mark.parametrize(("number", "what", "found", "right"), NUMBERS)
def test_numbers(number, what, found, right):
    assert found == right, f"{number}: {what}"


# Error → the judgement in our words → the case that shows it.
JUDGEMENTS = [
    (4, "introspection listens on loopback", "introspection-exposed", "clear", "unset, default is loopback"),
    (5, "the account's ENIs are counted against it", "eni-quota-near", "fires", None),
    (6, "the ENIConfig's subnet is the one that is asked", "subnet-exhausted", "fires",
     "pod waits, ENIConfig subnet has too few IPs, node subnet has free IPs"),
    (7, "under 16 free is exhaustion, whatever EC2's code", "subnet-fragmented", "clear",
     "fewer than 16 free IPs, which is subnet-exhausted"),
    (7, "a free /28 is no fragmentation", "subnet-fragmented", "clear", "free /28 blocks exist"),
    (10, "a reservation takes prefixes away as well", "subnet-fragmented", "fires",
     "the only free /28 is in an explicit reservation"),
    (11, "no target at all is fatal with prefixes", "cni-env-invalid", "fires",
     "prefix delegation is on, no target is above 0"),
    (11, "absent counts as 0", "cni-env-invalid", "fires",
     "prefix delegation is on, WARM_PREFIX_TARGET is unset"),
    (11, "on IPv6 too", "cni-env-invalid", "fires",
     "prefix delegation on IPv6, no target is above 0"),
    (11, "one of the three is enough", "cni-env-invalid", "clear",
     "prefix delegation is on with one target"),
    (12, "the manifest's prefix target fights nobody", "warm-targets-overridden", "clear",
     "the manifest's values beside targets that win"),
    (13, "the minimum alone freezes", "minimum-ip-freeze", "fires",
     "the pool stands at the minimum, every address is used and a pod waits"),
    (13, "harmless where it covers the node", "minimum-ip-freeze", "clear",
     "the minimum covers whatever the node may run"),
    (16, "WARM_ENI_TARGET=0 keeps nothing ready", "warm-eni-zero", "fires", "nothing is kept ready"),
    (18, "an exhausted budget leaves pods Pending", "branch-budget-exhausted", "fires",
     "pod is Pending, every node has all branch ENIs in use"),
    (18, "bound pods wait for branches that cool", "sgp-branch-cooling", "fires",
     "EC2 has as many as the node takes, pods hold fewer, and one waits"),
    (20, "t3 keeps a slot in vain before v1.20.4", "trunk-slot-reserved-on-non-trunk-type", "fires", None),
    (22, "selectors are ANDed", "sgp-policy-not-applied", "clear",
     "both selectors must match, and the account's labels do not"),
    (23, "the cluster's group is one way of several", "sgp-blocks-dns", "clear",
     "not the cluster's group, and rules that do the same"),
    (24, "right groups are not enough for probes", "sgp-blocks-probes", "fires",
     "the rules are right and early demux is on"),
    (25, "strict egress works behind NAT", "sgp-strict-no-egress", "clear",
     "strict mode works behind a NAT gateway"),
    (25, "and not in a public subnet", "sgp-strict-no-egress", "fires",
     "the VPC's main table leads to an internet gateway"),
    (26, "standard mode goes by the pod's groups for what leaves", "sgp-standard-bypasses-policy", "fires",
     "standard mode, and the node translates what leaves the VPC"),
    (27, "no ipvs in strict mode", "sgp-strict-unsupported-combo", "fires", "kube-proxy in ipvs mode"),
    (27, "nor NodeLocal DNSCache", "sgp-strict-unsupported-combo", "fires", "NodeLocal DNSCache"),
    (27, "nor pods without grace", "sgp-strict-unsupported-combo", "fires",
     "no grace period leaks, in standard mode too"),
    (30, "234 on m5.4xlarge asks for no change", "max-pods-below-capacity", "clear",
     "m5.4xlarge has 234 and m5.24xlarge has 737, above the recommended value"),
    (32, "max-pods is what the node says", "max-pods-below-capacity", "fires",
     "managed node group keeps the value from before prefix delegation"),
    (34, "Karpenter does not look at prefixes", "max-pods-below-capacity", "fires",
     "Karpenter computes max-pods without prefixes"),
    (37, "custom networking reaches every new ENI", "custom-networking-stale-node", "fires",
     "primary ENI and an older ENI still serve pods"),
    (38, "a full node takes no prefix", "prefix-delegation-ineffective", "fires",
     "every slot holds a single IP from before prefix delegation"),
    (38, "and an older one keeps its max-pods", "max-pods-below-capacity", "fires",
     "node is older than prefix delegation"),
    (39, "the nodes' own subnet works, and gains nothing", "eniconfig-same-subnet", "fires", None),
    (42, "drift is shown, not foretold", "cni-addon-drift", "fires", "value was changed manually"),
    (46, "IPv6 pods reach IPv4 without NAT64", "ipv6-egress-disabled", "clear", "it is on unless it is set"),
    (53, "a mixed group lowers its larger types", "mixed-node-group-lowers-max-pods", "fires", None),
    (56, "another CNI by choice is no fault", "vpc-cni-absent", "fires",
     "another CNI runs by choice, no pod waits"),
    (56, "nor is a cluster without any need of it", "vpc-cni-absent", "clear",
     "cluster has EKS Auto Mode nodes only"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "what", "rule", "expected", "name"), JUDGEMENTS)
def test_judgements(number, what, rule, expected, name):
    cases = getattr(read_strictly(ROOT / "tests" / "rules" / f"{rule}.yaml", CaseFile), expected)
    (case, *_) = [one for one in cases if name in (None, one.name)]
    assert run_case(BOOK.get(rule), expected, case).ok, f"{number}: {what}"


# Error → what no rule and no lever prints, since it fails, misleads or does not exist.
UNPRINTED = [
    (1, "logs ds/aws-node"),
    (1, "logs daemonset/aws-node"),
    (2, "kubectl exec"),
    (2, "curl localhost"),
    (3, ".ENIs"),
    (5, "--service-code ec2"),
    (29, "max-pods-calculator"),
    (39, "failure-domain"),
    (45, "awscni_ec2api_latency_seconds"),
    (45, "ContainerInsights"),
    (57, "198.18."),
]


@pytest.mark.parametrize(("number", "text"), UNPRINTED)
def test_what_is_never_printed(number, text):
    assert not [name for name, rule in (RULES | LEVERS).items() if text in rule], number


def test_13_the_minimum_is_never_advised_alone():
    for name, text in (RULES | LEVERS).items():
        lines = [line for line in text.splitlines() if "MINIMUM_IP_TARGET={{ cluster" in line]
        assert all("WARM_IP_TARGET={{ cluster" in line for line in lines), name
    assert "MINIMUM_IP_TARGET={{ cluster" in LEVERS["lower-warm-targets"]


# --- what was said -------------------------------------------------------------------------------


def heard(text):
    scan = LogScan(captured_at=AT)
    scan.read((f"{text}\n".encode(),))
    return {one.evidence_class for one in scan.aggregator.observations()}


@pytest.mark.parametrize(
    "noise",
    [
        "containsInsufficientCIDRsOrSubnetIPs encountered <nil>",
        "Recently we had InsufficientCidr error hence will wait for 2m0s before retrying",
    ],
)
def test_1_words_that_a_search_for_insufficient_finds_prove_nothing(noise):
    assert not heard(noise) & {"subnet-without-addresses", "subnet-without-prefix", "subnet-short"}


@pytest.mark.parametrize(
    ("number", "answer", "testifies"),
    [
        (6, f"{NO_ADDRESSES}: The specified subnet does not have enough free addresses",
         "subnet-without-addresses"),
        (7, f"{NO_BLOCKS}: The specified subnet does not have enough free cidr blocks",
         "subnet-without-prefix"),
        (8, "InvalidParameterValue: There aren't sufficient free Ipv4 addresses or prefixes",
         "subnet-without-prefix"),
    ],
)  # fmt: skip
def test_three_spellings_of_a_dry_subnet(number, answer, testifies):
    assert testifies in heard(f"Failed to CreateNetworkInterface {answer}"), number


def test_3_enis_are_found_in_the_shape_of_1_20():
    eni = {"ID": "eni-1", "AvailableIPv4Cidrs": {"10.0.0.16/28": {"IsPrefix": True, "IPAddresses": {}}}}
    document = {"0": {"TotalIPs": 16, "AssignedIPs": 0, "ENIs": {"eni-1": eni}}}
    found = ipamd_introspection.parse_enis(json.dumps(document).encode())
    assert (len(found.enis), found.total, found.enis[0].prefixes) == (1, 16, 1)


# --- settings ------------------------------------------------------------------------------------


def cluster(env=None, **files):
    return Cluster(patched(Patch(files, env or {})))


@pytest.mark.parametrize(
    ("value", "target"), [("1", 1), (None, 0), ("0", 0), ("2", 2), ("-1", 0), ("abc", 0)]
)
def test_11_the_prefix_target_is_0_in_code_and_1_in_the_manifest(value, target):
    assert cluster({"WARM_PREFIX_TARGET": value}).cni.warm_prefix_target == target
    assert (MANIFEST_TARGETS.warm_prefix, Targets().warm_prefix) == (1, 0)


def test_12_address_targets_win_over_the_prefix_target():
    environment = cluster({**PREFIXES, "WARM_IP_TARGET": "5", "MINIMUM_IP_TARGET": "10"}).cni.environment
    assert list(ignored_targets(environment, prefixes=True)) == []
    together, alone = Targets(5, 10, warm_prefix=1), Targets(5, 10)
    shape = Shape(3, 9, prefixes=True, max_pods=110)
    assert [claim_at(together, shape, pods) for pods in range(100)] == [
        claim_at(alone, shape, pods) for pods in range(100)
    ]


def test_15_a_second_eni_comes_with_the_first_pod_and_not_before():
    shape = Shape(3, 9, prefixes=False, max_pods=29)
    assert [claim_at(Targets(), shape, pods).enis for pods in (0, 1)] == [1, 2]
    pools = [Pool(9, pods, 9, prefixes=False, max_pods=29) for pods in (0, 1)]
    assert [pool.short(Targets()) for pool in pools] == [False, True]
    two_of_three_with_a_pod = [claim_at(Targets(), shape, pods).addresses for pods in (1, 1, 0)]
    assert sum(two_of_three_with_a_pod) == 50


def test_16_an_eni_target_of_0_grows_at_nothing_left():
    pools = [Pool(9, pods, 9, prefixes=False, max_pods=29) for pods in (8, 9)]
    assert [pool.short(Targets(warm_eni=0)) for pool in pools] == [False, True]


def test_21_no_api_tells_branch_enis():
    fields = aws.NetworkInfo(maximum_network_interfaces=3, ipv4_addresses_per_interface=10)
    known_type = limits_of(aws.InstanceType(instance_type="m5.large", network_info=fields))
    other_type = limits_of(aws.InstanceType(instance_type="zz9.large", network_info=fields))
    assert (known_type.branch_enis, other_type.branch_enis) == (9, None)


@pytest.mark.parametrize(
    ("provisioner", "name"),
    [
        (Provisioner.BOOTSTRAP, "--max-pods"),  # Amazon Linux 2 alone
        (Provisioner.NODEADM, "spec.kubelet.config.maxPods"),
        (Provisioner.BOTTLEROCKET, "settings.kubernetes.max-pods"),
        (Provisioner.KARPENTER, "spec.kubelet.maxPods"),
        (Provisioner.MANAGED_NODE_GROUP, ""),  # none: EKS computes it
    ],
)
def test_33_each_image_has_its_own_setting(provisioner, name):
    assert SETTINGS[provisioner].name == name


def test_40_an_eniconfig_is_found_without_any_setting_and_an_annotation_beats_a_label():
    key = "k8s.amazonaws.com/eniConfig"
    assert resolve({key: "by-label"}, {}, NOW).name == "by-label"
    assert resolve({key: "by-label"}, {key: "by-annotation"}, NOW).via == Via.ANNOTATION
    assert resolve({}, {}, NOW).name == "default"


@pytest.mark.parametrize(
    ("image", "env", "works"),
    [
        ("v1.18.0", {}, True),
        ("v1.17.9", {}, False),
        ("v1.18.0", {"ENABLE_SUBNET_DISCOVERY": "false"}, False),
    ],
)
def test_41_another_subnet_needs_no_custom_networking_from_1_18_on(image, env, works):
    container = {"name": "aws-node", "image": f"registry.example/amazon-k8s-cni:{image}", "env": []}
    spec = {"template": {"spec": {"containers": [container]}}}
    found = cluster(env, **{"kubernetes/daemonsets": {"kube-system/aws-node": {"spec": spec}}})
    assert found.cni.subnet_discovery is works
    assert "when: cni.subnet_discovery\n    lever: add-pod-subnet" in RULES["subnet-exhausted"]


def test_43_an_addons_document_is_merged_because_the_call_replaces_it():
    merged = merged_configuration('{"env": {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}}', PREFIXES)
    assert json.loads(merged)["env"] == {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true", **PREFIXES}


def test_44_a_dry_subnet_makes_calls_without_a_rest():
    resting = [
        backs_off(Version(1, 18, patch), NO_ADDRESSES, Place.ATTACHED_ENI, subnet_discovery=True)
        for patch in (2, 3)
    ]
    assert resting == [True, False]
    assert "cluster.trail.callers" in RULES["ec2-throttled"]  # who calls is shown before targets are blamed


# --- security groups for pods ----------------------------------------------------------------------

POLICY = {"shop/web": {"spec": {"podSelector": {"matchLabels": {"app": "web"}}, "securityGroups": {"groupIds": ["sg-1"]}}}}  # fmt: skip  # noqa: E501
PODS = {"kubernetes/securitygrouppolicies": POLICY}


def test_17_the_controller_attaches_trunks_with_the_cluster_role():
    text = RULES["sgp-trunk-missing"]
    assert "list-attached-role-policies --role-name {{ cluster.branches.cluster_role }}" in text
    assert "AmazonEKSVPCResourceController" in text


def test_47_policies_are_judged_on_ipv6_too():
    env = {"ENABLE_POD_ENI": "true", "ENABLE_IPv6": "true", **PREFIXES}
    assert evaluate(BOOK.get("sgp-policy-not-applied"), cluster(env, **PODS)).fired


def test_54_pods_with_branch_enis_count_toward_max_pods():
    annotation = {"metadata": {"annotations": {"vpc.amazonaws.com/pod-eni": "[]"}}}
    full = {"kubernetes/nodes": {"/node-a": {"status": {"allocatable": {"pods": "3"}}}}}
    found = cluster({"ENABLE_POD_ENI": "true"}, **full, **{"kubernetes/pods": {"shop/web-1": annotation}})
    node = found.node_named("node-a")
    assert found.pod_ceiling.is_full(node) is True
    assert node.assigned_ips == 0  # and takes nothing of the pool


def test_55_a_policy_takes_new_pods_and_no_new_nodes():
    rule = BOOK.get("sgp-policy-not-applied")
    assert {part.takes_effect for part in rule.fix} == {"new-pods"}


def test_52_a_crash_loop_has_many_reasons_before_role_and_release():
    yields = set(BOOK.get("aws-node-crash-looping").text.yields_to)
    others = {"cni-env-invalid", "eniconfig-missing", "imds-unreachable", "cni-describe-subnets-denied"}
    assert others | {"ipamd-api-server-unreachable"} <= yields
