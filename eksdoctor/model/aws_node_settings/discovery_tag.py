"""Enhanced subnet discovery: which subnets of its zone a node may put a new ENI into.

amazon-vpc-cni-k8s pkg/awsutils/awsutils.go. From v1.18 to v1.21 any value of the tag opts a subnet in,
`0` included, and the node's own subnet is always one. From v1.22 `0` keeps a subnet out, the node's own
too, an empty value counts as no tag, and cluster tags beside a non-empty value must name this cluster.
"""

from collections.abc import Mapping

from eksdoctor.model.facts.version import Version

ROLE_TAG = "kubernetes.io/role/cni"
CLUSTER_TAG = "cni.networking.k8s.aws/cluster/"
CLUSTER_TAG_OF_1_22_0 = "kubernetes.io/cluster/"
EXCLUDES_SINCE = Version(1, 22)


def is_candidate(tags: Mapping[str, str], version: Version, cluster_name: str, *, is_own: bool) -> bool:
    """Whether a subnet of the node's zone may serve its new ENIs.

    `cluster_name` is the daemon's CLUSTER_NAME, empty when unset: then cluster tags are not looked at.
    """
    value = tags.get(ROLE_TAG)
    if version < EXCLUDES_SINCE:
        return is_own or value is not None
    if value == "0":
        return False
    if not value:  # absent or empty
        return is_own
    return not cluster_name or _names(tags, version, cluster_name)


def _names(tags: Mapping[str, str], version: Version, cluster_name: str) -> bool:
    prefix = CLUSTER_TAG_OF_1_22_0 if version == EXCLUDES_SINCE else CLUSTER_TAG
    clusters = {key.removeprefix(prefix) for key in tags if key.startswith(prefix)}
    return not clusters or cluster_name in clusters
