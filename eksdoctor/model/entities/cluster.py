"""The cluster: its snapshot and its identity; everything else about it is a part."""

from hashlib import sha256

from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import LOGS_ALONE, PASTED, gap
from eksdoctor.model.facts.fact import NotKnown, Unknown, fact, known
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.records.aws import DESCRIBE_CLUSTER
from eksdoctor.snapshot.snapshot import Snapshot

ASK_ACCOUNT = "the profile and region of this cluster: --profile, --region, --cluster-name"


class Cluster(Subject):
    """The EKS cluster that a snapshot shows, at one time (`at`); nothing here reads a clock."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.at = snapshot.at
        self.window = snapshot.window

    def __str__(self) -> str:
        name = self.target_name
        return "cluster" if isinstance(name, Unknown) else name

    @fact
    def target_name(self) -> str:
        """The EKS name of the cluster."""
        if not self.snapshot.target.cluster:
            found = self.snapshot.of(DESCRIBE_CLUSTER.kind)
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
        for cluster in self.snapshot.of(DESCRIBE_CLUSTER.kind):
            if cluster.name == name:
                return cluster
        missing = gap(self.snapshot, requests.cluster(name))
        raise NotKnown(
            missing
            if missing is not None
            else Unknown.because(f"EKS has no cluster {name} in this account and region", ASK_ACCOUNT)
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
            raise NotKnown.because("AWS and kubeconfig show different clusters", ASK_ACCOUNT)

    def require_nodes(self) -> None:
        """Raise NotKnown when the API server may have more nodes than were seen."""
        missing = gap(self.snapshot, requests.NODES)
        if missing is not None:
            raise NotKnown(missing)

    def require_subnets(self) -> None:
        """Raise NotKnown when the VPC may have more subnets than were seen."""
        missing = gap(self.snapshot, requests.subnets(known(self.vpc_id)))
        if missing is not None:
            raise NotKnown(missing)

    @fact
    def vpc_id(self) -> str:
        """The cluster's VPC."""
        self.require_same_cluster()
        return known(self.record).resources_vpc_config.vpc_id


class ClusterPart(Part, of=Cluster):
    """Facts of one topic about the cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition(":")[0].lower() or url.lower()
