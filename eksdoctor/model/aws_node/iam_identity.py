"""Who the daemon is to AWS: a role by pod identity, by annotation (IRSA), or its node's."""

import re
from enum import StrEnum

from eksdoctor.model.aws_node.pods_by_node import Daemons
from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap, listed
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.node_groups.managed_node_group import NodeGroups
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.identity import (
    DESCRIBE_POD_IDENTITY_ASSOCIATION,
    LIST_ATTACHED_ROLE_POLICIES,
    LIST_POD_IDENTITY_ASSOCIATIONS,
    LIST_ROLE_POLICIES,
    PodIdentity,
)
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES
from eksdoctor.snapshot.records.kubernetes import GET_SERVICE_ACCOUNT

ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
ROLE_VARIABLE = "AWS_ROLE_ARN"
POD_IDENTITY_VARIABLE = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
NODEGROUP_LABEL = "eks.amazonaws.com/nodegroup"
NODEPOOL_LABEL = "karpenter.sh/nodepool"
_CNI_POLICY = re.compile(r"cni", re.IGNORECASE)


class Via(StrEnum):
    """How the daemon comes to its rights."""

    POD_IDENTITY = "pod identity"
    IRSA = "IRSA"
    NODE_ROLE = "node role"


class Identity(ClusterPart, name="identity"):
    """The role of aws-node, and what that role may do."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.snapshot = cluster.snapshot

    # --- what is set up: a pod that starts now gets this ---------------------------------------------

    @fact
    def association(self) -> PodIdentity | None:
        """The pod identity association of aws-node; None when there is known to be none."""
        name = known(self.cluster.target_name)
        self.cluster.require_same_cluster()
        for one in self.snapshot.of(DESCRIBE_POD_IDENTITY_ASSOCIATION.kind):
            if (one.namespace, one.service_account) == (requests.SYSTEM, "aws-node"):
                return one
        missing = gap(self.snapshot, requests.pod_identities(name))
        if missing is not None:
            raise NotKnown(missing)
        for named in self.snapshot.of(LIST_POD_IDENTITY_ASSOCIATIONS.kind):
            missing = gap(self.snapshot, requests.pod_identity(name, named.association_id))
            if missing is not None:
                raise NotKnown(missing)
        return None

    @fact
    def annotated_role(self) -> str:
        """The ARN in the service account's annotation; empty without one."""
        for account in self.snapshot.of(GET_SERVICE_ACCOUNT.kind):
            meta = account.metadata
            if (meta.namespace, meta.name) == (requests.SYSTEM, "aws-node"):
                return meta.annotations.get(ROLE_ANNOTATION, "")
        missing = gap(self.snapshot, requests.AWS_NODE_ACCOUNT)
        if missing is not None:
            raise NotKnown(missing)
        return ""

    @fact
    def set_up(self) -> Via:
        """What a pod that starts now gets; with both, EKS's webhook gives it the association."""
        if known(self.association) is not None:
            return Via.POD_IDENTITY
        return Via.IRSA if known(self.annotated_role) else Via.NODE_ROLE

    # --- what the running pods have ------------------------------------------------------------------

    @fact
    def via(self) -> Via:
        """What the daemons run with, by their own environment; where that was not kept, what is set up.

        A pod keeps what it started with, whatever its service account says later.
        """
        running = {
            found for pod in self.cluster.part(Daemons).records if (found := _runs_with(pod)) is not None
        }
        if len(running) == 1 and self.cluster.part(Daemons).records.missing is None:
            return next(iter(running))
        if len(running) > 1:
            raise NotKnown.because("some aws-node pods use another identity than the others")
        return known(self.set_up)

    @fact
    def uses_node_role(self) -> bool:
        """Whether the daemon has no role of its own."""
        return known(self.via) == Via.NODE_ROLE

    @fact
    def uses_irsa(self) -> bool:
        """Whether it fetches its credentials from STS, with a token of its service account."""
        return known(self.via) == Via.IRSA

    @fact
    def stale_pods(self) -> Items[str]:
        """Running pods that have another identity than what is set up: they started before it was."""
        set_up = known(self.set_up)
        return (
            self.cluster.part(Daemons)
            .records.where(lambda pod: _is_stale(pod, set_up))
            .map(lambda pod: pod.metadata.name)
        )

    # --- the nodes' roles ----------------------------------------------------------------------------

    @fact
    def node_roles(self) -> Items[str]:
        """The names of the roles of managed node groups and EC2NodeClasses; of other nodes none is seen."""
        groups = known(self.cluster.part(NodeGroups).node_groups)
        classes = listed(self.snapshot, LIST_EC2_NODE_CLASSES.kind, requests.EC2_NODE_CLASSES)
        names = [role_name(group.record.node_role) for group in groups]
        names += [node_class.spec.role for node_class in classes]
        missing = groups.missing if groups.missing is not None else classes.missing
        if missing is None and self._has_other_nodes():
            missing = Unknown.because("the role of nodes outside node groups and Karpenter was not collected")
        return Items(tuple(dict.fromkeys(name for name in names if name)), missing)

    def _has_other_nodes(self) -> bool:
        nodes = known(self.cluster.part(Nodes).ec2_linux_nodes)
        labels = [known(node.labels) for node in nodes]
        return any(NODEGROUP_LABEL not in found and NODEPOOL_LABEL not in found for found in labels)

    def policies_of(self, role: str) -> Items[str]:
        """The names of a role's policies, attached and its own."""
        attached = listed(self.snapshot, LIST_ATTACHED_ROLE_POLICIES.kind, requests.attached_policies(role))
        inline = listed(self.snapshot, LIST_ROLE_POLICIES.kind, requests.inline_policies(role))
        names = [one.policy_name for one in (*attached, *inline) if one.role_name == role]
        missing = attached.missing if attached.missing is not None else inline.missing
        return Items(tuple(names), missing)

    @fact
    def node_policies_of_cni(self) -> Items[str]:
        """The node roles' policies that are the CNI's by their name, with their role."""
        roles = known(self.node_roles)
        found = [
            f"{policy} on {role}"
            for role in roles
            for policy in self.policies_of(role)
            if _CNI_POLICY.search(policy)
        ]
        return Items(tuple(found), roles.missing)


def role_name(arn: str) -> str:
    """The name of a role, the last part of its ARN."""
    return arn.rpartition("/")[2]


def _runs_with(pod: kubernetes.Pod) -> Via | None:
    """By its environment; None where that was not kept, or the pod is over."""
    if pod.status.phase in ("Succeeded", "Failed"):
        return None
    for container in pod.spec.containers:
        if container.name == "aws-node" and container.env is not None:
            names = {variable.name for variable in container.env}
            if ROLE_VARIABLE in names:
                return Via.IRSA
            return Via.POD_IDENTITY if POD_IDENTITY_VARIABLE in names else Via.NODE_ROLE
    return None


def _is_stale(pod: kubernetes.Pod, set_up: Via) -> bool | Unknown:
    found = _runs_with(pod)
    if found is None:
        return Unknown.because("this snapshot does not contain the IAM role of aws-node", "a new snapshot")
    return found != set_up
