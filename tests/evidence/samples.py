"""Lines in the formats of the field, made up; and the sources they come from."""

import json

from eksdoctor.evidence.fast_scan.log_scan import Scan
from eksdoctor.evidence.text.log_lines import lines

REFUSED = (
    "api error InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses "
    "to satisfy the request."
)


def request(number):
    return f"0a0b0c0d-0000-4000-8000-{number:012x}"


def zap(message, at="2025-02-03T04:05:06.789Z", level="error", caller="ipamd/ipamd.go:100"):
    return json.dumps({"level": level, "ts": at, "caller": caller, "msg": message}, separators=(",", ":"))


def assign_refused(number, eni="eni-0aa11bb22cc33dd44"):
    """The error of one refused call, as SDK v2 words it."""
    return (
        f"Failed to allocate a private IP/Prefix addresses on ENI {eni}: operation error EC2: "
        f"AssignPrivateIpAddresses, https response error StatusCode: 400, RequestID: {request(number)}, "
        f"{REFUSED}"
    )


def one(text):
    """The one line of the text."""
    (line,) = lines([text.encode()])
    return line


def said(*texts, near=None, source=None):
    """The statements of texts, each a stream of its own."""
    scan = Scan(near=near)
    for text in texts:
        data = text if isinstance(text, bytes) else text.encode()
        scan.read([data], *([source] if source else []))
    return scan.gathering.statements()


def classes(*texts):
    return [statement.testifies for statement in said(*texts)]
