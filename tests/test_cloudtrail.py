"""CloudTrail through the whole house: asked when wished, answered by the lab, the same in a replay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from eksdoctor.collect.dispatch import connect
from eksdoctor.collect.rounds import Observer, collect
from eksdoctor.collection_plan import cloudtrail_lookups
from eksdoctor.collection_plan.next_requests import next_requests
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.evidence.inputs.cloudtrail_events import (
    CNI_PROGRAM,
    call_observations,
    call_rates,
    calls_of_records,
)
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.records.aws import DESCRIBE_CLUSTER
from eksdoctor.snapshot.records.cloudtrail import LOOKUP_EVENTS
from eksdoctor.snapshot.snapshot import CLOUDTRAIL, Snapshot
from tests.lab import Fault, Lab
from tests.lab.clock import moved
from tests.process import PATIENCE
from tests.simulator.account import REGION
from tests.simulator.capture import answer, capture
from tests.simulator.catalogue import FIXTURES

WISH = frozenset({CLOUDTRAIL})


@pytest.fixture(scope="module")
def worlds():
    return {
        name: FIXTURES[name]() for name in ("meridian-pay", "healthy-security-groups-for-pods", "fragmented")
    }


def lookups(snapshot):
    return [asked.values["EventName"] for asked in snapshot.outcomes if asked.action is LOOKUP_EVENTS]


def test_nothing_is_looked_up_unless_the_user_wishes(worlds):
    for purpose in ("triage", "audit"):
        assert not lookups(capture(worlds["meridian-pay"], purpose=purpose))


@pytest.mark.parametrize(
    ("name", "more"),
    [("meridian-pay", ()), ("healthy-security-groups-for-pods", cloudtrail_lookups.OF_BRANCHES)],
)
def test_what_is_looked_up(worlds, name, more):
    found = lookups(capture(worlds[name], extras=WISH))
    assert sorted(found) == sorted((*cloudtrail_lookups.CALLS, *cloudtrail_lookups.OF_LAUNCHES, *more))


def test_it_is_looked_up_in_the_second_round_over_the_window(worlds):
    world = worlds["fragmented"]
    blank = Snapshot(at=world.at, target=world.target, extras=WISH, window=timedelta(minutes=20))
    first = next_requests(blank)
    second = next_requests(blank.with_answers(answer(world, asked) for asked in first))
    assert not [asked for asked in first if asked.action is LOOKUP_EVENTS]
    spans = {asked.values["LastSeconds"] for asked in second if asked.action is LOOKUP_EVENTS}
    assert spans == {"1200"}


def test_another_account_is_not_asked(worlds):
    snapshot = capture(worlds["meridian-pay"])
    (cluster,) = snapshot.records[DESCRIBE_CLUSTER.kind.file]
    other = cluster | {"endpoint": "https://other.example", "certificateAuthority": {"data": "b3RoZXI="}}
    foreign = replace(
        snapshot, extras=WISH, records=dict(snapshot.records) | {DESCRIBE_CLUSTER.kind.file: (other,)}
    )
    assert not [asked for asked in next_requests(foreign) if asked.action is LOOKUP_EVENTS]


def test_the_simulated_trail_tells_what_the_daemons_were_refused(worlds):
    found = calls_of_records(capture(worlds["meridian-pay"], extras=WISH).of(LOOKUP_EVENTS.kind))
    assert {one.evidence_class for one in call_observations(found)} == {"subnet-without-addresses"}
    assert {rate.program for rate in call_rates(found)} == {CNI_PROGRAM}
    fragmented = calls_of_records(capture(worlds["fragmented"], extras=WISH).of(LOOKUP_EVENTS.kind))
    assert "subnet-without-prefix" in {one.evidence_class for one in call_observations(fragmented)}


@pytest.fixture
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIALAB")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "lab")
    monkeypatch.setattr("eksdoctor.collect.aws.account.LOOKUP_SECONDS", 0.01)


def live(lab, recorded, extras=WISH):
    options = ConnectionOptions(kubeconfig=str(lab.kubeconfig), aws_endpoint=lab.aws_endpoint)
    target = connect(options).target
    blank = Snapshot(at=recorded.at, target=target, extras=extras)
    return collect(blank, next_requests, connect(options), PATIENCE, Observer())


def trails(snapshot):
    """The outcomes of look-ups, less what a clock measures."""
    return {
        asked: (outcome.refusal, outcome.count, outcome.pages, outcome.sampled)
        for asked, outcome in snapshot.outcomes.items()
        if asked.action is LOOKUP_EVENTS
    }


def events(snapshot):
    return {event.event_id: calls_of_records([event]) for event in snapshot.of(LOOKUP_EVENTS.kind)}


@pytest.mark.usefixtures("credentials")
def test_live_is_as_recorded_and_as_replayed(worlds, tmp_path):
    recorded = moved(capture(worlds["meridian-pay"], extras=WISH), datetime.now(UTC).replace(microsecond=0))
    with Lab(recorded) as lab:
        seen = live(lab, recorded)
    mine, theirs = trails(seen), trails(recorded)
    assert {asked: (count, sampled) for asked, (_, count, _, sampled) in mine.items()} == {
        asked: (count, sampled) for asked, (_, count, _, sampled) in theirs.items()
    }
    assert any(sampled for *_, sampled in mine.values())
    assert set(events(seen)) == set(events(recorded))
    replayed = archive.read(archive.write(seen, tmp_path / "x.eksdoctor.tar.gz"))
    assert trails(replayed) == mine
    assert events(replayed) == events(seen)


@pytest.mark.usefixtures("credentials")
def test_without_the_right_the_rest_is_seen_all_the_same(worlds):
    recorded = capture(worlds["fragmented"], extras=WISH)
    with Lab(recorded, deny=["cloudtrail:LookupEvents"]) as lab:
        seen = live(lab, recorded)
    refused = {asked.action.name: refusal for asked, refusal in seen.refusals.items()}
    assert set(refused) == {"cloudtrail:LookupEvents"}
    assert (refused["cloudtrail:LookupEvents"].reason, refused["cloudtrail:LookupEvents"].grant) == (
        "forbidden", "cloudtrail:LookupEvents",
    )  # fmt: skip


@pytest.mark.usefixtures("credentials")
def test_an_account_that_is_throttled_is_asked_once_more(worlds):
    recorded = capture(worlds["fragmented"], extras=WISH)
    with Lab(recorded, faults={"cloudtrail:LookupEvents": Fault.throttled()}) as lab:
        seen = live(lab, recorded)
        sent = [one for one in lab.requests if one.action == "cloudtrail:LookupEvents"]
    assert {refusal.reason for refusal in seen.refusals.values()} == {"throttled"}
    assert len(sent) == 2 * len(trails(seen))


def test_the_lab_looks_up_as_cloudtrail_does(worlds):
    recorded = capture(worlds["meridian-pay"], extras=WISH)
    named = [{"AttributeKey": "EventName", "AttributeValue": "AssignPrivateIpAddresses"}]
    with Lab(recorded) as lab:
        client = boto3.session.Session().client(
            "cloudtrail", region_name=REGION, endpoint_url=lab.aws_endpoint, aws_access_key_id="AKIALAB",
            aws_secret_access_key="lab", config=Config(retries={"total_max_attempts": 1}),
        )  # fmt: skip
        page = client.lookup_events(LookupAttributes=named, MaxResults=7)
        times = [event["EventTime"] for event in page["Events"]]
        assert (len(times), times) == (7, sorted(times, reverse=True))
        rest = client.lookup_events(LookupAttributes=named, MaxResults=7, NextToken=page["NextToken"])
        assert rest["Events"][0]["EventTime"] <= times[-1]
        late = client.lookup_events(LookupAttributes=named, StartTime=times[3], EndTime=times[0])
        assert {event["EventTime"] for event in late["Events"]} <= set(times)
        assert (
            client.lookup_events(LookupAttributes=named, EndTime=times[-1] - timedelta(days=1))["Events"]
            == []
        )
        with pytest.raises(ClientError, match="one lookup attribute"):
            client.lookup_events(LookupAttributes=named * 2)
