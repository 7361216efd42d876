"""How each service words a refusal, and the codes in recorded words."""

import re

from tests.lab.aws.wire import AwsError
from tests.lab.faults import Fault

CALLER = "arn:aws:iam::111122223333:user/lab"
_BOTOCORE = re.compile(
    r"An error occurred \(([\w.]+)\) when calling the \w+ operation(?: \([^)]*\))?: (.*)", re.DOTALL
)
_CODED = re.compile(r"([\w.]+): (.*)", re.DOTALL)

# Per service: code and status of a denial, of a lapsed login, of too many requests.
_DENIED = {
    "cloudtrail": "AccessDeniedException",
    "ec2": "UnauthorizedOperation", "eks": "AccessDeniedException", "iam": "AccessDenied",
    "servicequotas": "AccessDeniedException", "sts": "AccessDenied",
}  # fmt: skip
_EXPIRED = {
    "cloudtrail": "ExpiredTokenException",
    "ec2": "RequestExpired", "eks": "ExpiredTokenException", "iam": "ExpiredToken",
    "servicequotas": "ExpiredTokenException", "sts": "ExpiredToken",
}  # fmt: skip
_THROTTLED = {
    "ec2": ("RequestLimitExceeded", 503),
    "eks": ("ThrottlingException", 429),
    "iam": ("Throttling", 400),
    "servicequotas": ("TooManyRequestsException", 400),
    "sts": ("Throttling", 400),
}


def refusal(service: str, action: str, absent: str, fault: Fault) -> AwsError:
    """The service's error for a fault; recorded words keep their own code."""
    code, words = _recorded(fault.words)
    match fault.kind:
        case "denied":
            told = f"User: {CALLER} is not authorized to perform: {action}"
            because = f"because no identity-based policy allows the {action} action"
            prefix = "You are not authorized to perform this operation. " if service == "ec2" else ""
            return AwsError(
                code or _DENIED.get(service, "AccessDenied"), words or f"{prefix}{told} {because}", 403
            )
        case "unauthenticated":
            told = "The security token included in the request is expired"
            return AwsError(fault.code or code or _EXPIRED.get(service, "ExpiredToken"), words or told, 403)
        case "throttled":
            usual, status = _THROTTLED.get(service, ("ThrottlingException", 400))
            told = "Request limit exceeded." if service == "ec2" else "Rate exceeded"
            return AwsError(code or usual, words or told, status)
        case "absent":
            return AwsError(absent, "There is no such thing.", 400 if service == "ec2" else 404)
        case _:
            code = fault.code or code or ("InternalError" if service == "ec2" else "ServerException")
            return AwsError(code, words or "An internal error has occurred", fault.status)


def _recorded(words: str) -> tuple[str, str]:
    found = _BOTOCORE.fullmatch(words) or _CODED.fullmatch(words)
    return (found[1], found[2]) if found else ("", words)
