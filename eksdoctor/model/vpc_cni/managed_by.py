"""Who deploys the aws-node DaemonSet, so that a setting is changed where it stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from eksdoctor.model.entities.vpc_cni import CNIPart
from eksdoctor.model.facts.fact import NotKnown, Unknown, fact, known
from eksdoctor.model.vpc_cni.addon import Addon
from eksdoctor.snapshot.records.kubernetes import DaemonSet, FieldManager

CONTAINERS = ("f:spec", "f:template", "f:spec", "f:containers")
EKS = "eks"
TERRAFORM = ("Terraform", "HashiCorp")
KUBECTL = "kubectl"
# Who keeps an object's status or restarts it is not who deploys it.
BYSTANDERS = ("kube-controller-manager", "kubectl-rollout", "eksctl")


class Tool(StrEnum):
    """What puts the DaemonSet there, and puts it back after a change by hand."""

    ADDON = "addon"
    HELM = "helm"
    ARGO_CD = "argo-cd"
    FLUX = "flux"
    KOPS = "kops"
    TERRAFORM = "terraform"
    KUBECTL = "kubectl"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a tool leaves on the objects it deploys: an annotation or label, and what its value names."""

    tool: Tool
    key: str
    words: str


# The labels app.kubernetes.io/managed-by=Helm and helm.sh/chart prove nothing: EKS ships its own DaemonSet
# with them, as rendered from the chart. Helm itself leaves the annotation.
MARKS = (
    Mark(Tool.ARGO_CD, "argocd.argoproj.io/tracking-id", "the source of the Argo CD application {}"),
    Mark(Tool.ARGO_CD, "argocd.argoproj.io/instance", "the source of the Argo CD application {}"),
    Mark(Tool.FLUX, "helm.toolkit.fluxcd.io/name", "the values of the Flux HelmRelease {}"),
    Mark(Tool.FLUX, "kustomize.toolkit.fluxcd.io/name", "the source of the Flux Kustomization {}"),
    Mark(Tool.HELM, "meta.helm.sh/release-name", "the values of the Helm release {}"),
    Mark(Tool.KOPS, "addon.kops.k8s.io/name", "the kops cluster specification"),
)
PLACES = {
    Tool.ADDON: "the configurationValues of the EKS add-on vpc-cni",
    Tool.TERRAFORM: "the Terraform configuration that applies the DaemonSet",
}
ANYWHERE = "whatever deploys the DaemonSet"


class Deployer(CNIPart, name="deployer"):
    """Who deploys aws-node, by EKS's word, by the marks on the DaemonSet, by who owns its fields."""

    def _daemon_set(self) -> DaemonSet:
        daemon_set = known(self.cni.daemon_set)
        if daemon_set is None:
            raise NotKnown.because("there is no aws-node DaemonSet")
        return daemon_set

    @fact
    def tool(self) -> Tool:
        """The tool. An add-on is one whatever else is marked."""
        if known(self.cni.part(Addon).is_installed):
            return Tool.ADDON
        marked = self._mark()
        if marked is not None:
            return marked[0].tool
        names = {manager.manager for manager in self._managers()} - set(BYSTANDERS)
        if names.intersection(TERRAFORM):
            return Tool.TERRAFORM
        if names and all(name.startswith(KUBECTL) for name in names):
            return Tool.KUBECTL
        raise NotKnown.because("nothing on the aws-node DaemonSet shows what deploys it")

    @property
    def place(self) -> str:
        """Where a setting has to be changed to stay, as the object of a sentence."""
        tool = self.tool
        if isinstance(tool, Unknown):
            return ANYWHERE
        marked = self._mark() if tool is not Tool.ADDON else None
        if marked is not None:
            mark, value = marked
            return mark.words.format(value.partition(":")[0])
        return PLACES.get(tool, ANYWHERE)

    def setter_of(self, container: str, variable: str) -> str:
        """Who last set a variable and when, in words; empty when that is not known or is EKS itself."""
        try:
            found = [one for one in self._managers() if variable in _variables(one, container)]
        except NotKnown:
            return ""
        others = [one for one in found if one.manager != EKS]
        if not others:
            return ""
        last = max(others, key=lambda one: (one.time is not None, one.time, one.manager))
        when = f" at {last.time:%Y-%m-%d %H:%M} UTC" if last.time is not None else ""
        return f"{last.manager}{when}"

    def _mark(self) -> tuple[Mark, str] | None:
        metadata = self._daemon_set().metadata
        found = {**metadata.labels, **metadata.annotations}
        return next(((mark, found[mark.key]) for mark in MARKS if found.get(mark.key)), None)

    def _managers(self) -> tuple[FieldManager, ...]:
        managers = self._daemon_set().metadata.managed_fields
        if managers is None:
            raise NotKnown.because("the owners of the DaemonSet's fields were not collected", "a new capture")
        return managers


def _variables(manager: FieldManager, container: str) -> set[str]:
    """The variables of a container that a manager owns."""
    fields: Any = manager.fields
    for step in (*CONTAINERS, _key(container), "f:env"):
        fields = fields.get(step) if isinstance(fields, dict) else None
    return set(_names(fields)) if isinstance(fields, dict) else set()


def _key(name: str) -> str:
    return f'k:{{"name":"{name}"}}'


def _names(environment: dict[str, Any]) -> Iterator[str]:
    for key in environment:
        try:
            name = msgspec.json.decode(key.removeprefix("k:").encode())
        except (msgspec.DecodeError, UnicodeEncodeError):
            continue
        if isinstance(name, dict) and isinstance(name.get("name"), str):
            yield name["name"]
