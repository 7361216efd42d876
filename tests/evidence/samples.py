"""Made-up log lines in the formats that occur in practice."""

import json

from eksdoctor.evidence.fast_scan.log_scan import LogScan
from eksdoctor.evidence.text.log_lines import parse_lines

REFUSED = (
    "api error InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses "
    "to satisfy the request."
)


def request(number):
    return f"0a0b0c0d-0000-4000-8000-{number:012x}"


def zap(message, at="2025-02-03T04:05:06.789Z", level="error", caller="ipamd/ipamd.go:100"):
    return json.dumps({"level": level, "ts": at, "caller": caller, "msg": message}, separators=(",", ":"))


def assign_refused(number, eni="eni-0aa11bb22cc33dd44"):
    """The error of one failed call, as SDK v2 writes it."""
    return (
        f"Failed to allocate a private IP/Prefix addresses on ENI {eni}: operation error EC2: "
        f"AssignPrivateIpAddresses, https response error StatusCode: 400, RequestID: {request(number)}, "
        f"{REFUSED}"
    )


def one(text):
    """The one line of the text."""
    (line,) = parse_lines([text.encode()])
    return line


def observe(*texts, captured_at=None, source=None):
    """The observations of texts, each read as its own stream."""
    scan = LogScan(captured_at=captured_at)
    for text in texts:
        data = text if isinstance(text, bytes) else text.encode()
        scan.read([data], *([source] if source else []))
    return scan.aggregator.observations()


def classes(*texts):
    return [observation.evidence_class for observation in observe(*texts)]
