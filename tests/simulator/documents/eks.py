"""EKS's answers: who asks, the cluster, its VPC CNI add-on, its managed node groups."""

import base64
from typing import Any

from tests.simulator.account import ACCOUNT, REGION
from tests.simulator.documents import launch_templates, times
from tests.simulator.documents.kube_system import configuration
from tests.simulator.machine import Group
from tests.simulator.simulation import Simulation


def certificate(simulation: Simulation) -> str:
    """The cluster's CA data: a stand-in in the right wrapping, the same for the same cluster."""
    body = base64.b64encode(f"certificate authority of {simulation.cluster}".encode()).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    return base64.b64encode(pem.encode()).decode()


def caller() -> list[dict[str, Any]]:
    """The on-call engineer's role."""
    return [
        {
            "UserId": "AROAEXAMPLEEXAMPLEEXA:oncall",
            "Account": ACCOUNT,
            "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/oncall-read-only/oncall",
        }
    ]


def cluster(
    simulation: Simulation, vpc: str, endpoint: str, control_plane: list[str], group: str
) -> dict[str, Any]:
    """DescribeCluster."""
    name = simulation.cluster
    return {
        "name": name,
        "arn": arn(name),
        "version": "1.33",
        "platformVersion": "eks.21",
        "endpoint": endpoint,
        "status": "ACTIVE",
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{name}-cluster",
        "certificateAuthority": {"data": certificate(simulation)},
        "createdAt": "2025-03-04T09:12:31+00:00",
        "resourcesVpcConfig": {
            "vpcId": vpc,
            "subnetIds": control_plane,
            "securityGroupIds": [],
            "clusterSecurityGroupId": group,
            "endpointPublicAccess": True,
            "endpointPrivateAccess": True,
            "publicAccessCidrs": ["203.0.113.0/24"],
        },
        "kubernetesNetworkConfig": {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"},
        "health": {"issues": []},
        "tags": {},
    }


def addon(simulation: Simulation) -> dict[str, Any]:
    """DescribeAddon of vpc-cni."""
    document = {
        "addonName": "vpc-cni",
        "addonArn": f"arn:aws:eks:{REGION}:{ACCOUNT}:addon/{simulation.cluster}/vpc-cni/aaaaaaaa",
        "addonVersion": f"{simulation.settings.version}-eksbuild.1",
        "clusterName": simulation.cluster,
        "status": "ACTIVE",
        "health": {"issues": []},
        "createdAt": "2025-03-04T09:25:02+00:00",
        "modifiedAt": "2026-09-21T10:41:55+00:00",
        "tags": {},
    }
    values = configuration(simulation.settings)
    return document | ({"configurationValues": values} if values else {})


def nodegroups(simulation: Simulation) -> list[dict[str, Any]]:
    """DescribeNodegroup of every managed group."""
    groups = {
        machine.group.name: machine.group for machine in simulation.machines if not machine.group.karpenter
    }
    return [_nodegroup(simulation, group) for group in groups.values()]


def _nodegroup(simulation: Simulation, group: Group) -> dict[str, Any]:
    machines = [machine for machine in simulation.machines if machine.group.name == group.name]
    size = len(machines)
    document: dict[str, Any] = {
        "nodegroupName": group.name,
        "nodegroupArn": arn(simulation.cluster).replace(":cluster/", ":nodegroup/")
        + f"/{group.name}/bbbbbbbb",
        "clusterName": simulation.cluster,
        "version": "1.33",
        "releaseVersion": "1.33.5-20251014",
        "createdAt": times.aws(machines[0].joined),
        "status": "ACTIVE",
        "capacityType": "ON_DEMAND",
        "amiType": "AL2023_x86_64_STANDARD",
        "scalingConfig": {"minSize": 3, "maxSize": max(240, size), "desiredSize": size},
        "instanceTypes": [group.limits.name],
        "subnets": sorted({machine.subnet.id for machine in machines}),
        "nodeRole": f"arn:aws:iam::{ACCOUNT}:role/{simulation.cluster}-node",
        "health": {"issues": []},
        "updateConfig": {"maxUnavailable": 1},
        "tags": {},
    }
    if group.launch_template:  # it names an AMI of its own, without which EKS would set max-pods itself
        document["launchTemplate"] = launch_templates.reference(simulation, group)
        document |= {"amiType": "CUSTOM", "releaseVersion": "ami-0123456789abcdef0"}
    return document


def arn(name: str) -> str:
    """The ARN of a cluster, which is also the name of its kubeconfig context."""
    return f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{name}"
