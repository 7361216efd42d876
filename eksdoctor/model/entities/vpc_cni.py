"""The VPC CNI as it is set: release, mode and targets."""

from enum import StrEnum
from ipaddress import ip_address

from eksdoctor.model.aws_node_settings.environment import Environment
from eksdoctor.model.aws_node_settings.ignored_targets import IgnoredTarget, ignored_targets
from eksdoctor.model.aws_node_settings.image_tag import release_of
from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.model.facts.version import Version
from eksdoctor.model.warm_pool.pool import Targets
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.kubernetes import LIST_DAEMON_SETS

AWS_NODE = "aws-node"
OTHER_PLUGINS = {  # DaemonSets that bring a CNI of their own
    "cilium": "Cilium",
    "calico-node": "Calico",
    "antrea-agent": "Antrea",
    "weave-net": "Weave Net",
    "kube-flannel-ds": "Flannel",
    "kube-ovn-cni": "Kube-OVN",
}
NO_PROVISIONING = {  # since which release
    "DISABLE_NETWORK_RESOURCE_PROVISIONING": Version(1, 9, 1),
    "ENABLE_IMDS_ONLY_MODE": Version(1, 19, 6),
}
GOES_ON_WITHOUT_API = Version(1, 19, 4)  # unless a feature reads pods, nodes or ENIConfigs
ABOVE_DEBUG = ("info", "warn", "error", "fatal")


class Mode(StrEnum):
    """What the daemon asks EC2 for: single addresses or /28 prefixes."""

    SECONDARY = "secondary"
    PREFIX = "prefix"


class CNI(ClusterPart, Subject, name="cni"):
    """The aws-node DaemonSet and its settings."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.snapshot = cluster.snapshot

    @fact
    def daemon_sets(self) -> Items[kubernetes.DaemonSet]:
        """The cluster's DaemonSets."""
        return listed(self.snapshot, LIST_DAEMON_SETS.kind, requests.DAEMON_SETS)

    @fact
    def daemon_set(self) -> kubernetes.DaemonSet | None:
        """aws-node; None when it is known not to be there."""
        daemon_sets = known(self.daemon_sets)
        for daemon_set in daemon_sets:
            meta = daemon_set.metadata
            if meta.name == AWS_NODE and meta.namespace == requests.SYSTEM:
                return daemon_set
        daemon_sets.all()
        return None

    @fact
    def image(self) -> str:
        """The image of the aws-node container, empty without one."""
        daemon_set = known(self.daemon_set)
        if daemon_set is None:
            return ""
        return next((c.image for c in daemon_set.spec.template.spec.containers if c.name == AWS_NODE), "")

    @fact
    def is_present(self) -> bool:
        """Whether the VPC CNI serves this cluster: there is an aws-node and it is no pause image."""
        image = known(self.image)
        return bool(image) and "pause" not in image.rpartition("/")[2]

    @fact
    def other_plugins(self) -> Items[str]:
        """CNI plugins of other makers that run beside or instead of it."""
        return known(self.daemon_sets).map(lambda d: OTHER_PLUGINS.get(d.metadata.name, "")).where(bool)

    @fact
    def version(self) -> Version:
        """The release, from the image's tag."""
        image = known(self.image)
        version = release_of(image)
        if version is None:
            raise NotKnown.because(f"the image {image or '(none)'} has no version in its tag")
        return version

    @fact
    def environment(self) -> Environment:
        """The variables of the aws-node container."""
        return known(self.environment_of(AWS_NODE))

    def environment_of(self, name: str) -> Environment | Unknown:
        """The variables of a container of aws-node, or of one of its init containers."""
        daemon_set = self.daemon_set
        if isinstance(daemon_set, Unknown):
            return daemon_set
        if daemon_set is None:
            return Unknown.because("there is no aws-node DaemonSet")
        spec = daemon_set.spec.template.spec
        for container in (*spec.containers, *spec.init_containers):
            if container.name == name:
                return Environment.of(container)
        return Unknown.because(f"the aws-node DaemonSet has no container {name}")

    @fact
    def prefix_delegation(self) -> bool:
        """ENABLE_PREFIX_DELEGATION; types that are not Nitro fall back by themselves."""
        return known(self.environment).flag("ENABLE_PREFIX_DELEGATION", default=False)

    @fact
    def custom_networking(self) -> bool:
        """AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: pods use ENIConfig subnets, not the primary ENI."""
        return known(self.environment).flag("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", default=False)

    @fact
    def subnet_discovery(self) -> bool:
        """ENABLE_SUBNET_DISCOVERY, which exists since v1.18."""
        if not known(self.environment).flag("ENABLE_SUBNET_DISCOVERY", default=True):
            return False  # whatever the release
        return known(self.version) >= Version(1, 18)

    @fact
    def needs_to_look_up_subnets(self) -> bool:
        """Whether this release makes no ENI without ec2:DescribeSubnets: v1.22.0 to v1.23.1, with discovery.

        https://github.com/aws/amazon-vpc-cni-k8s/pull/3843
        """
        return known(self.subnet_discovery) and Version(1, 22) <= known(self.version) <= Version(1, 23, 1)

    @fact
    def security_groups_for_pods(self) -> bool:
        """ENABLE_POD_ENI: one ENI slot of trunk-capable types is the trunk's."""
        return known(self.environment).flag("ENABLE_POD_ENI", default=False)

    @fact
    def needs_api_server(self) -> bool:
        """Whether no pod gets an address while the Kubernetes API server does not answer the daemon."""
        said = known(self.environment).flag("ANNOTATE_POD_IP", default=False)
        if said or known(self.custom_networking) or known(self.security_groups_for_pods):
            return True
        return known(self.version) < GOES_ON_WITHOUT_API

    @fact
    def ipv6(self) -> bool:
        """ENABLE_IPv6: the warm targets are not looked at."""
        return known(self.environment).flag("ENABLE_IPv6", default=False)

    @fact
    def multiple_cards(self) -> bool:
        """ENABLE_MULTI_NIC."""
        return known(self.environment).flag("ENABLE_MULTI_NIC", default=False)

    @fact
    def manages_untagged_interfaces(self) -> bool:
        """MANAGE_UNTAGGED_ENI: an extra ENI without tags is adopted and serves pods."""
        return known(self.environment).flag("MANAGE_UNTAGGED_ENI", default=True)

    @fact
    def warm_ip_target(self) -> int:
        """WARM_IP_TARGET; 0 is unset."""
        return known(self.environment).number("WARM_IP_TARGET", 0)

    @fact
    def minimum_ip_target(self) -> int:
        """MINIMUM_IP_TARGET; 0 is unset."""
        return known(self.environment).number("MINIMUM_IP_TARGET", 0)

    @fact
    def warm_eni_target(self) -> int:
        """WARM_ENI_TARGET; the code's default is 1."""
        return known(self.environment).number("WARM_ENI_TARGET", 1)

    @fact
    def warm_prefix_target(self) -> int:
        """WARM_PREFIX_TARGET; the code's default is 0, the manifest ships 1."""
        return known(self.environment).number("WARM_PREFIX_TARGET", 0)

    @fact
    def max_eni(self) -> int:
        """MAX_ENI; 0 is unset."""
        return known(self.environment).number("MAX_ENI", 0)

    @fact
    def provisioning_switches(self) -> str:
        """The variables that keep ipamd from asking EC2 for anything, where this release knows them."""
        environment = known(self.environment)
        on = [name for name in NO_PROVISIONING if environment.flag(name, default=False)]
        return " and ".join(name for name in on if known(self.version) >= NO_PROVISIONING[name])

    @fact
    def provisioning_is_off(self) -> bool:
        """Whether ipamd asks EC2 for no address and no ENI, and gives none back."""
        return known(self.provisioning_switches) != ""

    @fact
    def grows_on_cordoned_nodes(self) -> bool:
        """AWS_MANAGE_ENIS_NON_SCHEDULABLE; before v1.12.6 a cordon did not stop growth."""
        if known(self.environment).flag("AWS_MANAGE_ENIS_NON_SCHEDULABLE", default=False):
            return True
        return known(self.version) < Version(1, 12, 6)

    @fact
    def log_level(self) -> str:
        """AWS_VPC_K8S_CNI_LOGLEVEL as ipamd reads it: any case, Debug for anything it does not know."""
        level = (known(self.environment).text("AWS_VPC_K8S_CNI_LOGLEVEL") or "").lower()
        return level.capitalize() if level in ABOVE_DEBUG else "Debug"

    @fact
    def introspection_address(self) -> str:
        """Where ipamd serves its introspection, empty where it does not."""
        environment = known(self.environment)
        if environment.flag("DISABLE_INTROSPECTION", default=False):
            return ""
        address = environment.text("INTROSPECTION_BIND_ADDRESS")
        return "127.0.0.1:61679" if address is None else address or ":0"

    @fact
    def introspection_is_exposed(self) -> bool:
        """Whether other machines may reach the introspection: neither loopback nor a unix socket."""
        return not _is_local(known(self.introspection_address))

    @fact
    def counts_single_addresses(self) -> bool:
        """Whether WARM_IP_TARGET or MINIMUM_IP_TARGET decide, instead of whole ENIs or prefixes."""
        return known(self.warm_ip_target) > 0 or known(self.minimum_ip_target) > 0

    @fact
    def ignored_targets(self) -> Items[IgnoredTarget]:
        """Targets that differ from the manifest's and do nothing in this mode."""
        if known(self.ipv6):
            return Items()
        return Items(tuple(ignored_targets(known(self.environment), prefixes=known(self.prefix_delegation))))


class WarmTargets(ClusterPart, inline=True):
    """The warm targets together."""

    @fact
    def targets(self) -> Targets:
        """The warm targets as the daemon reads them."""
        cni = self.cluster.part(CNI)
        return Targets(
            known(cni.warm_ip_target), known(cni.minimum_ip_target),
            known(cni.warm_eni_target), known(cni.warm_prefix_target),
        )  # fmt: skip


class CNIPart(Part, of=CNI):
    """Facts of one topic about the VPC CNI."""

    def __init__(self, cni: CNI) -> None:
        self.cni = cni


def _is_local(address: str) -> bool:
    if not address or address.startswith("unix:"):
        return True
    host = address.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
