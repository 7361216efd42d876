"""The VPC CNI as an EKS add-on: what EKS says of it, and whether it runs as it is configured."""

from dataclasses import dataclass

from eksdoctor.model.aws_node_settings import addon_configuration
from eksdoctor.model.aws_node_settings.addon_configuration import Document
from eksdoctor.model.entities.vpc_cni import CNIPart
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.model.facts.version import Version
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.records.aws import DESCRIBE_ADDON

# https://docs.aws.amazon.com/eks/latest/APIReference/API_Addon.html
FAILED = ("DEGRADED", "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED")
CHANGING = ("CREATING", "UPDATING", "DELETING")
# https://docs.aws.amazon.com/eks/latest/APIReference/API_AddonIssue.html
MEANINGS = {
    "AccessDenied": "EKS can't write its objects: the role eks:addon-manager or its binding was changed",
    "AddonPermissionFailure": "the add-on can't use its IAM role",
    "AddonSubscriptionNeeded": "the account has no subscription for it",
    "AdmissionRequestDenied": "an admission webhook or policy of the cluster rejects its objects",
    "ClusterUnreachable": "EKS cannot reach the cluster's API server",
    "ConfigurationConflict": "another client set some of its fields, and EKS may not overwrite them",
    "InsufficientNumberOfReplicas": "some of its pods are missing or not ready: check the aws-node pods",
    "InternalFailure": "EKS had an internal error",
    "K8sResourceNotFound": "an object that it manages was deleted",
    "UnsupportedAddonModification": "an object that it manages was changed in an unsupported way",
}


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


class Addon(CNIPart, Subject, name="addon"):
    """The vpc-cni add-on; without one, what is asked of it is not known."""

    @fact
    def record(self) -> aws.Addon | None:
        """DescribeAddon; None when EKS knows of none."""
        cluster = self.cni.cluster
        missing = gap(cluster.snapshot, requests.addon(known(cluster.target_name)))
        cluster.require_same_cluster()
        for addon in cluster.snapshot.of(DESCRIBE_ADDON.kind):
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
            raise NotKnown.because(f"the add-on's version {text or '(none)'} is not a version")
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
    def configuration_as_configured(self) -> str:
        """Its configurationValues as they are, in the form of a command's argument."""
        return self.configuration_with({})

    def configuration_with(self, changes: dict[str, dict[str, str | None]]) -> str:
        """Its configurationValues with variables changed, by container; raises NotKnown where unreadable."""
        return addon_configuration.merged(known(self.configuration), changes)


class AddonPart(Part, of=Addon):
    """Facts of one topic about the add-on."""

    def __init__(self, addon: Addon) -> None:
        self.addon = addon
