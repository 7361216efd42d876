"""CloudTrail as the lab answers it: one attribute, a span of time, pages of fifty, the newest first."""

from datetime import UTC, datetime
from typing import Any

from botocore.utils import parse_timestamp

from eksdoctor.snapshot.records.cloudtrail import LOOKUP_EVENTS
from tests.lab.aws.account import Account, Operation, Parameters, Part
from tests.lab.aws.wire import AwsError
from tests.lab.pages import page

LARGEST = 50


def _lookup(account: Account, parameters: Parameters, part: Part) -> dict[str, Any]:
    attributes = parameters.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise AwsError(
            "InvalidLookupAttributesException", "You can only provide one lookup attribute in a request."
        )
    size = parameters.get("MaxResults") or LARGEST
    if not 1 <= size <= LARGEST:
        raise AwsError("InvalidMaxResultsException", f"Max results must be between 1 and {LARGEST}.")
    found = [
        event
        for event in account.records.of(LOOKUP_EVENTS.kind)
        if all(event.get(one["AttributeKey"]) == one["AttributeValue"] for one in attributes)
        and _within(event, parameters)
    ]
    found.sort(key=lambda event: _time(event["EventTime"]), reverse=True)
    shown = page(found, part.offset, size, part.most)
    return {"Events": shown.entries} | ({"NextToken": shown.token} if shown.token else {})


def window(parameters: Parameters) -> dict[str, str]:
    """How far back is looked, as a snapshot's requests name it."""
    start, end = parameters.get("StartTime"), parameters.get("EndTime")
    return {"LastSeconds": str(round((_time(end) - _time(start)).total_seconds()))} if start and end else {}


def _within(event: dict[str, Any], parameters: Parameters) -> bool:
    start, end, at = parameters.get("StartTime"), parameters.get("EndTime"), _time(event["EventTime"])
    return (not start or _time(start) <= at) and (not end or at <= _time(end))


def _time(value: Any) -> datetime:
    """The parser of requests leaves out the zone, which is UTC."""
    time = value if isinstance(value, datetime) else parse_timestamp(value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


OPERATIONS = (Operation(LOOKUP_EVENTS, _lookup),)
