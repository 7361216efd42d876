"""CloudTrail's LookupEvents, which needs a time span, a page limit and a rate limit."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.pages import Call, read_pages
from eksdoctor.collect.aws.read import method_of
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.registry import aws_collector
from eksdoctor.evidence.inputs.cloudtrail_call import encode_call, parse_call
from eksdoctor.snapshot.records.cloudtrail import LOOKUP_EVENTS
from eksdoctor.snapshot.request import Answer, Request

MAX_PAGES = 3
PAGE_SIZE = 50  # the maximum of LookupEvents
_NEXT = "NextToken"
_KEPT_FIELDS = ("EventId", "EventName", "EventTime")


@dataclass(slots=True)
class Lookup:
    """One look-up by event name, page by page, reduced to calls of EC2.

    It stops after MAX_PAGES pages and sets `is_sample` when there were more: an incident makes thousands
    of calls, and an account may read two pages a second.
    """

    account: Account
    call: Call
    deadline: Deadline
    until: datetime
    pages: int = 0
    is_sample: bool = False

    def __call__(self, EventName: str, LastSeconds: str, **more: Any) -> dict[str, Any]:  # noqa: N803
        """The next page; raises Refused when its turn comes after the deadline."""
        self.account.lookups.wait(self.deadline)
        page = self.call(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": EventName}],
            StartTime=self.until - timedelta(seconds=int(LastSeconds)),
            EndTime=self.until,
            MaxResults=PAGE_SIZE,
            **more,
        )
        self.pages += 1
        self.is_sample = self.pages == MAX_PAGES and bool(page.get(_NEXT))
        events = [event for event in map(trail_event, page.get("Events", ())) if event is not None]
        return {"Events": events} | ({_NEXT: page.get(_NEXT)} if not self.is_sample else {})


@aws_collector(LOOKUP_EVENTS)
def lookup_events(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The newest calls of one name, at most MAX_PAGES pages."""
    lookup = Lookup(account, method_of(account, request, deadline), deadline, _now())
    return replace(read_pages(account, lookup, request, deadline), sampled=lookup.is_sample)


def trail_event(document: dict[str, Any]) -> dict[str, Any] | None:
    """The event reduced to the fields that are kept; None for another service or an unreadable event."""
    call = parse_call(str(document.get("CloudTrailEvent", "")))
    if call is None:
        return None
    head = {name: document[name] for name in _KEPT_FIELDS if name in document}
    return head | {"CloudTrailEvent": encode_call(call)}


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
