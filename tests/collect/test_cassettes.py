"""What each collector sends, and what it makes of an answer: one cassette per action.

The answers follow the services' documented examples; the head of each cassette names the page.
Method, path, query and body must match; the host need not.
"""

import base64
import contextlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import vcr
import yaml
from vcr.errors import CannotOverwriteExistingCassetteException

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.dispatch import connect
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.evidence.inputs.cloudtrail_call import trail_call
from eksdoctor.model.facts import requests
from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.snapshot.records.admission import LIST_MUTATING_WEBHOOKS
from eksdoctor.snapshot.records.aws import (
    DESCRIBE_ADDON,
    DESCRIBE_CLUSTER,
    DESCRIBE_INSTANCE_TYPES,
    DESCRIBE_NETWORK_INTERFACES,
    DESCRIBE_NODEGROUP,
    DESCRIBE_SECURITY_GROUPS,
    DESCRIBE_SUBNETS,
    DESCRIBE_VPCS,
    GET_CALLER_IDENTITY,
    GET_SUBNET_CIDR_RESERVATIONS,
    LIST_NODEGROUPS,
)
from eksdoctor.snapshot.records.cloudtrail import LOOKUP_EVENTS
from eksdoctor.snapshot.records.identity import LIST_ATTACHED_ROLE_POLICIES, LIST_ROLE_POLICIES
from eksdoctor.snapshot.records.kubernetes import (
    GET_CONFIG_MAP,
    LIST_CNI_NODES,
    LIST_DAEMON_SETS,
    LIST_ENI_CONFIGS,
    LIST_EVENTS,
    LIST_NODES,
    LIST_PODS,
    LIST_SECURITY_GROUP_POLICIES,
    LIST_SERVICE_ACCOUNTS,
    TABULATE_PODS,
)
from eksdoctor.snapshot.records.network import DESCRIBE_SECURITY_GROUP_RULES
from eksdoctor.snapshot.records.quotas import GET_SERVICE_QUOTA
from eksdoctor.snapshot.request import Request
from tests.collect.kubeconfigs import kubeconfig

READING = ("Describe", "Get", "List", "Lookup")
CASSETTES = Path(__file__).parent / "cassettes"
CLUSTER = "my-eks-cluster"
ROLE = "arn:aws:iam::111122223333:role"
HOST = "ip-192-168-97-94.us-west-2.compute.internal"

METRICS = (
    "awscni_assigned_ip_addresses 8\nawscni_total_ip_addresses 28\nprocess_start_time_seconds 1.71042e+09\n"
)
LINE = '{"level":"debug","ts":"2024-03-14T15:32:43.001Z","caller":"ipamd/ipamd.go:689","msg":"y"}\n'
PENDING = Request.of(
    LIST_PODS, namespace="my-namespace", fieldSelector="status.phase=Pending", labelSelector="role=my-role"
)
CASES = {
    Request.of(LIST_NODES): [
        ("$.metadata.name", HOST),
        ("$.metadata.labels.kubernetes.io/arch", "amd64"),
        ("$.spec.taints.0.effect", "NoSchedule"),
        ("$.spec.providerID", "aws:///us-west-2a/i-1234567890abcdef0"),
        ("$.status.allocatable.pods", "29"),
        ("$.status.conditions.0.status", "True"),
        ("$.status.addresses.0.address", "192.168.97.94"),
        ("$.status.images", None),
    ],
    PENDING: [
        ("$.metadata.name", "my-deployment-5df6f7687b-4fbjm"),
        ("$.spec.nodeName", HOST),
        ("$.status.phase", "Pending"),
        ("$.spec.containers.0.resources.limits.vpc.amazonaws.com/pod-eni", "1"),
        ("$.spec.containers.0.env", None),
        ("$.metadata.annotations.kubernetes.io/psp", None),
    ],
    Request.of(TABULATE_PODS): [
        ("$.cells.0", "Running"),
        ("$.cells.1", "192.168.53.48"),
        ("$.cells.2", "ip-192-168-33-28.us-west-2.compute.internal"),
    ],
    Request.of(LIST_EVENTS, fieldSelector="reason=FailedCreatePodSandBox"): [
        ("$.involvedObject.name", "my-deployment-5df6f7687b-4fbjm"),
        ("$.count", 5),
        ("$.source.host", HOST),
        ("$.lastTimestamp", "2024-03-14T15:32:44Z"),
        ("$.eventTime", None),
    ],
    Request.of(LIST_DAEMON_SETS, namespace="kube-system"): [
        ("$.metadata.name", "aws-node"),
        ("$.metadata.managedFields.0.manager", "eks"),
        ("$.metadata.annotations.deprecated.daemonset.template.generation", "1"),
        ("$.spec.template.spec.containers.0.env.0.value", "1"),
        ("$.spec.selector.matchLabels.k8s-app", "aws-node"),
        ("$.spec.template.spec.containers.0.env.1.valueFrom.fieldRef.fieldPath", "spec.nodeName"),
    ],
    Request.of(LIST_ENI_CONFIGS): [
        ("$.metadata.name", "us-west-2a"),
        ("$.spec.subnet", "subnet-011b111c1f11fdf11"),
        ("$.metadata.managedFields", None),
    ],
    Request.of(LIST_SECURITY_GROUP_POLICIES): [
        ("$.spec.podSelector.matchLabels.role", "my-role"),
        ("$.spec.securityGroups.groupIds.0", "sg-abc123"),
    ],
    Request.of(LIST_CNI_NODES): [
        ("$.metadata.name", HOST),
        ("$.spec.features.1.value", "us-west-2a"),
        ("$.spec.tags.kubernetes.io/cluster/my-cluster", "owned"),
    ],
    Request.of(GET_CONFIG_MAP, namespace="kube-system", name="amazon-vpc-cni"): [
        ("$.data.enable-windows-ipam", "true")
    ],
    Request.of(LIST_SERVICE_ACCOUNTS, namespace="default"): [
        ("$.metadata.name", "my-service-account"),
        ("$.secrets", None),
        ("$.metadata.annotations.eks.amazonaws.com/role-arn", "arn:aws:iam::111122223333:role/my-role"),
    ],
    Request.of(GET_CALLER_IDENTITY): [
        ("$.Account", "123456789012"),
        ("$.Arn", "arn:aws:iam::123456789012:user/Alice"),
    ],
    Request.of(DESCRIBE_CLUSTER, name=CLUSTER): [
        ("$.name", CLUSTER),
        ("$.certificateAuthority.data", "CA_DATA_STRING..."),
        ("$.resourcesVpcConfig.vpcId", "vpc-0012b8e1cc0abb17d"),
        ("$.kubernetesNetworkConfig.ipFamily", "ipv4"),
        ("$.platformVersion", "eks.14"),
    ],
    Request.of(DESCRIBE_ADDON, clusterName=CLUSTER, addonName="vpc-cni"): [
        ("$.addonVersion", "v1.16.4-eksbuild.2"),
        ("$.configurationValues", "env:\n    AWS_VPC_K8S_CNI_LOGLEVEL: 'DEBUG'"),
    ],
    Request.of(LIST_NODEGROUPS, clusterName=CLUSTER): [("$", "my-eks-managed-node-group")],
    Request.of(DESCRIBE_NODEGROUP, clusterName=CLUSTER, nodegroupName="my-eks-nodegroup"): [
        ("$.amiType", "AL2_x86_64"),
        ("$.instanceTypes.0", "t3.medium"),
        ("$.scalingConfig.maxSize", 3),
    ],
    Request.of(DESCRIBE_SUBNETS, SubnetIds=("subnet-0bb1c79de3EXAMPLE", "subnet-9d4a7b6cEXAMPLE")): [
        ("$.AvailableIpAddressCount", 4089),
        ("$.CidrBlock", "172.31.80.0/20"),
        ("$.Tags.0.Value", "MySubnet"),
    ],
    Request.of(DESCRIBE_VPCS, VpcIds=("vpc-0e9801d129EXAMPLE",)): [
        ("$.CidrBlockAssociationSet.0.CidrBlockState.State", "associated"),
        ("$.OwnerId", "111122223333"),
    ],
    Request.of(DESCRIBE_INSTANCE_TYPES, InstanceTypes=("t2.micro", "x9.nope")): [
        ("$.InstanceType", "t2.micro"),
        ("$.Hypervisor", "xen"),
        ("$.NetworkInfo.MaximumNetworkInterfaces", 2),
        ("$.NetworkInfo.Ipv4AddressesPerInterface", 2),
        ("$.VCpuInfo.DefaultVCpus", 1),
    ],
    Request.of(GET_SUBNET_CIDR_RESERVATIONS, SubnetId="subnet-03c51e2e6cEXAMPLE"): [
        ("$.Cidr", "10.1.0.16/28"),
        ("$.ReservationType", "prefix"),
    ],
    Request.of(DESCRIBE_NETWORK_INTERFACES, filter__subnet_id=("subnet-b61f49f0",)): [
        ("$.NetworkInterfaceId", "eni-e5aa89a3"),
        ("$.PrivateIpAddresses.0.PrivateIpAddress", "10.0.1.17"),
        ("$.Attachment.InstanceId", "i-1234567890abcdef0"),
        ("$.Attachment.AttachTime", "2013-11-30T23:36:42Z"),
    ],
    Request.of(DESCRIBE_SECURITY_GROUPS, GroupIds=("sg-903004f8",)): [
        ("$.GroupId", "sg-903004f8"),
        ("$.VpcId", "vpc-1a2b3c4d"),
    ],
    requests.AWS_NODE_ACCOUNT: [
        ("$.metadata.annotations.eks.amazonaws.com/role-arn", f"{ROLE}/AmazonEKSVPCCNIRole"),
        ("$.secrets", None),
    ],
    requests.AWS_NODE_REVISIONS: [
        ("$.revision", 2),
        ("$.metadata.creationTimestamp", "2024-03-08T09:14:02Z"),
        ("$.data.spec.template.spec.containers.0.env.0.value", "1"),
        ("$.data.spec.template.spec.containers.0.env.1.value", "(not kept)"),
        ("$.data.spec.template.metadata.labels", None),
    ],
    requests.NODE_POOLS: [
        ("$.spec.template.spec.nodeClassRef.name", "default"),
        ("$.spec.template.spec.requirements.0.minValues", 2),
        ("$.spec.template.spec.expireAfter", "720h"),
        ("$.metadata.managedFields", None),
    ],
    requests.EC2_NODE_CLASSES: [
        ("$.spec.kubelet.maxPods", 20),
        ("$.spec.role", "KarpenterNodeRole-my-cluster"),
        ("$.spec.userData", None),
        ("$.spec.userDataSetting.UserData", "read"),
        ("$.spec.userDataSetting.MaxPods", 20),
        ("$.metadata.annotations.kapp.k14s.io/original", None),
        ("$.metadata.annotations.karpenter.k8s.aws/ec2nodeclass-hash-version", "v4"),
        ("$.status.subnets.0.zone", "us-east-2b"),
    ],
    requests.MUTATING_WEBHOOKS: [
        ("$.metadata.name", "vpc-resource-mutating-webhook"),
        ("$.metadata.labels", None),
        ("$.webhooks.0.failurePolicy", "Ignore"),
        ("$.webhooks.0.clientConfig.caBundle", True),
        ("$.webhooks.0.clientConfig.service", None),
    ],
    requests.launch_template_version("lt-068f72b72934aff71", "2"): [
        ("$.LaunchTemplateId", "lt-068f72b72934aff71"),
        ("$.VersionNumber", 2),
        ("$.ImageId", True),
        ("$.UserData", "read"),
        ("$.MaxPods", 58),
    ],
    requests.route_tables("vpc-0065acced4EXAMPLE"): [
        ("$.RouteTableId", "rtb-09ba434c1bEXAMPLE"),
        ("$.Associations.0.Main", True),
        ("$.Routes.1.NatGatewayId", "nat-06c018cbd8EXAMPLE"),
        ("$.Routes.1.State", "blackhole"),
    ],
    requests.vpc_endpoints("vpc-aabb1122"): [
        ("$.ServiceName", "com.amazonaws.us-east-1.dynamodb"),
        ("$.VpcEndpointType", "Gateway"),
        ("$.RouteTableIds.0", "rtb-3d560345"),
    ],
    requests.security_group_rules(["sg-1234567890abcdef0"]): [
        ("$.SecurityGroupRuleId", "sgr-abcdef01234567890"),
        ("$.IpProtocol", "-1"),
        ("$.FromPort", -1),
        ("$.ReferencedGroupInfo.GroupId", "sg-1234567890abcdef0"),
    ],
    requests.pod_identities(CLUSTER): [
        ("$.associationId", "a-9njjin9gfghecgocd"),
        ("$.serviceAccount", "aws-node"),
    ],
    requests.pod_identity(CLUSTER, "a-9njjin9gfghecgocd"): [("$.roleArn", f"{ROLE}/AmazonEKSVPCCNIRole")],
    requests.role("Test-Role"): [
        ("$.Arn", "arn:aws:iam::123456789012:role/Test-Role"),
        ("$.AssumeRolePolicyDocument.Statement.0.Principal.Service.0", "ec2.amazonaws.com"),
    ],
    requests.attached_policies("ReadOnlyRole"): [
        ("$.RoleName", "ReadOnlyRole"),
        ("$.PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ],
    requests.inline_policies("S3Access"): [
        ("$.RoleName", "S3Access"),
        ("$.PolicyName", "CloudwatchPutMetricPolicy"),
    ],
    requests.pod_metrics("aws-node-4tq6b", HOST): [
        ("$.kind", "metrics"),
        ("$.node", HOST),
        ("$.text", METRICS),
        ("$.at", "2024-03-14T15:32:44Z"),
    ],
    requests.node_log(HOST, "aws-routed-eni/ipamd.log"): [
        ("$.kind", "ipamd"),
        ("$.name", "/var/log/aws-routed-eni/ipamd.log"),
        ("$.whole", False),
        ("$.text", LINE),
    ],
    requests.pod_log("aws-node-4tq6b", HOST, 3600): [
        ("$.kind", "aws-node stdout"),
        ("$.pod", "aws-node-4tq6b"),
        ("$.text", 'time="2024-03-14T15:30:01Z" level=info msg="Starting IPAM daemon... "\n'),
    ],
    requests.INTERFACES_QUOTA: [("$.Value", 6000.0), ("$.QuotaName", "Network interfaces per Region")],
    requests.DEFAULT_INTERFACES_QUOTA: [("$.Value", 5000.0), ("$.ServiceCode", "vpc")],
    requests.calls_named("CreateNetworkInterface", timedelta(hours=1)): [
        ("$.EventName", "CreateNetworkInterface"),
        ("$.EventTime", "2024-03-14T15:32:44Z"),
        ("$.Username", None),
        ("$.AccessKeyId", None),
    ],
}
COUNTS = {
    LIST_NODES: 2,
    TABULATE_PODS: 2,
    LIST_DAEMON_SETS: 2,
    LIST_NODEGROUPS: 2,
    DESCRIBE_NETWORK_INTERFACES: 2,
    LIST_MUTATING_WEBHOOKS: 2,
    DESCRIBE_SECURITY_GROUP_RULES: 2,
    LIST_ATTACHED_ROLE_POLICIES: 2,
    LIST_ROLE_POLICIES: 2,
    LOOKUP_EVENTS: 2,
}
MORE = (
    Request.of(DESCRIBE_ADDON, clusterName="other-cluster", addonName="vpc-cni"),
    Request.of(GET_SERVICE_QUOTA, ServiceCode="ec2", QuotaCode="L-DF5E4CA3"),
)


@pytest.fixture(autouse=True)
def at_a_fixed_time(monkeypatch):
    """A look-up in CloudTrail goes back from now."""
    monkeypatch.setattr(
        "eksdoctor.collect.aws.services.cloudtrail._now", lambda: datetime(2024, 3, 14, 15, 40, tzinfo=UTC)
    )


def file_of(action):
    """`ec2:DescribeSubnets` is in ec2-describe-subnets.yaml."""
    spoken = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", action.name).lower()
    return CASSETTES / f"{spoken.replace(':', '-')}.yaml"


def recorded(request):
    recorder = vcr.VCR(record_mode="none", match_on=["method", "path", "query", "body"])
    return recorder.use_cassette(str(file_of(request.action)))


def connection(tmp_path):
    path = kubeconfig(tmp_path / "config", server="https://kubernetes.example")
    options = ConnectionOptions(kubeconfig=path, region="eu-west-1")
    return connect(options)


def replay(tmp_path, request):
    with recorded(request) as cassette:
        return connection(tmp_path).answer(request, Deadline.after(20)), cassette


def value_at(document, path):
    """The value at a path; a key that has dots of its own is found as the longest that fits."""
    steps = path.split(".")[1:]
    while steps:
        if isinstance(document, list | tuple):
            document, steps = document[int(steps[0])], steps[1:]
            continue
        if document is None:
            return None
        keys = [".".join(steps[:length]) for length in range(len(steps), 0, -1)]
        key = next((key for key in keys if key in document), steps[0])
        document, steps = document.get(key), steps[key.count(".") + 1 :]
    return document


def test_every_action_has_its_cassette_and_names_its_source():
    assert {request.action.name for request in CASES} == set(ACTIONS)
    assert {file_of(action) for action in ACTIONS.values()} == set(CASSETTES.glob("*.yaml"))
    for path in CASSETTES.glob("*.yaml"):
        head = [line for line in path.read_text().splitlines() if line.startswith("#")]
        assert "https://" in " ".join(head), path.name


@pytest.mark.parametrize("request_sent", CASES, ids=str)
def test_requests_are_as_recorded_and_answers_are_understood(tmp_path, request_sent):
    answer, cassette = replay(tmp_path, request_sent)
    assert (answer.refusal, answer.absent, answer.dropped) == (None, False, 0)
    played = {index for index, count in cassette.play_counts.items() if count}
    assert len(played) == len(cassette) - len([more for more in MORE if more.action == request_sent.action])
    assert len(answer.documents) == COUNTS.get(request_sent.action, 1)
    shape = msgspec.to_builtins(answer.documents[0])
    assert {path: value_at(shape, path) for path, _ in CASES[request_sent]} == dict(CASES[request_sent])


@pytest.mark.parametrize("request_sent", MORE, ids=str)
def test_what_is_not_there_is_known_absent(tmp_path, request_sent):
    answer, _ = replay(tmp_path, request_sent)
    assert (answer.absent, answer.refusal) == (True, None)


def test_prefixes_of_the_second_page_are_read(tmp_path):
    answer, _ = replay(
        tmp_path, Request.of(DESCRIBE_NETWORK_INTERFACES, filter__subnet_id=("subnet-b61f49f0",))
    )
    assert [prefix.ipv4_prefix for prefix in answer.documents[1].ipv4_prefixes] == ["10.0.0.208/28"]
    assert answer.pages == 2


@pytest.mark.parametrize(
    "request_sent",
    [
        Request.of(LIST_DAEMON_SETS, namespace="kube-system"),
        requests.AWS_NODE_REVISIONS,
        requests.EC2_NODE_CLASSES,
        requests.MUTATING_WEBHOOKS,
    ],
    ids=str,
)
def test_what_must_not_be_kept_is_not(tmp_path, request_sent):
    """Environment of others, user data, certificates: each of these cassettes holds a password."""
    secrets = ("hunter2", base64.b64encode(b"hunter2").decode())
    assert any(secret in file_of(request_sent.action).read_text() for secret in secrets)
    answer, _ = replay(tmp_path, request_sent)
    kept = msgspec.json.encode(answer.documents).decode()
    assert answer.documents
    assert not [secret for secret in secrets if secret in kept]


def test_of_a_launch_template_nothing_but_the_setting_is_kept(tmp_path):
    answer, _ = replay(tmp_path, requests.launch_template_version("lt-068f72b72934aff71", "2"))
    assert list(msgspec.to_builtins(answer.documents)) == [
        {
            "LaunchTemplateId": "lt-068f72b72934aff71",
            "VersionNumber": 2,
            "ImageId": True,
            "UserData": "read",
            "MaxPods": 58,
        }
    ]


def test_of_a_trail_s_event_only_the_call_is_kept(tmp_path):
    asked = requests.calls_named("CreateNetworkInterface", timedelta(hours=1))
    answer, _ = replay(tmp_path, asked)
    kept = msgspec.json.encode(answer.documents).decode()
    for secret in ("jane.doe", "192.0.2.77", "ASIAIOSFODNN7EXAMPLE", "sg-0123456789abcdef0", "tlsDetails"):
        assert secret in file_of(asked.action).read_text()
        assert secret not in kept
    refused, made = (trail_call(event.cloud_trail_event) for event in answer.documents)
    assert (refused.error, refused.subnets) == (
        "InsufficientFreeAddressesInSubnet",
        ("subnet-0123456789abcdef0",),
    )
    assert refused.instances == (refused.from_instance,) == ("i-1234567890abcdef0",)
    assert refused.caller == f"{ROLE}/my-node-role"
    assert made.caller == "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin"
    assert not answer.sampled


def test_a_second_page_of_policies_is_read(tmp_path):
    answer, _ = replay(tmp_path, requests.attached_policies("ReadOnlyRole"))
    assert [policy.policy_name for policy in answer.documents] == ["ReadOnlyAccess", "AmazonEKS_CNI_Policy"]


@pytest.mark.parametrize(
    "other",
    [
        Request.of(DESCRIBE_NETWORK_INTERFACES, filter__subnet_id=("subnet-other",)),
        Request.of(LIST_PODS, namespace="my-namespace", fieldSelector="status.phase=Running"),
        Request.of(DESCRIBE_VPCS, VpcIds=("vpc-other",)),
    ],
    ids=str,
)
def test_another_request_does_not_match(tmp_path, other):
    with recorded(other) as cassette:
        with contextlib.suppress(CannotOverwriteExistingCassetteException):
            assert connection(tmp_path).answer(other, Deadline.after(20)).refusal is not None
        assert cassette.play_count == 0


def test_nothing_recorded_changes_anything():
    for path in CASSETTES.glob("*.yaml"):
        for interaction in yaml.safe_load(path.read_text())["interactions"]:
            sent = interaction["request"]
            action = (sent["body"] or "").partition("Action=")[2].partition("&")[0]
            action = action or "".join(sent["headers"].get("X-Amz-Target", [])).rpartition(".")[2]
            assert sent["method"] == "GET" or action.startswith(READING), path.name
            assert "/secrets" not in sent["uri"]
            assert "authorization" not in {name.lower() for name in sent["headers"]}
