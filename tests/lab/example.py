"""A small snapshot in which every kind of record occurs, for the lab's own tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.actions import KINDS
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Outcome, Snapshot, Target

AT = datetime(2025, 10, 12, 2, 14, tzinfo=UTC)
CLUSTER, REGION, ACCOUNT = "meridian-pay", "eu-west-1", "111122223333"
SERVER = "https://0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com"


def ago(**spans: float) -> str:
    """A time before the capture, as the APIs write it."""
    return (AT - timedelta(**spans)).isoformat().replace("+00:00", "Z")


def snapshot(outcomes: dict[Request, Outcome] | None = None, **extra: list[Any]) -> Snapshot:
    """The example; `extra` replaces the documents of a kind, named as the last part of its file."""
    documents = _kubernetes() | _aws()
    by_name = {kind.file.partition("/")[2].replace("-", "_"): kind for kind in KINDS}
    documents |= {by_name[name].file: found for name, found in extra.items()}
    by_file = {kind.file: kind for kind in KINDS}
    records = {file: tuple(_kept(by_file[file], one) for one in found) for file, found in documents.items()}
    return Snapshot(
        at=AT,
        target=Target(cluster=CLUSTER, region=REGION, account=ACCOUNT, server=SERVER, namespace="payments"),
        records=records,
        outcomes=outcomes or {},
    )


def _kept(kind: Kind[Any], document: Any) -> Any:
    return document if kind.whole else msgspec.convert(document, kind.record, strict=False)


def node(number: int, **labels: str) -> dict[str, Any]:
    """A node; every third is not ready."""
    return {
        "metadata": {
            "name": f"ip-10-0-0-{number}.eu-west-1.compute.internal",
            "labels": {"kubernetes.io/os": "linux", **labels},
            "creationTimestamp": ago(hours=5),
        },
        "spec": {"providerID": f"aws:///eu-west-1a/i-{number:04}"},
        "status": {
            "addresses": [{"type": "InternalIP", "address": f"10.0.0.{number}"}],
            "allocatable": {"pods": "29"},
            "conditions": [{"type": "Ready", "status": "False" if number % 3 == 0 else "True"}],
            "nodeInfo": {"kubeletVersion": "v1.33.5-eks-3025e55", "osImage": "Amazon Linux 2023"},
        },
    }


def pod(
    name: str, namespace: str = "payments", phase: str = "Pending", on: int | None = 1, **status: Any
) -> Any:
    """A pod of two containers' worth of nothing."""
    spec = {"nodeName": node(on)["metadata"]["name"]} if on else {}
    labels = {"app": name.partition("-")[0]}
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": labels,
            "creationTimestamp": ago(minutes=20),
        },
        "spec": {**spec, "containers": [{"name": "main"}]},
        "status": {
            "phase": phase,
            "containerStatuses": [{"name": "main", "ready": phase == "Running", "restartCount": 0}],
            **status,
        },
    }


def _kubernetes() -> dict[str, list[Any]]:
    aws_node = {
        "metadata": {"name": "aws-node", "namespace": "kube-system", "labels": {"k8s-app": "aws-node"}},
        "spec": {
            "template": {"spec": {"containers": [{"name": "aws-node", "image": "amazon-k8s-cni:v1.19.2"}]}}
        },
        "status": {"desiredNumberScheduled": 7, "numberReady": 7},
    }
    event = {
        "metadata": {"name": "api-0.1", "namespace": "payments", "creationTimestamp": ago(minutes=9)},
        "involvedObject": {"kind": "Pod", "namespace": "payments", "name": "api-0"},
        "reason": "FailedCreatePodSandBox",
        "message": 'plugin type="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
        "type": "Warning",
        "count": 41,
        "lastTimestamp": ago(minutes=2),
    }
    pulled = event | {
        "metadata": {"name": "web-0.1", "namespace": "shop"},
        "reason": "Pulled",
        "type": "Normal",
    }
    policy = {"metadata": {"name": "database", "namespace": "payments"}, "spec": {"podSelector": {}}}
    return {
        kinds.NODES.file: [node(number, zone="a" if number % 2 else "b") for number in range(1, 8)],
        kinds.PODS.file: [
            pod("api-0"),
            pod("api-1", on=None),
            pod("worker-0", phase="Running", podIP="10.0.0.77"),
            pod("web-0", "shop", "Running", 2, podIP="10.0.0.78"),
        ],
        kinds.EVENTS.file: [event, pulled],
        kinds.DAEMON_SETS.file: [aws_node],
        kinds.ENI_CONFIGS.file: [{"metadata": {"name": "eu-west-1a"}, "spec": {"subnet": "subnet-a"}}],
        kinds.SECURITY_GROUP_POLICIES.file: [policy],
        kinds.CNI_NODES.file: [{"metadata": {"name": node(1)["metadata"]["name"]}, "spec": {}}],
        kinds.CONFIG_MAPS.file: [
            {
                "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
                "data": {"enable-windows-ipam": "false"},
            }
        ],
        kinds.SERVICE_ACCOUNTS.file: [{"metadata": {"name": "api", "namespace": "payments"}}],
        **_settings(),
    }


def _settings() -> dict[str, list[Any]]:
    """What decides how nodes and pods come about."""
    template = {"spec": {"containers": [{"name": "aws-node", "env": [{"name": "A", "value": "1"}]}]}}
    revision = {
        "metadata": {
            "name": "aws-node-6c9",
            "namespace": "kube-system",
            "labels": {"k8s-app": "aws-node"},
            "creationTimestamp": ago(days=9),
        },
        "revision": 3,
        "data": {"spec": {"template": template}},
    }
    hook = {
        "name": "mpod.vpc.k8s.aws",
        "failurePolicy": "Ignore",
        "clientConfig": {"caBundle": "cmVjb3JkZWQ="},
    }
    pool = {"template": {"spec": {"nodeClassRef": {"kind": "EC2NodeClass", "name": "default"}}}}
    node_class = {"amiFamily": "AL2023", "kubelet": {"maxPods": 58}, "userDataSetting": {"UserData": "none"}}
    return {
        kinds.AWS_NODE_ACCOUNT.file: [{"metadata": {"name": "aws-node", "namespace": "kube-system"}}],
        kinds.CONTROLLER_REVISIONS.file: [revision],
        kinds.NODE_POOLS.file: [{"metadata": {"name": "default"}, "spec": pool}],
        kinds.EC2_NODE_CLASSES.file: [{"metadata": {"name": "default"}, "spec": node_class}],
        kinds.MUTATING_WEBHOOKS.file: [
            {"metadata": {"name": "vpc-resource-mutating-webhook"}, "webhooks": [hook]}
        ],
    }


def subnet(letter: str, free: int) -> dict[str, Any]:
    """A subnet."""
    return {
        "SubnetId": f"subnet-{letter}",
        "VpcId": "vpc-1",
        "CidrBlock": f"10.0.{ord(letter) - ord('a')}.0/24",
        "AvailabilityZone": f"eu-west-1{letter}",
        "AvailableIpAddressCount": free,
        "OwnerId": ACCOUNT,
        "Tags": [
            {"Key": "Name", "Value": f"nodes <{letter}> & more"},
            {"Key": "kubernetes.io/role/cni", "Value": "1"},
        ],
    }


def interface(number: int, letter: str = "a") -> dict[str, Any]:
    """An ENI with two addresses, attached to the instance of its number."""
    return {
        "NetworkInterfaceId": f"eni-{number:04}",
        "SubnetId": f"subnet-{letter}",
        "Status": "in-use",
        "InterfaceType": "interface",
        "Description": f"aws-K8S-i-{number:04}",
        "PrivateIpAddresses": [
            {"PrivateIpAddress": f"10.0.{number // 200}.{number % 200 + 4}", "Primary": True},
            {"PrivateIpAddress": f"10.1.{number // 200}.{number % 200 + 4}", "Primary": False},
        ],
        "Attachment": {"InstanceId": f"i-{number:04}", "DeviceIndex": 0, "AttachTime": ago(hours=5)},
        "TagSet": [{"Key": "node.k8s.amazonaws.com/instance_id", "Value": f"i-{number:04}"}],
    }


def instance_type(name: str, interfaces: int = 3, addresses: int = 10) -> dict[str, Any]:
    """An instance type."""
    return {
        "InstanceType": name,
        "Hypervisor": "nitro",
        "VCpuInfo": {"DefaultVCpus": 2},
        "NetworkInfo": {"MaximumNetworkInterfaces": interfaces, "Ipv4AddressesPerInterface": addresses},
    }


def _aws() -> dict[str, list[Any]]:
    cluster = {
        "name": CLUSTER,
        "arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{CLUSTER}",
        "createdAt": "2024-03-01T10:00:00Z",
        "version": "1.33",
        "endpoint": SERVER,
        "status": "ACTIVE",
        "certificateAuthority": {"data": "cmVjb3JkZWQ="},
        "resourcesVpcConfig": {"vpcId": "vpc-1", "subnetIds": ["subnet-a", "subnet-b"]},
    }
    reservation = {
        "SubnetCidrReservationId": "scr-1",
        "SubnetId": "subnet-a",
        "Cidr": "10.0.0.240/28",
        "ReservationType": "prefix",
    }
    return {
        kinds.CALLER.file: [
            {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/oncall", "UserId": "AIDA"}
        ],
        kinds.CLUSTER.file: [cluster],
        kinds.ADDONS.file: [
            {"addonName": "vpc-cni", "addonVersion": "v1.19.2-eksbuild.1", "status": "ACTIVE"}
        ],
        kinds.NODEGROUP_NAMES.file: [f"group-{number}" for number in range(5)],
        kinds.NODEGROUPS.file: [{"nodegroupName": "group-0", "status": "ACTIVE", "subnets": ["subnet-a"]}],
        kinds.SUBNETS.file: [subnet("a", 0), subnet("b", 113)],
        kinds.VPCS.file: [
            {
                "VpcId": "vpc-1",
                "CidrBlock": "10.0.0.0/22",
                "CidrBlockAssociationSet": [
                    {"CidrBlock": "10.0.0.0/22", "CidrBlockState": {"State": "associated"}}
                ],
            }
        ],
        kinds.INSTANCE_TYPES.file: [instance_type("m5.large"), instance_type("c5.xlarge", 4, 15)],
        kinds.RESERVATIONS.file: [reservation],
        kinds.INTERFACES.file: [interface(number) for number in range(12)] + [interface(12, "b")],
        kinds.SECURITY_GROUPS.file: [{"GroupId": "sg-1", "GroupName": "nodes", "VpcId": "vpc-1"}],
        **_paths(),
        **_identity(),
    }


def _paths() -> dict[str, list[Any]]:
    """Ways out of the VPC, and what a node starts with."""
    table = {
        "RouteTableId": "rtb-1",
        "VpcId": "vpc-1",
        "Associations": [{"Main": True}],
        "Routes": [
            {"DestinationCidrBlock": "10.0.0.0/22", "GatewayId": "local", "State": "active"},
            {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"},
        ],
    }
    inbound = {
        "SecurityGroupRuleId": "sgr-1",
        "GroupId": "sg-1",
        "IsEgress": False,
        "IpProtocol": "udp",
        "FromPort": 53,
        "ToPort": 53,
        "ReferencedGroupInfo": {"GroupId": "sg-1", "UserId": ACCOUNT},
    }
    outbound = inbound | {"SecurityGroupRuleId": "sgr-2", "IsEgress": True, "IpProtocol": "-1"}
    endpoint = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "Interface",
        "VpcId": "vpc-1",
        "ServiceName": f"com.amazonaws.{REGION}.ec2",
        "State": "available",
        "SubnetIds": ["subnet-a"],
    }
    version = {
        "LaunchTemplateId": "lt-1",
        "VersionNumber": 4,
        "ImageId": True,
        "UserData": "read",
        "MaxPods": 110,
    }
    return {
        kinds.LAUNCH_TEMPLATE_VERSIONS.file: [version],
        kinds.ROUTE_TABLES.file: [table],
        kinds.SECURITY_GROUP_RULES.file: [inbound, outbound | {"FromPort": -1, "ToPort": -1}],
        kinds.VPC_ENDPOINTS.file: [endpoint],
    }


def _identity() -> dict[str, list[Any]]:
    """Who the daemon is, and what the account may have."""
    summary = {"associationId": "a-1", "namespace": "kube-system", "serviceAccount": "aws-node"}
    trusted = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = {
        "RoleName": "cni",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/cni",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trusted]},
    }
    attached = {
        "RoleName": "cni",
        "PolicyName": "AmazonEKS_CNI_Policy",
        "PolicyArn": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
    }
    quota = {"ServiceCode": "vpc", "QuotaCode": "L-DF5E4CA3", "Value": 6000.0}
    return {
        kinds.POD_IDENTITY_NAMES.file: [summary],
        kinds.POD_IDENTITIES.file: [summary | {"roleArn": role["Arn"]}],
        kinds.ROLES.file: [role],
        kinds.ATTACHED_POLICIES.file: [attached],
        kinds.INLINE_POLICIES.file: [{"RoleName": "cni", "PolicyName": name} for name in ("extra", "more")],
        kinds.QUOTAS.file: [quota],
        kinds.DEFAULT_QUOTAS.file: [quota | {"Value": 5000.0}],
    }
