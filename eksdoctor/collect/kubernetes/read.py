"""The collector of every Kubernetes action that needs no special handling: the declaration names the path."""

from typing import Any
from urllib.parse import quote

import msgspec

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.api import KubernetesApi
from eksdoctor.collect.kubernetes.errors import known_absent, refused_by_status
from eksdoctor.collect.kubernetes.pages import decode_document, list_all
from eksdoctor.collect.refusal import refused
from eksdoctor.snapshot.declaration import KubernetesAction
from eksdoctor.snapshot.request import Answer, Request


def read(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    """The object that the request names, or the list; absent when it is not served. Raises Refused."""
    if action_of(request).verb == "get":
        return _get(api, request, deadline)
    return list_all(api, path_of(request), request, deadline)


def path_of(request: Request) -> str:
    """The path of the request's resource, in its namespace if it names one."""
    resource = action_of(request).resource
    namespace = request.values.get("namespace", "")
    scope = f"/namespaces/{_quoted(namespace)}" if namespace and resource.scope == "namespaced" else ""
    return f"{resource.prefix}{scope}/{resource.plural}"


def action_of(request: Request) -> KubernetesAction[Any]:
    """The request's action; raises TypeError for an action of AWS."""
    if not isinstance(request.action, KubernetesAction):
        raise TypeError(f"{request.action.name} is not an action of Kubernetes")
    return request.action


def _get(api: KubernetesApi, request: Request, deadline: Deadline) -> Answer:
    path = f"{path_of(request)}/{_quoted(request.values['name'])}"
    body = api.get(path, {}, request.action, deadline)
    if known_absent(body.status, body.data):
        return Answer(request, absent=True)
    if body.status != 200:  # noqa: PLR2004  the 404 of a proxy
        raise refused_by_status(body.status, body.data, request.action, "")
    try:
        return Answer(request, (decode_document(request.action.kind, body.data),))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        plural = action_of(request).resource.plural
        raise refused("undecodable", f"not one of {plural}: {error}; begins {body.data[:60]!r}") from error


def _quoted(value: str | tuple[str, ...]) -> str:
    return quote(value if isinstance(value, str) else ",".join(value), safe="")
