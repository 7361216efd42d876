"""Settings that run otherwise than the add-on's configurationValues say."""

import re
from dataclasses import dataclass

from eksdoctor.model.aws_node_settings import addon_configuration
from eksdoctor.model.aws_node_settings.addon_configuration import PLACES, Variable
from eksdoctor.model.aws_node_settings.environment import Environment
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, join, known
from eksdoctor.model.vpc_cni.addon import AddonPart
from eksdoctor.model.vpc_cni.managed_by import Deployer

NOT_KEPT = "(not kept)"  # what a capture leaves of a value that may be a credential

USER_INFO = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Drift:
    """A variable that runs with another value than the add-on is configured to give it."""

    configured: Variable
    running: str | None
    set_by: str = ""  # whoever but EKS set it last, and when

    @property
    def name(self) -> str:
        """The variable."""
        return self.configured.name

    @property
    def runs(self) -> str:
        """Its value in the DaemonSet, in words."""
        return "not set" if self.running is None else f'"{self.running}"'

    def __str__(self) -> str:
        return self.name


class AddonDrift(AddonPart, inline=True):
    """The difference between the add-on's configuration and the DaemonSet."""

    @fact
    def drift(self) -> Items[Drift]:
        """The variables of its env and init.env that run with another value, or not at all.

        Variables that only the DaemonSet has (CLUSTER_NAME, VPC_ID, …) are the add-on's own.
        """
        configured = addon_configuration.variables(known(self.addon.configuration))
        environments = {name: self.addon.cni.environment_of(name) for name in PLACES}
        compared = Items(configured).map(lambda one: self._compared(one, environments[one.container]))
        return compared.where(lambda one: _comparable(one.configured.value) != one.running)

    @fact
    def differences(self) -> Items[str]:
        """What runs otherwise than the add-on says, by name: variables, and the release."""
        drift, other = self.drift, self.addon.runs_another_release
        found = Items((), drift) if isinstance(drift, Unknown) else drift.map(lambda one: one.name)
        if isinstance(other, Unknown):
            return Items(found.elements, other if found.missing is None else join([found.missing, other]))
        return Items((*found.elements, "the release"), found.missing) if other else found

    @fact
    def configuration_as_running(self) -> str:
        """Its configurationValues with every drifted variable as it runs."""
        changes: dict[str, dict[str, str | None]] = {name: {} for name in PLACES}
        for one in known(self.drift).all():
            changes[one.configured.container][one.name] = one.running
        return self.addon.configuration_with({name: found for name, found in changes.items() if found})

    def _compared(self, variable: Variable, environment: Environment | Unknown) -> Drift | Unknown:
        if isinstance(environment, Unknown):
            return environment
        try:
            running = environment.text(variable.name)
        except NotKnown as missing:
            return missing.unknown
        if running == NOT_KEPT:
            return Unknown.because(f"{variable.name} may be a credential and was not kept")
        set_by = self.addon.cni.part(Deployer).setter_of(variable.container, variable.name)
        return Drift(variable, None if running is None else _comparable(running), set_by)


def _comparable(value: str) -> str:
    """Without user names in addresses, which a capture takes out of the DaemonSet."""
    return USER_INFO.sub("", value)
