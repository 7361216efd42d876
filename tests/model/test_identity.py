"""Who the daemon is to AWS, by what is set up and by what its pods run with."""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.aws_node.iam_identity import role_name
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown

ARN = "arn:aws:iam::111122223333:role/eks/cni"
ANNOTATED = {"kubernetes/serviceaccount-aws-node": {
    "kube-system/aws-node": {"metadata": {"annotations": {"eks.amazonaws.com/role-arn": ARN}}}
}}  # fmt: skip
OF_AWS_NODE = {"associationId": "a-1", "namespace": "kube-system", "serviceAccount": "aws-node"}
ASSOCIATED = {
    "aws/eks-list-pod-identity-associations": {"a-1": OF_AWS_NODE},
    "aws/eks-describe-pod-identity-association": {"a-1": {**OF_AWS_NODE, "roleArn": ARN}},
}
ROLE = [{"name": "AWS_ROLE_ARN", "value": ARN}]
AGENT = [{"name": "AWS_CONTAINER_CREDENTIALS_FULL_URI", "value": "http://169.254.170.23/v1/credentials"}]


def running(of_a, of_b):
    def pod(env):
        return {"spec": {"containers": [{"name": "aws-node", **({} if env is None else {"env": env})}]}}

    return {"kubernetes/pods": {"kube-system/aws-node-a": pod(of_a), "kube-system/aws-node-b": pod(of_b)}}


def identity(*patches, refuse=()):
    whole = {file: change for patch in patches for file, change in patch.items()}
    return Cluster(patched(Patch(patch=whole, refuse=list(refuse)))).identity


@pytest.mark.parametrize(
    ("patches", "via"),
    [
        ([], "node role"),
        ([running(ROLE, ROLE), ANNOTATED], "IRSA"),
        ([running(AGENT, AGENT), ASSOCIATED], "pod identity"),
        ([running([], []), ANNOTATED], "node role"),
        ([running(ROLE, ROLE)], "IRSA"),
        ([running(None, None), ANNOTATED], "IRSA"),
        ([running(None, None), ANNOTATED, ASSOCIATED], "pod identity"),
    ],
)
def test_what_the_pods_run_with_counts_before_what_is_set_up(patches, via):
    assert str(identity(*patches).via) == via


def test_pods_that_started_before_the_annotation_keep_the_node_role():
    found = identity(running([], ROLE), ANNOTATED)
    assert tuple(found.stale_pods) == ("aws-node-a",)
    assert isinstance(found.via, Unknown)


def test_who_may_not_look_does_not_know():
    refuse = ["eks:ListPodIdentityAssociations", "get-serviceaccount"]
    found = identity(running(None, None), refuse=refuse)
    assert isinstance(found.via, Unknown)
    assert isinstance(found.annotated_role, Unknown)


def test_an_association_that_is_not_described_may_be_anything():
    named = {"aws/eks-list-pod-identity-associations": {"a-1": OF_AWS_NODE}}
    found = identity(running(None, None), named, refuse=["eks:DescribePodIdentityAssociation"])
    assert isinstance(found.association, Unknown)


def test_roles_of_nodes_and_their_policies():
    group = {"nodegroupName": "general", "nodeRole": "arn:aws:iam::111122223333:role/eks/nodes"}
    found = identity(
        {
            "aws/eks-list-nodegroups": {"general": "general"},
            "aws/eks-describe-nodegroup": {"general": group},
            "aws/iam-list-role-policies": {"nodes": {"RoleName": "nodes", "PolicyName": "own-cni"}},
            "aws/iam-list-attached-role-policies": {
                "x": {"RoleName": "x", "PolicyName": "AmazonEKS_CNI_Policy"}
            },
        }
    )
    assert found.node_roles.elements == ("nodes",)
    assert found.node_roles.missing is not None, "nodes of neither group nor Karpenter have a role too"
    assert found.node_policies_of_cni.elements == ("own-cni on nodes",)


@pytest.mark.parametrize(("arn", "name"), [(ARN, "cni"), ("", ""), ("nodes", "nodes")])
def test_the_name_in_an_arn(arn, name):
    assert role_name(arn) == name
