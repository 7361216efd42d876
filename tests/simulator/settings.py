"""How the VPC CNI of a simulated cluster is set up: the variables that change how it claims addresses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The daemon's settings; None is a variable that is not in the manifest."""

    warm_eni_target: int = 1
    warm_prefix_target: int = 1
    warm_ip_target: int | None = None
    minimum_ip_target: int | None = None
    prefix_delegation: bool = False
    custom_networking: bool = False
    pod_eni: bool = False
    version: str = "v1.19.5"

    @property
    def counts_addresses(self) -> bool:
        """Whether WARM_IP_TARGET or MINIMUM_IP_TARGET rule, and the other targets do not."""
        return bool(self.warm_ip_target or self.minimum_ip_target)

    @property
    def changes(self) -> dict[str, str]:
        """The variables that differ from the shipped manifest: what the add-on's configuration holds."""
        named = {
            "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true" if self.custom_networking else None,
            "ENABLE_POD_ENI": "true" if self.pod_eni else None,
            "ENABLE_PREFIX_DELEGATION": "true" if self.prefix_delegation else None,
            "ENI_CONFIG_LABEL_DEF": "topology.kubernetes.io/zone" if self.custom_networking else None,
            "MINIMUM_IP_TARGET": _text(self.minimum_ip_target),
            "WARM_ENI_TARGET": None if self.warm_eni_target == 1 else str(self.warm_eni_target),
            "WARM_IP_TARGET": _text(self.warm_ip_target),
            "WARM_PREFIX_TARGET": None if self.warm_prefix_target == 1 else str(self.warm_prefix_target),
        }
        return {name: value for name, value in named.items() if value is not None}


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)
