"""The booleans and numbers among aws-node's variables: their defaults, and since when they are read.

Sources: amazon-vpc-cni-k8s v1.23.1, README.md, pkg/ipamd/ipamd.go, pkg/networkutils/network.go and
utils/utils.go.
"""

from dataclasses import dataclass

from eksdoctor.model.facts.version import Version

ANY = Version(0, 0)


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean: its default in the code, and whether an empty value is the default without a word."""

    default: bool = False
    since: Version = ANY
    takes_empty: bool = False


FLAGS = {
    "ANNOTATE_POD_IP": Flag(since=Version(1, 9, 3)),
    "AWS_MANAGE_ENIS_NON_SCHEDULABLE": Flag(since=Version(1, 12, 6), takes_empty=True),
    "AWS_VPC_CNI_NODE_PORT_SUPPORT": Flag(default=True, takes_empty=True),
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": Flag(takes_empty=True),
    "AWS_VPC_K8S_CNI_EXTERNALSNAT": Flag(takes_empty=True),
    "DISABLE_INTROSPECTION": Flag(),
    "DISABLE_LEAKED_ENI_CLEANUP": Flag(since=Version(1, 13)),
    "DISABLE_METRICS": Flag(),
    "DISABLE_NETWORK_RESOURCE_PROVISIONING": Flag(since=Version(1, 9, 1)),
    "DISABLE_POD_V6": Flag(since=Version(1, 15)),
    "ENABLE_BANDWIDTH_PLUGIN": Flag(since=Version(1, 10)),
    "ENABLE_IMDS_ONLY_MODE": Flag(since=Version(1, 19, 6)),
    "ENABLE_IPv4": Flag(since=Version(1, 10)),
    "ENABLE_IPv6": Flag(since=Version(1, 10)),
    "ENABLE_MULTI_NIC": Flag(since=Version(1, 20)),
    "ENABLE_POD_ENI": Flag(since=Version(1, 7)),
    "ENABLE_PREFIX_DELEGATION": Flag(since=Version(1, 9)),
    "ENABLE_SUBNET_DISCOVERY": Flag(default=True, since=Version(1, 18), takes_empty=True),
    "ENABLE_V4_EGRESS": Flag(default=True, since=Version(1, 15, 1)),
    "ENABLE_V6_EGRESS": Flag(since=Version(1, 13)),
    "MANAGE_UNTAGGED_ENI": Flag(default=True),
}
INIT_FLAGS = {"DISABLE_TCP_EARLY_DEMUX": Flag(since=Version(1, 7, 3))}
# Numbers that cannot be read are as good as unset: the default, in words.
NUMBERS = {
    "WARM_ENI_TARGET": "1",
    "WARM_IP_TARGET": "0, which is unset",
    "MINIMUM_IP_TARGET": "0, which is unset",
    "WARM_PREFIX_TARGET": "0",
    "MAX_ENI": "no limit of its own",
}
