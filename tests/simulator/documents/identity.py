"""Who the daemon is to AWS: its node's role, or a role by pod identity or by annotation."""

from random import Random
from typing import Any

from tests.simulator.account import ACCOUNT, REGION
from tests.simulator.documents import karpenter
from tests.simulator.names import Names
from tests.simulator.simulation import Simulation

ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
CNI_POLICY = "AmazonEKS_CNI_Policy"
NODE_POLICIES = ("AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy")


def aws_node_account(simulation: Simulation, by: str) -> dict[str, Any]:
    """The daemon's service account."""
    metadata: dict[str, Any] = {
        "name": "aws-node",
        "namespace": "kube-system",
        "labels": {"app.kubernetes.io/name": "aws-node", "k8s-app": "aws-node"},
    }
    if by == "annotation":
        metadata["annotations"] = {ROLE_ANNOTATION: _arn(_cni_role(simulation))}
    return {"metadata": metadata}


def with_role(pods: list[dict[str, Any]], simulation: Simulation, by: str) -> list[dict[str, Any]]:
    """The pods; those of the daemon with what the webhooks of EKS write into them."""
    written = {
        "annotation": [
            {"name": "AWS_ROLE_ARN", "value": _arn(_cni_role(simulation))},
            {"name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": "/var/run/secrets/eks.amazonaws.com/token"},
        ],
        "pod identity": [
            {"name": "AWS_CONTAINER_CREDENTIALS_FULL_URI", "value": "http://169.254.170.23/v1/credentials"},
        ],
    }
    for pod in pods:
        for container in pod["spec"]["containers"]:
            if container["name"] == "aws-node":
                container["env"] = [*container.get("env", ()), *written.get(by, ())]
    return pods


def pod_identities(simulation: Simulation, by: str) -> list[dict[str, Any]]:
    """DescribePodIdentityAssociation of every association."""
    if by != "pod identity":
        return []
    names = Names(Random(f"pod identity of {simulation.cluster}"))
    association = f"a-{names.hex(17)}"
    return [
        {
            "clusterName": simulation.cluster,
            "namespace": "kube-system",
            "serviceAccount": "aws-node",
            "associationId": association,
            "associationArn": f"arn:aws:eks:{REGION}:{ACCOUNT}:podidentityassociation/"
            f"{simulation.cluster}/{association}",
            "roleArn": _arn(_cni_role(simulation)),
        }
    ]


def roles(simulation: Simulation, by: str) -> list[dict[str, Any]]:
    """GetRole of every role."""
    return [
        {
            "RoleName": name,
            "RoleId": f"AROA{Names(Random(name)).hex(16).upper()}",
            "Path": "/",
            "Arn": _arn(name),
            "CreateDate": "2025-03-04T09:02:11+00:00",
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [_trust(simulation, name, by)],
            },
        }
        for name in _policies(simulation, by)
    ]


def attached_policies(simulation: Simulation, by: str) -> list[dict[str, Any]]:
    """ListAttachedRolePolicies of every role."""
    return [
        {
            "RoleName": role,
            "PolicyName": policy,
            "PolicyArn": f"arn:aws:iam::aws:policy/{policy}",
        }
        for role, policies in _policies(simulation, by).items()
        for policy in policies
    ]


def _policies(simulation: Simulation, by: str) -> dict[str, tuple[str, ...]]:
    """The policies of every role: the CNI's stands where the daemon takes its rights from."""
    of_node = (*NODE_POLICIES, CNI_POLICY) if by == "node" else NODE_POLICIES
    found = {f"{simulation.cluster}-node": of_node}
    if karpenter.groups(simulation):
        found[karpenter.role(simulation)] = of_node
    if by != "node":
        found[_cni_role(simulation)] = (CNI_POLICY,)
    return found


def _trust(simulation: Simulation, role: str, by: str) -> dict[str, Any]:
    if role != _cni_role(simulation):
        return _allowed("ec2.amazonaws.com", ["sts:AssumeRole"])
    if by == "pod identity":
        return _allowed("pods.eks.amazonaws.com", ["sts:AssumeRole", "sts:TagSession"])
    provider = f"oidc.eks.{REGION}.amazonaws.com/id/{Names(Random(simulation.cluster)).hex(32).upper()}"
    return {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{provider}:sub": "system:serviceaccount:kube-system:aws-node"}},
    }


def _allowed(service: str, actions: list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}


def _cni_role(simulation: Simulation) -> str:
    return f"{simulation.cluster}-cni"


def _arn(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{role}"
