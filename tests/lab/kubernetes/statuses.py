"""Refusals as the API server writes them: Status objects with its own sentences."""

from typing import Any

import msgspec

from tests.lab.call import Reply
from tests.lab.kubernetes.plan import Plan

USER = "lab"
JSON = ("Content-Type", "application/json")
REASONS = {
    400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed",
    410: "Expired", 429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable", 504: "Timeout",
}  # fmt: skip


def status(
    code: int, message: str, reason: str = "", details: Any = None, retry_after: int | None = None
) -> Reply:
    """A Status object of failure."""
    document = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason or REASONS.get(code, "Unknown"),
        "code": code,
    }
    if details:
        document["details"] = details
    again = (("Retry-After", str(retry_after)),) if retry_after is not None else ()
    return Reply(code, msgspec.json.encode(document), (JSON, *again))


def unauthorized() -> Reply:
    """No or a bad token."""
    return status(401, "Unauthorized")


def forbidden(plan: Plan) -> Reply:
    """RBAC's sentence."""
    if plan.resource is None:
        return status(403, f'forbidden: User "{USER}" cannot {plan.verb} path "{plan.path}"')
    subject = f'{plan.resource.qualified} "{plan.name}"' if plan.name else plan.resource.qualified
    what = f'resource "{plan.resource.plural}" in API group "{plan.resource.group}"'
    scope = f'in the namespace "{plan.namespace}"' if plan.namespace else "at the cluster scope"
    words = f'User "{USER}" cannot {plan.verb} {what} {scope}'
    return status(403, f"{subject} is forbidden: {words}", details=_details(plan))


def no_object(plan: Plan) -> Reply:
    """A get of what is not there."""
    qualified = plan.resource.qualified if plan.resource else ""
    return status(404, f'{qualified} "{plan.name}" not found', details=_details(plan))


def _details(plan: Plan) -> dict[str, str]:
    if plan.resource is None:
        return {}
    return {"name": plan.name, "group": plan.resource.group, "kind": plan.resource.plural}


def no_resource() -> Reply:
    """A path that the API server does not serve."""
    return Reply(404, b"404 page not found\n", (("Content-Type", "text/plain; charset=utf-8"),))
