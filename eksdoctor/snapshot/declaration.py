"""Declarations of read-only API actions: each is made once, beside the record that the action returns.

A declaration registers itself. The file in a snapshot, the permission and the collector follow from it;
`eksdoctor.snapshot.actions` imports every module of `records/` and so knows all of them.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

R = TypeVar("R")
Grant = Literal["always", "node-logs", "cloudtrail", "none"]
# AWS prefixes whose client in boto3 has another name.
CLIENTS = {"servicequotas": "service-quotas"}
READ_PREFIXES = ("Describe", "Get", "List", "Lookup")
READ_VERBS = ("get", "list", "tabulate")
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class DeclarationError(Exception):
    """Two declarations share a name or a file, or an action is not read-only. It names every place."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """One kind of record.

    `file` is its path in a snapshot without `.json`. `items` is the key of the list in an answer, empty
    when the answer itself is the record. `identity` returns the same text for two versions of one record.
    `whole` keeps the document as answered (without credentials), so that later rules find other fields.
    `single` says that `items` holds one object and not a list.
    """

    file: str
    items: str
    record: type[R]
    identity: Callable[[R], str]
    whole: bool = False
    single: bool = False


@dataclass(frozen=True, slots=True)
class Action(Generic[R]):
    """One read-only API action: the kind of record it returns and the permission it needs.

    `permission` is what a report asks for after a denial: `list nodes` (Kubernetes verb and resource) or
    `ec2:DescribeSubnets` (IAM). `grant` is the file or statement of `deploy/` that grants it.
    """

    name: str
    kind: Kind[R]
    permission: str
    grant: Grant = "always"

    @property
    def source(self) -> str:
        """`kubernetes` or `aws`."""
        return "kubernetes"


@dataclass(frozen=True, slots=True)
class AwsAction(Action[R]):
    """An action of an AWS API.

    `client` is boto3's name of the service; `parameters` are sent with each call.
    """

    client: str = ""
    parameters: tuple[tuple[str, Any], ...] = ()

    @property
    def source(self) -> str:
        """`kubernetes` or `aws`."""
        return "aws"

    @property
    def operation(self) -> str:
        """The API's name of the operation: `DescribeSubnets`."""
        return self.name.partition(":")[2]

    @property
    def method(self) -> str:
        """The method of the boto3 client: `describe_subnets`."""
        return _separated(self.operation, "_")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the Kubernetes API.

    `plural` may name a subresource (`pods/log`). `version` is `v1` or `group/version`. `names` and
    `namespace` limit a `get` to these objects.
    """

    plural: str
    version: str = "v1"
    scope: Literal["namespaced", "cluster"] = "namespaced"
    names: tuple[str, ...] = ()
    namespace: str = ""

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.version.rpartition("/")[0]

    @property
    def prefix(self) -> str:
        """The path of the API version: `/api/v1`, `/apis/apps/v1`."""
        return f"/apis/{self.version}" if self.group else f"/api/{self.version}"

    @property
    def qualified(self) -> str:
        """The name in messages and permissions: `daemonsets.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


@dataclass(frozen=True, slots=True)
class KubernetesAction(Action[R]):
    """An action of the Kubernetes API; `verb` is its RBAC verb."""

    resource: Resource = Resource("")
    verb: Literal["get", "list"] = "list"


ACTIONS: dict[str, Action[Any]] = {}
_PLACES: dict[str, str] = {}
_FILES: dict[str, tuple[Kind[Any], str]] = {}


def aws_action(  # noqa: PLR0913  a declaration has as many properties as the API
    name: str,
    record: type[R],
    items: str = "",
    *,
    identity: Callable[[R], str],
    whole: bool = False,
    single: bool = False,
    client: str = "",
    grant: Grant = "always",
    **parameters: Any,
) -> AwsAction[R]:
    """Declare an AWS action by its IAM name (`ec2:DescribeSubnets`); `parameters` go with each call."""
    prefix, _, operation = name.partition(":")
    service = client or CLIENTS.get(prefix, prefix)
    file = f"aws/{service}-{_separated(operation, '-')}"
    kind = Kind(file, items, record, identity, whole, single)
    return _registered(AwsAction(name, kind, name, grant, service, tuple(parameters.items())))


def kubernetes_list(
    plural: str,
    record: type[R],
    version: str = "v1",
    *,
    scope: Literal["namespaced", "cluster"] = "namespaced",
    whole: bool = False,
) -> KubernetesAction[R]:
    """Declare the list of a Kubernetes resource; the action's name is `list-PLURAL`."""
    resource = Resource(plural, version, scope)
    kind = Kind(f"kubernetes/{plural}", "items", record, full_name, whole)
    return kubernetes_action(f"list-{plural}", kind, resource, "list")


def kubernetes_action(
    name: str,
    kind: Kind[R],
    resource: Resource,
    verb: Literal["get", "list"],
    grant: Grant = "always",
) -> KubernetesAction[R]:
    """Declare a Kubernetes action whose name or file does not follow from its resource."""
    target = f"{resource.qualified}/{resource.names[0]}" if resource.names else resource.qualified
    place = f" in {resource.namespace}" if resource.namespace else ""
    return _registered(KubernetesAction(name, kind, f"{verb} {target}{place}", grant, resource, verb))


def full_name(record: Any) -> str:
    """`namespace/name` of a Kubernetes object; cluster-scoped objects have an empty namespace."""
    return f"{record.metadata.namespace}/{record.metadata.name}"


A = TypeVar("A", bound=Action[Any])


def _registered(action: A) -> A:
    """The action, entered into ACTIONS; raises DeclarationError on a collision or a writing action."""
    place = _caller()
    operation = action.name.partition(":")[2]
    reads = operation.startswith(READ_PREFIXES) if operation else action.name.startswith(READ_VERBS)
    if not reads:
        raise DeclarationError(f"{place} declares {action.name}, which is not known to be read-only")
    if action.name in ACTIONS:
        raise DeclarationError(f"{action.name} is declared in {_PLACES[action.name]} and in {place}")
    kind, first = _FILES.setdefault(action.kind.file, (action.kind, f"{place} ({action.name})"))
    if kind is not action.kind:
        raise DeclarationError(
            f"{action.kind.file}.json is declared in {first} and in {place} ({action.name})"
        )
    ACTIONS[action.name], _PLACES[action.name] = action, place
    return action


def _caller() -> str:
    """File and line of the declaration: the first frame outside this module."""
    frame = sys._getframe()  # noqa: SLF001  the only way to the caller that does not read source files
    while frame.f_code.co_filename == __file__ and frame.f_back is not None:
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


def _separated(operation: str, separator: str) -> str:
    return _WORD_STARTS.sub(separator, operation).lower()
