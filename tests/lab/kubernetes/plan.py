"""What a path and query of the Kubernetes API ask for."""

from dataclasses import dataclass, replace
from typing import Literal

from eksdoctor.snapshot.declaration import Action
from tests.lab.kubernetes.resources import RESOURCES, Resource
from tests.lab.kubernetes.sayings import Saying, said_at


@dataclass(frozen=True, slots=True)
class Plan:
    """What a path and query ask for; without a `resource` it is discovery or nothing."""

    path: str
    query: dict[str, str]
    shown: str = "json"  # json | table
    resource: Resource | None = None
    namespace: str = ""
    name: str = ""
    hindrance: Literal["", "untrusted", "writes"] = ""
    saying: Saying | None = None
    wanted: str = ""  # the Range header

    @property
    def verb(self) -> str:
        """As permissions name it."""
        return "get" if self.name else "watch" if self.query.get("watch") in {"1", "true"} else "list"


def located(plan: Plan) -> Plan:
    """The plan with what its path names, if it names a resource or what a daemon says."""
    saying = said_at(plan.path, plan.query)
    if saying is not None:
        return replace(plan, saying=saying)
    for resource in RESOURCES:
        if not plan.path.startswith(f"{resource.prefix}/"):
            continue
        match plan.path.removeprefix(f"{resource.prefix}/").split("/"):
            case ["namespaces", namespace, plural, *name] if plural == resource.plural and len(name) <= 1:
                return replace(plan, resource=resource, namespace=namespace, name="".join(name))
            case [plural] if plural == resource.plural:
                return replace(plan, resource=resource)
            case [plural, name] if plural == resource.plural and resource.namespaced == "cluster":
                return replace(plan, resource=resource, name=name)
    return plan


def names(plan: Plan, resource: Resource, action: Action) -> tuple[str, ...]:
    """What a deny list may call this; a right to list that is denied is denied for single objects too."""
    permissions = {action.permission, f"{plan.verb} {resource.qualified}", f"list {resource.qualified}"}
    scope = f"in namespace {plan.namespace}" if plan.namespace else "at the cluster scope"
    return (action.name, *sorted(permissions), *sorted(f"{permission} {scope}" for permission in permissions))
