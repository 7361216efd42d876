"""The CloudTrail collector."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.pages import Call, ask
from eksdoctor.collect.deadline import Deadline
from eksdoctor.evidence.inputs.cloudtrail_call import encode_call, parse_call
from eksdoctor.snapshot.request import Answer, Request

MOST_PAGES = 3
PAGE_SIZE = 50  # the most that LookupEvents gives
_MORE = "NextToken"
_HEAD = ("EventId", "EventName", "EventTime")


@dataclass(slots=True)
class Lookup:
    """One look-up in the words of a request, page after page: how it was called in EC2, nothing else.

    After MOST_PAGES the rest is left out, which `is_sample` then says: an incident makes thousands of
    calls, and two pages a second is all that an account may read.
    """

    account: Account
    call: Call
    deadline: Deadline
    until: datetime
    pages: int = 0
    is_sample: bool = False

    def __call__(self, EventName: str, LastSeconds: str, **more: Any) -> dict[str, Any]:  # noqa: N803
        """The next page."""
        self.account.lookups.wait(self.deadline)
        page = self.call(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": EventName}],
            StartTime=self.until - timedelta(seconds=int(LastSeconds)),
            EndTime=self.until,
            MaxResults=PAGE_SIZE,
            **more,
        )
        self.pages += 1
        self.is_sample = self.pages == MOST_PAGES and bool(page.get(_MORE))
        events = [event for event in map(trail_event, page.get("Events", ())) if event is not None]
        return {"Events": events} | ({_MORE: page.get(_MORE)} if not self.is_sample else {})


def lookup_events(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The newest calls of one name, at most 150."""
    client = account.client("cloudtrail", deadline)
    lookup = Lookup(account, client.lookup_events, deadline, _now())
    return replace(ask(account, "cloudtrail", lookup, request, deadline), sampled=lookup.is_sample)


def trail_event(document: dict[str, Any]) -> dict[str, Any] | None:
    """An event with nothing in it but what is kept; None when it is of another service or cannot be read."""
    call = parse_call(str(document.get("CloudTrailEvent", "")))
    if call is None:
        return None
    head = {name: document[name] for name in _HEAD if name in document}
    return head | {"CloudTrailEvent": encode_call(call)}


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
