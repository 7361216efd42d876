"""The resources that the lab serves, from the declared actions."""

from dataclasses import dataclass, field
from typing import Any

from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.snapshot.declaration import Action, KubernetesAction

# Field selectors: the path in the document, and what stands for an absent field.
Fields = dict[str, tuple[str, str]]
_POD_FIELDS: Fields = {
    "spec.nodeName": ("spec.nodeName", ""),
    "spec.hostNetwork": ("spec.hostNetwork", "false"),
    "spec.serviceAccountName": ("spec.serviceAccountName", ""),
    "status.phase": ("status.phase", ""),
    "status.podIP": ("status.podIP", ""),
}
_EVENT_FIELDS: Fields = {
    **{
        f"involvedObject.{name}": (f"involvedObject.{name}", "")
        for name in ("kind", "namespace", "name", "uid")
    },
    "reason": ("reason", ""),
    "type": ("type", ""),
    "reportingComponent": ("reportingComponent", ""),
    "source": ("source.component", ""),
}


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource; `action` is by which the tool lists it, and under whose name requests are recorded.

    `getting` is by which the tool gets one by name, when it has an action of its own for that.
    """

    plural: str
    kind: str
    version: str
    action: Action
    namespaced: str = "namespaced"
    fields: Fields | None = field(default=None, hash=False)
    short: tuple[str, ...] = ()
    getting: Action | None = None

    @property
    def group(self) -> str:
        """The API group, empty for the core."""
        return self.version.partition("/")[0] if "/" in self.version else ""

    @property
    def prefix(self) -> str:
        """The path under which its API version stands."""
        return f"/apis/{self.version}" if self.group else f"/api/{self.version}"

    @property
    def qualified(self) -> str:
        """As messages and permissions name it: `daemonsets.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def selectable(self) -> Fields:
        """What field selectors may name."""
        common = {"metadata.name": ("metadata.name", ""), "metadata.namespace": ("metadata.namespace", "")}
        return common | (self.fields or {})


# What `kubectl` knows of a resource and the declarations do not: selectable fields and short names.
FIELDS: dict[str, Fields] = {
    "nodes": {"spec.unschedulable": ("spec.unschedulable", "false")},
    "pods": _POD_FIELDS,
    "events": _EVENT_FIELDS,
}
SHORT: dict[str, tuple[str, ...]] = {
    "cninodes": ("cnd",), "configmaps": ("cm",), "daemonsets": ("ds",), "ec2nodeclasses": ("ec2nc", "ec2ncs"),
    "events": ("ev",), "nodes": ("no",), "pods": ("po",), "securitygrouppolicies": ("sgp",),
    "serviceaccounts": ("sa",),
}  # fmt: skip


def _resources() -> tuple[Resource, ...]:
    """A resource for each that a declared action reads; proxies and logs are in `sayings`."""
    found: dict[tuple[str, str], dict[str, KubernetesAction[Any]]] = {}
    for action in ACTIONS.values():
        if (
            isinstance(action, KubernetesAction)
            and "/" not in action.resource.plural
            and action.name != "tabulate-pods"
        ):
            found.setdefault((action.resource.version, action.resource.plural), {})[action.verb] = action
    return tuple(_resource(by_verb) for by_verb in found.values())


def _resource(by_verb: dict[str, KubernetesAction[Any]]) -> Resource:
    listing = by_verb.get("list") or by_verb["get"]
    declared = listing.resource
    return Resource(
        declared.plural,
        listing.kind.record.__name__,
        declared.version,
        listing,
        declared.scope,
        FIELDS.get(declared.plural),
        SHORT.get(declared.plural, ()),
        by_verb.get("get") if "list" in by_verb else None,
    )


RESOURCES: tuple[Resource, ...] = _resources()
