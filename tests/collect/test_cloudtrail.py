"""Look-ups in CloudTrail: few pages, two a second, and no more of an event than the call."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.rate_limit import RateLimit
from eksdoctor.collect.aws.services import cloudtrail
from eksdoctor.collect.aws.services.cloudtrail import lookup_events, trail_event
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.refusal import Refused
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.snapshot import manifest
from eksdoctor.snapshot.snapshot import Snapshot, Target
from tests.process import PATIENCE

AT = datetime(2025, 2, 3, 4, 5, tzinfo=UTC)
ASKED = requests.calls_named("AssignPrivateIpAddresses", timedelta(minutes=30))


class Trail:
    """A client with so many pages."""

    def __init__(self, pages):
        self.pages, self.asked = pages, []

    def lookup_events(self, **parameters):
        self.asked.append(parameters)
        number = len(self.asked)
        event = {
            "EventId": f"event-{number}",
            "EventName": "AssignPrivateIpAddresses",
            "EventTime": AT,
            "CloudTrailEvent": json.dumps({"eventName": "AssignPrivateIpAddresses", "eventID": f"{number}"}),
        }
        return {"Events": [event]} | ({"NextToken": f"{number}"} if number < self.pages else {})


def account(trail):
    found = Account(Target(region="eu-west-1"), lookups=RateLimit(0.0))
    found._clients["cloudtrail"] = trail
    return found


def asked(pages):
    trail = Trail(pages)
    return lookup_events(account(trail), ASKED, Deadline.after(PATIENCE)), trail


@pytest.mark.parametrize(
    ("pages", "read", "sampled"), [(1, 1, False), (3, 3, False), (4, 3, True), (90, 3, True)]
)
def test_the_newest_pages_and_whether_there_was_more(pages, read, sampled):
    answer, trail = asked(pages)
    assert (len(trail.asked), len(answer.documents), answer.pages, answer.sampled) == (
        read,
        read,
        read,
        sampled,
    )
    assert [one.get("NextToken") for one in trail.asked] == [None, "1", "2"][:read]


def test_a_sample_is_known_to_be_one_also_when_it_is_read_again():
    for pages, words in ((3, None), (4, "only the newest 3 records were read")):
        seen = Snapshot(at=AT).with_answers([asked(pages)[0]])
        again = manifest.assemble(manifest.disassemble(seen), "x")
        assert again.outcomes == seen.outcomes
        unknown = gap(again, ASKED)
        assert words in unknown.reasons[0].text if words else unknown is None


def test_how_far_back_is_looked_and_for_what(monkeypatch):
    monkeypatch.setattr(cloudtrail, "_now", lambda: AT)
    _, trail = asked(2)
    for one in trail.asked:
        assert one["EndTime"] - one["StartTime"] == timedelta(minutes=30)
        assert one["EndTime"] == AT
        assert one["LookupAttributes"] == [
            {"AttributeKey": "EventName", "AttributeValue": "AssignPrivateIpAddresses"}
        ]


def test_what_is_no_call_of_ec2_is_left_out():
    other = json.dumps({"eventName": "CreateFleet", "eventSource": "gamelift.amazonaws.com"})
    for text in ("", "{", "[]", "7", "null", other, '{"eventName": 7}'):
        assert trail_event({"EventId": "1", "CloudTrailEvent": text}) is None
    assert trail_event({"EventId": "1", "CloudTrailEvent": None}) is None


def test_calls_are_kept_apart_over_threads():
    pace, starts, lock = RateLimit(0.05), [], threading.Lock()

    def work():
        pace.wait(Deadline.after(PATIENCE))
        with lock:
            starts.append(time.monotonic())

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(starts) - min(starts) >= 0.24


def test_a_turn_after_the_deadline_is_not_waited_for(monkeypatch):
    pace = RateLimit(60)
    pace.wait(Deadline.after(1))
    monkeypatch.setattr(time, "sleep", pytest.fail)
    with pytest.raises(Refused) as raised:
        pace.wait(Deadline.after(1))
    assert raised.value.refusal.reason == "timeout"


def test_pages_that_came_before_the_deadline_are_not_lost():
    found = Account(Target(region="eu-west-1"), lookups=RateLimit(60))
    found._clients["cloudtrail"] = Trail(3)
    with pytest.raises(Refused) as raised:
        lookup_events(found, ASKED, Deadline.after(5))
    assert (len(raised.value.documents), raised.value.refusal.reason) == (1, "timeout")
