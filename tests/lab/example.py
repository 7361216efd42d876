"""A small snapshot in which every kind of record occurs, for the lab's own tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from eksdoctor.snapshot.actions import KINDS
from eksdoctor.snapshot.declaration import Kind
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
from eksdoctor.snapshot.records.identity import (
    DESCRIBE_POD_IDENTITY_ASSOCIATION,
    GET_ROLE,
    LIST_ATTACHED_ROLE_POLICIES,
    LIST_POD_IDENTITY_ASSOCIATIONS,
    LIST_ROLE_POLICIES,
)
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES, LIST_NODE_POOLS
from eksdoctor.snapshot.records.kubernetes import (
    GET_CONFIG_MAP,
    GET_SERVICE_ACCOUNT,
    LIST_CNI_NODES,
    LIST_CONTROLLER_REVISIONS,
    LIST_DAEMON_SETS,
    LIST_ENI_CONFIGS,
    LIST_EVENTS,
    LIST_NODES,
    LIST_PODS,
    LIST_SECURITY_GROUP_POLICIES,
    LIST_SERVICE_ACCOUNTS,
)
from eksdoctor.snapshot.records.launch_template import DESCRIBE_LAUNCH_TEMPLATE_VERSIONS
from eksdoctor.snapshot.records.network import (
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SECURITY_GROUP_RULES,
    DESCRIBE_VPC_ENDPOINTS,
)
from eksdoctor.snapshot.records.quotas import GET_DEFAULT_SERVICE_QUOTA, GET_SERVICE_QUOTA
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
        LIST_NODES.kind.file: [node(number, zone="a" if number % 2 else "b") for number in range(1, 8)],
        LIST_PODS.kind.file: [
            pod("api-0"),
            pod("api-1", on=None),
            pod("worker-0", phase="Running", podIP="10.0.0.77"),
            pod("web-0", "shop", "Running", 2, podIP="10.0.0.78"),
        ],
        LIST_EVENTS.kind.file: [event, pulled],
        LIST_DAEMON_SETS.kind.file: [aws_node],
        LIST_ENI_CONFIGS.kind.file: [{"metadata": {"name": "eu-west-1a"}, "spec": {"subnet": "subnet-a"}}],
        LIST_SECURITY_GROUP_POLICIES.kind.file: [policy],
        LIST_CNI_NODES.kind.file: [{"metadata": {"name": node(1)["metadata"]["name"]}, "spec": {}}],
        GET_CONFIG_MAP.kind.file: [
            {
                "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
                "data": {"enable-windows-ipam": "false"},
            }
        ],
        LIST_SERVICE_ACCOUNTS.kind.file: [{"metadata": {"name": "api", "namespace": "payments"}}],
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
        GET_SERVICE_ACCOUNT.kind.file: [{"metadata": {"name": "aws-node", "namespace": "kube-system"}}],
        LIST_CONTROLLER_REVISIONS.kind.file: [revision],
        LIST_NODE_POOLS.kind.file: [{"metadata": {"name": "default"}, "spec": pool}],
        LIST_EC2_NODE_CLASSES.kind.file: [{"metadata": {"name": "default"}, "spec": node_class}],
        LIST_MUTATING_WEBHOOKS.kind.file: [
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
        GET_CALLER_IDENTITY.kind.file: [
            {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/oncall", "UserId": "AIDA"}
        ],
        DESCRIBE_CLUSTER.kind.file: [cluster],
        DESCRIBE_ADDON.kind.file: [
            {"addonName": "vpc-cni", "addonVersion": "v1.19.2-eksbuild.1", "status": "ACTIVE"}
        ],
        LIST_NODEGROUPS.kind.file: [f"group-{number}" for number in range(5)],
        DESCRIBE_NODEGROUP.kind.file: [
            {"nodegroupName": "group-0", "status": "ACTIVE", "subnets": ["subnet-a"]}
        ],
        DESCRIBE_SUBNETS.kind.file: [subnet("a", 0), subnet("b", 113)],
        DESCRIBE_VPCS.kind.file: [
            {
                "VpcId": "vpc-1",
                "CidrBlock": "10.0.0.0/22",
                "CidrBlockAssociationSet": [
                    {"CidrBlock": "10.0.0.0/22", "CidrBlockState": {"State": "associated"}}
                ],
            }
        ],
        DESCRIBE_INSTANCE_TYPES.kind.file: [instance_type("m5.large"), instance_type("c5.xlarge", 4, 15)],
        GET_SUBNET_CIDR_RESERVATIONS.kind.file: [reservation],
        DESCRIBE_NETWORK_INTERFACES.kind.file: [interface(number) for number in range(12)]
        + [interface(12, "b")],
        DESCRIBE_SECURITY_GROUPS.kind.file: [{"GroupId": "sg-1", "GroupName": "nodes", "VpcId": "vpc-1"}],
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
        DESCRIBE_LAUNCH_TEMPLATE_VERSIONS.kind.file: [version],
        DESCRIBE_ROUTE_TABLES.kind.file: [table],
        DESCRIBE_SECURITY_GROUP_RULES.kind.file: [inbound, outbound | {"FromPort": -1, "ToPort": -1}],
        DESCRIBE_VPC_ENDPOINTS.kind.file: [endpoint],
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
        LIST_POD_IDENTITY_ASSOCIATIONS.kind.file: [summary],
        DESCRIBE_POD_IDENTITY_ASSOCIATION.kind.file: [summary | {"roleArn": role["Arn"]}],
        GET_ROLE.kind.file: [role],
        LIST_ATTACHED_ROLE_POLICIES.kind.file: [attached],
        LIST_ROLE_POLICIES.kind.file: [{"RoleName": "cni", "PolicyName": name} for name in ("extra", "more")],
        GET_SERVICE_QUOTA.kind.file: [quota],
        GET_DEFAULT_SERVICE_QUOTA.kind.file: [quota | {"Value": 5000.0}],
    }
