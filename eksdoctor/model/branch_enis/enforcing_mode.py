"""How traffic of pods with branch ENIs goes: the enforcing mode and the settings that go with it.

https://github.com/aws/amazon-vpc-cni-k8s#pod_security_group_enforcing_mode-v1110
"""

import re
from enum import StrEnum

from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import NotKnown, Reason, Unknown, fact, known
from eksdoctor.model.facts.version import Version
from eksdoctor.snapshot.records.kubernetes import GET_CONFIG_MAP

INIT_CONTAINER = "aws-vpc-cni-init"
MODE_VARIABLE = "POD_SECURITY_GROUP_ENFORCING_MODE"
MODE_SINCE = Version(1, 11)
NODE_LOCAL_DNS = "node-local-dns"
READ_KUBE_PROXY = f"get configmaps/{requests.KUBE_PROXY_CONFIG_MAP} in {requests.SYSTEM}"
_PROXY_MODE = re.compile(r"^mode:[ \t]*[\"']?([A-Za-z]*)", re.MULTILINE)


class Enforcing(StrEnum):
    """What the groups of a branch ENI see of its pod's traffic."""

    STRICT = "strict"  # all of it; no source NAT
    STANDARD = "standard"  # what crosses to another host of the VPC


class BranchMode(ClusterPart):
    """The settings that decide over pods with branch ENIs."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.snapshot = cluster.snapshot

    @fact
    def enforcing(self) -> Enforcing:
        """The mode that pods made now get; older pods keep the one they were made with."""
        value = known(self.cluster.part(CNI).environment).text(MODE_VARIABLE)
        if value is None:
            return Enforcing.STRICT
        if known(self.cluster.part(CNI).version) < MODE_SINCE:
            return Enforcing.STRICT
        if value not in (Enforcing.STRICT, Enforcing.STANDARD):
            raise NotKnown.because(f"{MODE_VARIABLE}={value[:40]} is not a value that ipamd accepts")
        return Enforcing(value)

    @fact
    def external_snat(self) -> bool:
        """AWS_VPC_K8S_CNI_EXTERNALSNAT: pods leave the VPC under their own address."""
        return known(self.cluster.part(CNI).environment).flag("AWS_VPC_K8S_CNI_EXTERNALSNAT", default=False)

    @fact
    def tcp_early_demux_is_disabled(self) -> bool:
        """DISABLE_TCP_EARLY_DEMUX, which only the init container looks at."""
        environment = known(self.cluster.part(CNI).environment_of(INIT_CONTAINER))
        return environment.flag("DISABLE_TCP_EARLY_DEMUX", default=False)

    @fact
    def has_node_local_dns(self) -> bool:
        """Whether a DNS cache on every node (NodeLocal DNSCache) answers pods."""
        daemon_sets = known(self.cluster.part(CNI).daemon_sets)
        for daemon_set in daemon_sets:
            meta = daemon_set.metadata
            if NODE_LOCAL_DNS in (meta.name, meta.labels.get("k8s-app")):
                return True
        daemon_sets.all()
        return False

    @fact
    def kube_proxy_mode(self) -> str:
        """The `mode` of kube-proxy's configuration as EKS keeps it; `iptables` when none is written."""
        for record in self.snapshot.of(GET_CONFIG_MAP.kind):
            meta = record.metadata
            if (meta.namespace, meta.name) == (requests.SYSTEM, requests.KUBE_PROXY_CONFIG_MAP):
                return _written_mode(record.data.get("config", ""))
        missing = gap(self.snapshot, requests.KUBE_PROXY_CONFIG)
        if missing is not None:
            raise NotKnown(_granted(missing))
        raise NotKnown.because(f"there is no ConfigMap {requests.KUBE_PROXY_CONFIG_MAP} in {requests.SYSTEM}")

    @fact
    def uses_ipvs(self) -> bool:
        """Whether kube-proxy runs in ipvs mode."""
        return known(self.kube_proxy_mode) == "ipvs"


def _written_mode(configuration: str) -> str:
    """https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ (a key at the top)."""
    if not configuration.strip() or configuration.lstrip().startswith("{"):
        raise NotKnown.because("kube-proxy's configuration is not in the format that EKS writes")
    found = _PROXY_MODE.search(configuration)
    return (found[1].lower() if found else "") or "iptables"


def _granted(missing: Unknown) -> Unknown:
    """The same reasons, asking for this ConfigMap: the action's own permission names the CNI's."""
    grant = requests.KUBE_PROXY_CONFIG.action.permission
    return Unknown(
        tuple(
            Reason(f"not allowed to {READ_KUBE_PROXY}", READ_KUBE_PROXY, reason.asked)
            if reason.grant == grant
            else reason
            for reason in missing.reasons
        )
    )
