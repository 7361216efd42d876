"""A managed node group: what its instance types would each be given as max-pods, and what they all get."""

from functools import cached_property

from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.node_instance import InstanceTypes
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap, listed
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.model.instance_types import provisioner_defaults
from eksdoctor.model.instance_types.max_pods_formula import Networking, PodMode, mode_of
from eksdoctor.snapshot.records import aws, launch_template
from eksdoctor.snapshot.records.aws import DESCRIBE_NODEGROUP, LIST_NODEGROUPS
from eksdoctor.snapshot.records.launch_template import DESCRIBE_LAUNCH_TEMPLATE_VERSIONS

CUSTOM = "CUSTOM"
WINDOWS = "WINDOWS"


class NodeGroup:
    """One managed node group, as DescribeNodegroup shows it."""

    name: str

    def __init__(self, cluster: "Cluster", record: aws.Nodegroup) -> None:
        self.cluster = cluster
        self.record = record
        self.name = record.nodegroup_name

    def __str__(self) -> str:
        return self.name

    @property
    def instance_types(self) -> tuple[str, ...]:
        """Its types, each once."""
        return tuple(dict.fromkeys(self.record.instance_types))

    @property
    def has_own_ami(self) -> bool:
        """Whether it starts from an AMI of the user's, for which EKS sets no max-pods."""
        return self.record.ami_type == CUSTOM

    @property
    def is_windows(self) -> bool:
        """Whether its nodes run Windows, whose max-pods does not go by the type."""
        return self.record.ami_type.startswith(WINDOWS)

    @fact
    def sets_max_pods_itself(self) -> bool:
        """Whether the user data of its launch template sets max-pods, whatever EKS computes."""
        version = known(self.launch_template_version)
        return version is not None and _sets_max_pods(version)

    @fact
    def launch_template_version(self) -> launch_template.LaunchTemplateVersion | None:
        """The max-pods setting of the launch template it was given, None where it was given none."""
        template = self.record.launch_template
        if template is None or not template.id:
            return None
        for version in self.cluster.snapshot.of(DESCRIBE_LAUNCH_TEMPLATE_VERSIONS.kind):
            if (version.launch_template_id, str(version.version_number)) == (template.id, template.version):
                return version
        missing = gap(
            self.cluster.snapshot,
            requests.launch_template_version(template.id, template.version),
        )
        if missing is not None:
            raise NotKnown(missing)
        raise NotKnown.because("the AWS response has no such launch template version")

    @cached_property
    def _mode(self) -> PodMode:
        cni = self.cluster.part(CNI)
        settings = Networking(known(cni.prefix_delegation), known(cni.custom_networking))
        return mode_of(settings)

    @fact
    def values(self) -> dict[str, int]:
        """max-pods of each type by itself."""
        return {
            name: provisioner_defaults.managed_node_group(
                [self.cluster.part(InstanceTypes).limits_of(name)], self._mode
            )
            for name in self.instance_types
        }

    @fact
    def max_pods(self) -> int:
        """What all its nodes get: the least of them."""
        return min(known(self.values).values(), default=0)

    @fact
    def most(self) -> int:
        """What its largest type could have."""
        return max(known(self.values).values(), default=0)

    @fact
    def lowest_types(self) -> tuple[str, ...]:
        """The types that bring it down."""
        values, least = known(self.values), known(self.max_pods)
        return tuple(sorted(name for name, value in values.items() if value == least))

    @fact
    def values_by_type(self) -> Items[str]:
        """Every type with its value, the least first."""
        values = known(self.values)
        return Items(
            tuple(f"{name}: {values[name]}" for name in sorted(values, key=lambda n: (values[n], n)))
        )


def _sets_max_pods(version: launch_template.LaunchTemplateVersion) -> bool:
    if version.user_data == "unclear" or not version.user_data:
        raise NotKnown.because("the launch template's user data can't be parsed for max-pods")
    return version.max_pods is not None or version.max_pods_expression is not None


class NodeGroups(ClusterPart, inline=True):
    """The managed node groups of a cluster."""

    @fact
    def node_groups(self) -> Items[NodeGroup]:
        """The managed node groups that were looked at."""
        name = known(self.cluster.target_name)
        self.cluster.require_same_cluster()
        names = listed(self.cluster.snapshot, LIST_NODEGROUPS.kind, requests.nodegroup_names(name))
        asked = [requests.nodegroup(name, group) for group in names]
        found = listed(self.cluster.snapshot, DESCRIBE_NODEGROUP.kind, requests.nodegroup_names(name), *asked)
        return Items(tuple(NodeGroup(self.cluster, record) for record in found), found.missing)
