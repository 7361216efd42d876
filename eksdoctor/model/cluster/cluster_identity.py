"""Which cluster it is: by kubeconfig, by EKS, and whether the two mean the same one."""

from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import LOGS_ALONE, PASTED, gap
from eksdoctor.model.facts.fact import NotKnown, Unknown, fact, known
from eksdoctor.model.observations.by_class import Hearing
from eksdoctor.model.vpc_cni.vpc_cni import CNI
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.snapshot import Snapshot

if TYPE_CHECKING:
    from eksdoctor.model.cluster.cluster import Cluster

ASK_ACCOUNT = "the profile and region of this cluster: --profile, --region, --cluster-name"


class ClusterIdentity:
    """The first part of a cluster; `whole` is all of it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.at = snapshot.at
        self.window = snapshot.window

    def __str__(self) -> str:
        name = self.target_name
        return "cluster" if isinstance(name, Unknown) else name

    @property
    def whole(self) -> "Cluster":
        """This same object, as the parts of the model know it."""
        return cast("Cluster", self)

    @cached_property
    def cni(self) -> CNI:
        """The VPC CNI as it is set."""
        return CNI(self.whole)

    @fact
    def target_name(self) -> str:
        """The EKS name of the cluster."""
        if not self.snapshot.target.cluster:
            found = self.snapshot.of(kinds.CLUSTER)
            if found:
                return found[0].name
            if self.snapshot.is_pasted:
                raise NotKnown(PASTED)
            if self.snapshot.has_node_logs_only:
                raise NotKnown.because(*LOGS_ALONE)
            raise NotKnown.because("kubeconfig does not name the EKS cluster", "--cluster-name NAME")
        return self.snapshot.target.cluster

    @fact
    def record(self) -> aws.Cluster:
        """DescribeCluster."""
        name = known(self.target_name)
        for cluster in self.snapshot.of(kinds.CLUSTER):
            if cluster.name == name:
                return cluster
        missing = gap(self.snapshot, requests.cluster(name))
        raise NotKnown(
            missing
            if missing is not None
            else Unknown.because(f"EKS knows no cluster {name} in this account and region", ASK_ACCOUNT)
        )

    @fact
    def is_same_in_aws(self) -> bool:
        """Whether the account shows the cluster that kubeconfig talks to: endpoint, or CA for tunnels."""
        target, record = self.snapshot.target, known(self.record)
        if not target.server:
            return True
        if _host(target.server) == _host(record.endpoint):
            return True
        data = "".join(record.certificate_authority.data.split())
        return bool(data) and sha256(data.encode()).hexdigest() == target.certificate

    def require_same_cluster(self) -> None:
        """Raise NotKnown when the account's cluster is another one: its facts are not this cluster's."""
        if known(self.is_same_in_aws) is False:
            raise NotKnown.because("AWS shows another cluster than kubeconfig", ASK_ACCOUNT)

    @fact
    def vpc_id(self) -> str:
        """The cluster's VPC."""
        self.require_same_cluster()
        return known(self.record).resources_vpc_config.vpc_id

    @cached_property
    def heard(self) -> Hearing:
        """What the daemon, the controllers and EC2 said."""
        return Hearing(self.whole)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition(":")[0].lower() or url.lower()
