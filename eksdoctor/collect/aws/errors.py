"""The refusal for a failed AWS request."""

import re
from typing import Any

from eksdoctor.collect.refusal import Refused, refused
from eksdoctor.collect.target.login_advice import credentials_advice

FORBIDDEN = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"}
)
UNAUTHENTICATED = frozenset({
    "AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidAccessKeyId",
    "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken",
    "MissingAuthenticationTokenException", "RequestExpired", "SignatureDoesNotMatch",
    "UnrecognizedClientException",
})  # fmt: skip
THROTTLED = frozenset({
    "EC2ThrottledException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException",
    "SlowDown", "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException",
})  # fmt: skip
_CREDENTIALS = (
    "CredentialRetrievalError", "LoginError", "NoAuthTokenError", "NoCredentialsError",
    "PartialCredentialsError", "ProfileNotFound", "SSOError", "TokenRetrievalError", "UnknownCredentialError",
    "ConfigNotFound",
    "ConfigParseError", "InvalidConfigError", "InfiniteLoopConfigError",
)  # fmt: skip
_NETWORK = (
    "ConnectionError", "ConnectTimeoutError", "EndpointConnectionError", "HTTPClientError",
    "ProxyConnectionError", "SSLError", "ConnectionClosedError", "InvalidRegionError",
)  # fmt: skip
_NETWORK_PATH = "a network path to the AWS endpoint (VPN, proxy, region)"
_GRANTS = {"InvalidRegionError": "the cluster's region as AWS writes it: --region eu-west-1"}
_ENCODED = re.compile(r"\s*Encoded authorization failure message: \S+")


def refused_by_aws(error: Exception, permission: str, profile: str) -> Refused:
    """The refusal for an exception of botocore; `permission` is what the action needs."""
    from botocore import exceptions

    message = f"{error}"
    if isinstance(error, exceptions.ClientError):
        return _by_code(error_code(error), _message(error), permission, profile)
    if _is(error, _CREDENTIALS):
        return refused("unauthenticated", message, _login(error, profile, message))
    if isinstance(error, exceptions.ReadTimeoutError):
        return refused("timeout", message)
    if _is(error, _NETWORK):
        return refused("unreachable", message, _GRANTS.get(type(error).__name__, _NETWORK_PATH))
    reason = "undecodable" if _is(error, ("ResponseParserError",)) else "failed"
    return refused(reason, f"{type(error).__name__}: {message}")


def error_code(error: Any) -> str:
    """The error code of a ClientError; empty for other exceptions."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def _message(error: Any) -> str:
    return _ENCODED.sub("", str(error.response.get("Error", {}).get("Message", "")))


def _by_code(code: str, message: str, permission: str, profile: str) -> Refused:
    whole = f"{code}: {message}"
    if code in FORBIDDEN:
        return refused("forbidden", whole, permission)
    if code in UNAUTHENTICATED:
        return refused("unauthenticated", whole, credentials_advice(profile, message))
    if code in THROTTLED:
        return refused("throttled", whole)
    return refused("failed", whole)


def _login(error: Exception, profile: str, message: str) -> str:
    if type(error).__name__ == "ProfileNotFound":
        return "a profile of `aws configure list-profiles`: --profile NAME"
    if type(error).__name__.startswith(("SSO", "UnauthorizedSSO", "TokenRetrieval", "NoAuthToken")):
        message = "sso"
    return credentials_advice(profile, message)


def _is(error: Exception, names: tuple[str, ...]) -> bool:
    """Whether the class or a base class has one of the names: botocore's exceptions differ by version."""
    return any(ancestor.__name__ in names for ancestor in type(error).__mro__)
