"""The refusal for a failed Kubernetes request."""

from typing import Any

import msgspec

from eksdoctor.collect.refusal import Refused, refused
from eksdoctor.snapshot.declaration import Action

_ANONYMOUS = '"system:anonymous"'
_BY_STATUS = {401: "unauthenticated", 403: "forbidden", 408: "timeout", 429: "throttled"}


def refused_by_status(status: int, body: bytes, action: Action[Any], login: str) -> Refused:
    """The refusal for an HTTP status; `login` is the grant when the API server does not know the user."""
    message = _message(body) or f"HTTP {status}"
    reason = _BY_STATUS.get(status, "failed")
    if reason == "forbidden" and _ANONYMOUS in message:
        reason = "unauthenticated"  # no credential was sent or accepted: no role would help
    grant = {"forbidden": action.permission, "unauthenticated": login}.get(reason, "")
    return refused(reason, message if reason != "failed" else f"HTTP {status}: {message}", grant)


def known_absent(status: int, body: bytes) -> bool:
    """Whether the API server itself returned not-found; the 404 page of a proxy does not show that."""
    if status != 404:  # noqa: PLR2004  not found
        return False
    return body.startswith(b"404 page not found") or _status(body).get("reason") == "NotFound"


def is_status(body: bytes) -> bool:
    """Whether the body is a Status of the API server, not the answer of a kubelet or pod behind it."""
    return bool(_status(body))


def refused_by_network(error: Exception, host: str, timeout: str) -> Refused:
    """The refusal for a request without an HTTP answer; `timeout` is the message when it took too long."""
    import urllib3.exceptions as network

    cause: BaseException = error
    if isinstance(error, network.MaxRetryError) and error.reason is not None:
        cause = error.reason
    if isinstance(cause, network.ReadTimeoutError):
        return refused("timeout", timeout)
    if isinstance(cause, network.ConnectTimeoutError) and not isinstance(cause, network.NewConnectionError):
        return refused(
            "unreachable", f"no connection to {host} (timed out)", f"a network path to {host} (VPN?)"
        )
    if isinstance(cause, ValueError) and not isinstance(cause, network.HTTPError):
        return refused(
            "unauthenticated",
            f"the credential cannot be sent: {cause}",
            "a token of printable ASCII characters in the kubeconfig's user",
        )
    if isinstance(cause, network.SSLError):
        return refused(
            "unreachable", f"TLS with {host} failed: {cause}", "the cluster's own CA in the kubeconfig"
        )
    return refused(
        "unreachable", f"no connection to {host}: {_innermost(cause)}", f"a network path to {host} (VPN?)"
    )


def _innermost(error: BaseException) -> str:
    """The operating system's message, without the client's object addresses."""
    while True:
        deeper = error.__cause__ or error.__context__
        if deeper is None:
            return getattr(error, "strerror", None) or str(error) or type(error).__name__
        error = deeper


def _message(body: bytes) -> str:
    message = _status(body).get("message")
    return message if isinstance(message, str) else body[:200].decode(errors="replace")


def _status(body: bytes) -> dict[str, Any]:
    """The body as a Kubernetes Status object; empty when it is not one."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return document if isinstance(document, dict) and document.get("kind") == "Status" else {}
