"""Whether EKS or somebody else manages the DaemonSet."""

from enum import StrEnum

from eksdoctor.model.entities.vpc_cni import CNIPart
from eksdoctor.model.facts.fact import fact, known
from eksdoctor.model.vpc_cni.addon import Addon


class Manager(StrEnum):
    """Who owns the DaemonSet's settings."""

    ADDON = "addon"
    SELF = "self-managed"


class ManagerOfCNI(CNIPart, inline=True):
    """Who manages the DaemonSet."""

    @fact
    def manager(self) -> Manager:
        """Whether EKS or somebody else manages the DaemonSet."""
        return Manager.ADDON if known(self.cni.part(Addon).is_installed) else Manager.SELF
