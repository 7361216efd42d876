"""Where each provisioner takes a node's max-pods from, in its own words."""

from dataclasses import dataclass
from enum import StrEnum

_NUMBER = "NUMBER"


class Provisioner(StrEnum):
    """Who gave a node its max-pods."""

    MANAGED_NODE_GROUP = "managed node group"
    BOOTSTRAP = "bootstrap.sh"
    NODEADM = "nodeadm"
    BOTTLEROCKET = "Bottlerocket"
    KARPENTER = "Karpenter"
    AUTO_MODE = "EKS Auto Mode"
    KUBELET = "kubelet"


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting that decides max-pods: its name, where it is written, and what to write.

    `name` and `body` are empty where there is none to write; `place` then says what does change it.
    `risk` is what else happens, or must be thought of.
    """

    name: str
    place: str
    language: str = ""
    body: str = ""
    risk: str = ""

    def document(self, max_pods: int) -> str:
        """What to write to get `max_pods`."""
        return self.body.replace(_NUMBER, str(max_pods))


_NODE_CONFIG = f"""\
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config:
      maxPods: {_NUMBER}
"""
_BOTTLEROCKET = f"""\
[settings.kubernetes]
max-pods = {_NUMBER}
"""
_NODE_CLASS = f"""\
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
spec:
  kubelet:
    maxPods: {_NUMBER}
"""
_BOOTSTRAP = f"--use-max-pods false --kubelet-extra-args '--max-pods={_NUMBER}'"

_ONE_FOR_ALL = "One number for every instance type launched from it: the smallest type decides"

SETTINGS = {
    Provisioner.MANAGED_NODE_GROUP: Setting(
        "",
        "EKS computes it when the node group, or its launch template's version, is made: make a new "
        "version after changing the CNI; for a number of one's own name an AMI in the launch template "
        "and set max-pods in its user data",
    ),
    Provisioner.BOOTSTRAP: Setting(
        "--max-pods",
        "arguments of /etc/eks/bootstrap.sh in the launch template's user data",
        "sh",
        _BOOTSTRAP,
        f"{_ONE_FOR_ALL}.",
    ),
    Provisioner.NODEADM: Setting(
        "spec.kubelet.config.maxPods",
        "NodeConfig in the launch template's user data",
        "yaml",
        _NODE_CONFIG,
        f"{_ONE_FOR_ALL}; spec.kubelet.maxPodsExpression computes one for each type.",
    ),
    Provisioner.BOTTLEROCKET: Setting(
        "settings.kubernetes.max-pods",
        "the launch template's user data",
        "toml",
        _BOTTLEROCKET,
        f"{_ONE_FOR_ALL}.",
    ),
    Provisioner.KARPENTER: Setting(
        "spec.kubelet.maxPods",
        "the EC2NodeClass",
        "yaml",
        _NODE_CLASS,
        f"{_ONE_FOR_ALL}. Karpenter takes the change for drift and replaces every node of the class.",
    ),
    Provisioner.AUTO_MODE: Setting(
        "", "EKS Auto Mode sets it, nobody else can: choose another instance type"
    ),
    Provisioner.KUBELET: Setting(
        "maxPods", "the kubelet's own configuration", "yaml", f"maxPods: {_NUMBER}\n"
    ),
}


@dataclass(frozen=True, slots=True)
class MaxPodsChange:
    """What to write where, so that new nodes get `max_pods`.

    `whose` says in words which nodes' successors; `is_set` that the number stands there already, and
    only nodes made before it are without it.
    """

    provisioner: Provisioner
    max_pods: int
    whose: str
    is_set: bool = False

    @property
    def setting(self) -> Setting:
        """Where the provisioner takes it from."""
        return SETTINGS[self.provisioner]

    @property
    def document(self) -> str:
        """What to write; empty where there is no number to set."""
        return self.setting.document(self.max_pods)
