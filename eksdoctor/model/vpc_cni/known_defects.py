"""What is known of a release: whether it is recommended here, and the defects it is known for."""

from dataclasses import dataclass

from eksdoctor.model.aws_node.network_policy_agent import PolicyAgent
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.entities.vpc_cni import CNIPart
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, all_of, fact, known, union
from eksdoctor.model.facts.version import Version

# "Recommended Version": https://github.com/aws/amazon-vpc-cni-k8s#recommended-version, which has no other
# rows; the two last as in https://github.com/aws/amazon-vpc-cni-k8s/issues/3321.
OLDEST_RECOMMENDED = {
    (1, 28): Version(1, 13, 4),
    (1, 29): Version(1, 14, 1),
    (1, 30): Version(1, 16, 0),
    (1, 31): Version(1, 16, 4),
    (1, 32): Version(1, 17, 1),
    (1, 33): Version(1, 17, 1),
}
# ipamd listens on a socket from here on, which older agents do not know:
# https://github.com/aws/amazon-vpc-cni-k8s/releases/tag/v1.23.0
SOCKET = Version(1, 23)
AGENT_OF_SOCKET = Version(1, 4, 1)


@dataclass(frozen=True, slots=True)
class Defect:
    """Something that releases from `first` to `last` do wrong."""

    name: str
    first: Version
    last: Version
    words: str

    def __str__(self) -> str:
        return self.name

    @property
    def releases(self) -> str:
        """Which releases have it, in words."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


NODE_ADDRESS = Defect(
    "assigns the node's own IP to pods",
    Version(1, 22, 0),
    Version(1, 22, 3),
    "if the subnet of an ENI can't be looked up (DescribeSubnets fails, or the account can't see it), "
    "a pod gets the node's primary IP, and DNS and probes fail; fixed in v1.22.4",
)
CLUSTER_TAG = Defect(
    "uses another cluster tag",
    Version(1, 22, 0),
    Version(1, 22, 0),
    "subnet discovery uses tags that begin with kubernetes.io/cluster/ instead of "
    "cni.networking.k8s.aws/cluster/, so it may exclude subnets of this cluster",
)
GROUPS_AT_START = Defect(
    "needs ec2:DescribeSecurityGroups",
    Version(1, 22, 0),
    Version(1, 22, 1),
    "with subnet discovery on, it calls ec2:DescribeSecurityGroups at start and exits if denied",
)
DEFECTS = (NODE_ADDRESS, CLUSTER_TAG, GROUPS_AT_START)


class Release(CNIPart, name="release"):
    """The release of aws-node that the DaemonSet runs."""

    @fact
    def kubernetes(self) -> Version:
        """The control plane's version."""
        text = known(self.cni.cluster.record).version
        version = Version.parse(text)
        if version is None:
            raise NotKnown.because(f"the cluster's Kubernetes version {text or '(none)'} is not a version")
        return version

    @property
    def kubernetes_minor(self) -> str:
        """The same as people write it: 1.33."""
        version = self.kubernetes
        return "unknown" if isinstance(version, Unknown) else f"{version.major}.{version.minor}"

    @fact
    def oldest_recommended(self) -> Version:
        """The oldest release that the CNI's makers recommend for it; only some versions have a row."""
        version = known(self.kubernetes)
        found = OLDEST_RECOMMENDED.get((version.major, version.minor))
        if found is None:
            raise NotKnown.because(
                f"the VPC CNI documentation has no minimum version for Kubernetes {self.kubernetes_minor}"
            )
        return found

    @fact
    def is_too_old(self) -> bool:
        """Whether it is older than the oldest recommended one."""
        return known(self.cni.version) < known(self.oldest_recommended)

    @fact
    def has_agent_without_socket(self) -> bool:
        """Whether the network-policy agent beside it is too old to reach ipamd's socket."""
        if known(self.cni.version) < SOCKET or not known(self.cni.part(PolicyAgent).is_shipped):
            return False
        return known(self.cni.part(PolicyAgent).version) < AGENT_OF_SOCKET

    @fact
    def defects(self) -> Items[Defect]:
        """What it is known to do wrong, with these settings."""
        version = known(self.cni.version)
        found = tuple(one for one in DEFECTS if one.first <= version <= one.last)
        return Items(found).where(self._applies)

    def _applies(self, defect: Defect) -> bool | Unknown:
        """The two others are of subnet discovery, which custom networking does without.

        v1.22.0 alone needs ec2:DescribeSecurityGroups under custom networking too.
        """
        if defect is NODE_ADDRESS:
            return True
        discovery, custom = self.cni.subnet_discovery, self.cni.custom_networking
        if defect is GROUPS_AT_START and self.cni.version == GROUPS_AT_START.first:
            return discovery
        return all_of(discovery, custom if isinstance(custom, Unknown) else not custom)

    @fact
    def pods_with_node_address(self) -> Items[Pod]:
        """Pods with the address of their node that are not on its network, where the release does that."""
        if not any(one is NODE_ADDRESS for one in known(self.defects)):
            return Items()
        cluster = self.cni.cluster
        nodes = known(cluster.part(Nodes).nodes_of_vpc_cni)
        pods = union((*(cluster.part(Pods).pods_on(node.name) for node in nodes), Items((), nodes.missing)))
        return pods.where(_has_node_address)


def _has_node_address(pod: Pod) -> bool:
    record = pod.record
    return pod.holds_pool_address and record is not None and record.status.pod_ip == record.status.host_ip
