"""The VPC CNI as an EKS add-on: what EKS says of it, and whether it runs as it is configured."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eksdoctor.model.aws_node_settings import addon_configuration
from eksdoctor.model.aws_node_settings.addon_configuration import PLACES, Document, Variable
from eksdoctor.model.aws_node_settings.environment import Environment
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, join, known
from eksdoctor.model.facts.version import Version
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import aws

if TYPE_CHECKING:
    from eksdoctor.model.vpc_cni.vpc_cni import CNI

# https://docs.aws.amazon.com/eks/latest/APIReference/API_Addon.html
FAILED = ("DEGRADED", "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED")
CHANGING = ("CREATING", "UPDATING", "DELETING")
# https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonIssue.html
MEANINGS = {
    "AccessDenied": "EKS may not write its objects: the role eks:addon-manager or its binding is altered",
    "AddonPermissionFailure": "the role given to the add-on cannot be used",
    "AddonSubscriptionNeeded": "the account has no subscription to it",
    "AdmissionRequestDenied": "an admission webhook or policy of the cluster refuses its objects",
    "ClusterUnreachable": "EKS cannot reach the cluster's API server",
    "ConfigurationConflict": "somebody else set fields of it, and EKS was not told to overwrite them",
    "InsufficientNumberOfReplicas": "pods of it are missing or not ready: look at the aws-node pods",
    "InternalFailure": "EKS failed by itself",
    "K8sResourceNotFound": "an object that it manages was deleted",
    "UnsupportedAddonModification": "an object that it manages was changed in a way it does not support",
}
NOT_KEPT = "(not kept)"  # what a capture leaves of a value that may be a credential
USER_INFO = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class AddonProblem:
    """Something that EKS holds against the add-on, and what it means."""

    code: str
    message: str

    @property
    def meaning(self) -> str:
        """In plain words; empty for a code that is not known here."""
        return MEANINGS.get(self.code, "")

    def __str__(self) -> str:
        return self.code


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


class Addon:
    """The vpc-cni add-on; without one, what is asked of it is not known."""

    def __init__(self, cni: "CNI") -> None:
        self.cni = cni

    @fact
    def record(self) -> aws.Addon | None:
        """DescribeAddon; None when EKS knows of none."""
        cluster = self.cni.cluster
        missing = gap(cluster.snapshot, requests.addon(known(cluster.target_name)))
        cluster.require_same_cluster()
        for addon in cluster.snapshot.of(kinds.ADDONS):
            if addon.addon_name == requests.CNI_ADDON:
                return addon
        if missing is not None:
            raise NotKnown(missing)
        return None

    def _installed(self) -> aws.Addon:
        record = known(self.record)
        if record is None:
            raise NotKnown.because("the CNI is not an EKS add-on")
        return record

    @fact
    def is_installed(self) -> bool:
        """Whether EKS manages the VPC CNI."""
        return known(self.record) is not None

    @fact
    def status(self) -> str:
        """EKS's word for its state: ACTIVE, DEGRADED, …."""
        return self._installed().status

    @fact
    def is_changing(self) -> bool:
        """Whether EKS is just putting something into force, so that a difference is no drift."""
        return self._installed().status in CHANGING

    @fact
    def problems(self) -> Items[AddonProblem]:
        """What EKS holds against it."""
        issues = self._installed().health.issues
        return Items(tuple(AddonProblem(issue.code, issue.message) for issue in issues))

    @fact
    def is_degraded(self) -> bool:
        """Whether EKS says that it is not well."""
        return self._installed().status in FAILED or bool(known(self.problems).elements)

    @fact
    def version(self) -> Version:
        """The release that EKS means to run."""
        text = self._installed().addon_version
        version = Version.parse(text)
        if version is None:
            raise NotKnown.because(f"the add-on's version {text or '(none)'} is no release")
        return version

    @fact
    def runs_another_release(self) -> bool:
        """Whether the image of aws-node is of another release than the add-on."""
        return known(self.version) != known(self.cni.version)

    @fact
    def configuration(self) -> Document:
        """Its configurationValues."""
        return addon_configuration.read(self._installed().configuration_values)

    @fact
    def drift(self) -> Items[Drift]:
        """The variables of its env and init.env that run with another value, or not at all.

        Variables that only the DaemonSet has (CLUSTER_NAME, VPC_ID, …) are the add-on's own.
        """
        configured = addon_configuration.variables(known(self.configuration))
        environments = {name: self.cni.environment_of(name) for name in PLACES}
        compared = Items(configured).map(lambda one: self._compared(one, environments[one.container]))
        return compared.where(lambda one: _comparable(one.configured.value) != one.running)

    @fact
    def differences(self) -> Items[str]:
        """What runs otherwise than the add-on says, by name: variables, and the release."""
        drift, other = self.drift, self.runs_another_release
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
        return self.configuration_with({name: found for name, found in changes.items() if found})

    @fact
    def configuration_as_configured(self) -> str:
        """Its configurationValues as they are, in the form of a command's argument."""
        return self.configuration_with({})

    def configuration_with(self, changes: dict[str, dict[str, str | None]]) -> str:
        """Its configurationValues with variables changed, by container; raises NotKnown where unreadable."""
        return addon_configuration.merged(known(self.configuration), changes)

    def _compared(self, variable: Variable, environment: Environment | Unknown) -> Drift | Unknown:
        if isinstance(environment, Unknown):
            return environment
        try:
            running = environment.text(variable.name)
        except NotKnown as missing:
            return missing.unknown
        if running == NOT_KEPT:
            return Unknown.because(f"{variable.name} may be a credential and was not kept")
        set_by = self.cni.deployer.setter_of(variable.container, variable.name)
        return Drift(variable, None if running is None else _comparable(running), set_by)


def _comparable(value: str) -> str:
    """Without user names in addresses, which a capture takes out of the DaemonSet."""
    return USER_INFO.sub("", value)
