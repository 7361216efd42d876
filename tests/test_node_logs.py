"""Which nodes' counters and logs are asked for, and what that costs: over the lab's sockets, at 200 nodes."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import msgspec
import pytest

from eksdoctor.collect.dispatch import connect
from eksdoctor.collect.rounds import Observer, collect
from eksdoctor.collection_plan import aws_node_metrics
from eksdoctor.collection_plan.next_requests import next_requests
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.evidence.inputs import prometheus
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests as sources
from eksdoctor.model.observations.log_sources import Voices
from eksdoctor.snapshot.records.kubernetes import LIST_DAEMON_SETS, LIST_EVENTS, LIST_PODS
from eksdoctor.snapshot.records.node_text import GET_NODE_LOG, GET_POD_LOG, GET_POD_METRICS, NODE_TEXTS
from eksdoctor.snapshot.request import Answer, Refusal
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.build_report import build_report
from eksdoctor.triage.log_reading_plan import log_requests, request_planner
from eksdoctor.triage.report import State
from tests.lab import Fault, Lab, moved
from tests.process import PATIENCE
from tests.shared import rulebook
from tests.simulator.account import hoard, three_zones
from tests.simulator.capture import answer, capture
from tests.simulator.catalogue import FIXTURES
from tests.simulator.limits import LIMITS
from tests.simulator.machine import Group, Service
from tests.simulator.settings import Settings
from tests.simulator.simulation import Simulation
from tests.simulator.world import Surroundings, assemble

BOOK = rulebook()
SPOKEN = (GET_POD_METRICS, GET_NODE_LOG, GET_POD_LOG)
MIB = 1 << 20


@cache
def world(name):
    return FIXTURES[name]()


@cache
def dry(nodes=200):
    """So many nodes in one full subnet, a pod waiting on each."""
    simulation = Simulation("dry", Settings(), seed=11)
    simulation.at(days=9)
    subnets = three_zones(simulation, "private", ("10.30.0.0/21", "10.30.8.0/21", "10.30.16.0/21"))
    group = Group("general", LIMITS["m5.large"], max_pods=29)
    hoard(simulation, subnets[0], leave=nodes)
    for _ in range(nodes):
        simulation.join(group, subnets[0])
    simulation.at(minutes=20)
    simulation.deploy(Service("payments", "payments-api", nodes, revision="6bc74f9d68"))
    simulation.settle()
    return assemble(simulation, Surroundings(("10.30.0.0/16",), subnets))


@cache
def recorded(nodes=200):
    """All that a lab must hold of it: every daemon's words, also those that a triage does not ask for."""
    found = capture(dry(nodes))
    words = tuple(
        msgspec.convert(document, NODE_TEXTS.record) for document in dry(nodes).documents[NODE_TEXTS.file]
    )
    outcomes = {request: one for request, one in found.outcomes.items() if request.action not in SPOKEN}
    return replace(found, records=found.records | {NODE_TEXTS.file: words}, outcomes=outcomes)


class Rounds(Observer):
    def __init__(self):
        self.asked = []

    def round_started(self, number, requests):
        self.asked.append(list(requests))


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIALAB")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "lab")


def triaged(lab, held, rounds=None, nodes=3, deadline=PATIENCE):
    options = ConnectionOptions(kubeconfig=str(lab.kubeconfig), aws_endpoint=lab.aws_endpoint)
    target = connect(options).target
    blank = Snapshot(at=held.at, target=target)
    return collect(blank, request_planner(BOOK, nodes), connect(options), deadline, rounds or Rounds())


def asked_for(snapshot, action):
    return [request for request in snapshot.outcomes if request.action is action]


# --- over sockets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ranges", ["honoured", "ignored"])
def test_two_hundred_nodes_in_question(ranges):
    held = recorded()
    rounds = Rounds()
    with Lab(held, ranges=ranges) as lab:
        seen = triaged(lab, held, rounds)
        served = [(one.source, one.action, str(one.arguments)) for one in lab.requests]
        most, sent = lab.most_in_flight, lab.bytes_sent
    assert len(Cluster(seen).nodes_in_question) == 200
    assert len(rounds.asked) <= 5
    assert most <= 16
    assert len(served) == len(set(served)) <= 40
    assert len(asked_for(seen, GET_POD_METRICS)) == aws_node_metrics.ENOUGH
    assert 1 <= len(asked_for(seen, GET_NODE_LOG)) <= 3
    assert sent["get-node-log"] <= 3 * (MIB if ranges == "honoured" else 16 * MIB)
    assert not seen.refusals
    report = build_report(seen, BOOK)
    assert {(v.state, v.cause, v.confidence) for v in report.verdicts} == {
        (State.EXPLAINED, "subnet-exhausted", "confirmed")
    }


def test_long_logs_cost_no_more_than_their_end():
    held = recorded(9)
    held = replace(
        held,
        records=held.records
        | {
            NODE_TEXTS.file: tuple(
                msgspec.structs.replace(words, text=words.text * 40)
                if words.kind == SourceKind.IPAMD
                else words
                for words in held.of(NODE_TEXTS)
            )
        },
    )
    with Lab(held) as lab:
        seen = triaged(lab, held)
        assert lab.bytes_sent["get-node-log"] == 3 * MIB
    assert not any(words.whole for words in seen.of(NODE_TEXTS) if words.kind == SourceKind.IPAMD)
    with Lab(held, ranges="ignored") as lab:
        triaged(lab, held)
        assert lab.bytes_sent["get-node-log"] <= 3 * 16 * MIB


def test_logs_that_are_off_are_never_asked_for():
    held = recorded(9)
    with Lab(held) as lab:
        seen = triaged(lab, held, nodes=0)
        assert "get-node-log" not in {one.action for one in lab.requests}
    assert not asked_for(seen, GET_NODE_LOG)


@pytest.mark.parametrize(
    ("deny", "refused"),
    [
        ("nodes/proxy", {GET_NODE_LOG}),
        ("get nodes/proxy at the cluster scope", {GET_NODE_LOG}),
        ("get pods/proxy", {GET_POD_METRICS}),
        ("get pods/proxy in namespace kube-system", {GET_POD_METRICS}),
    ],
)
def test_without_the_right_the_refusal_names_it_and_the_rest_is_told(deny, refused):
    held = recorded(9)
    deny = deny if deny.startswith("get") else f"get {deny}"
    with Lab(held, deny={deny}) as lab:
        seen = triaged(lab, held)
    assert {request.action for request in seen.refusals} == refused
    for request, refusal in seen.refusals.items():
        assert (refusal.reason, refusal.grant) == ("forbidden", request.action.permission)
        assert "is forbidden" in refusal.message
    assert {v.cause for v in build_report(seen, BOOK).verdicts} == {"subnet-exhausted"}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (
            Fault.error(503, words="error trying to reach service: dial tcp 10.0.0.1:10250: i/o timeout"),
            "failed",
        ),
        (Fault.truncated(), "failed"),
        (Fault.garbage(), "failed"),
        (Fault.throttled(), "throttled"),
    ],
)
def test_faults_of_the_proxies_are_refusals(fault, reason):
    held = recorded(9)
    with Lab(held, faults={"get-pod-metrics": fault, "get-node-log": fault}) as lab:
        seen = triaged(lab, held)
    reasons = {refusal.reason for refusal in seen.refusals.values()}
    assert seen.refusals
    assert reasons <= {reason, "undecodable"}
    assert {v.cause for v in build_report(seen, BOOK).verdicts} == {"subnet-exhausted"}


def test_slow_kubelets_and_daemons_are_waited_for():
    held = recorded(9)
    with Lab(held, faults={"get-pod-metrics": Fault.slow(0.4), "get-node-log": Fault.slow(0.4)}) as lab:
        seen = triaged(lab, held)
    assert not seen.refusals


def test_live_words_are_the_recorded_ones():
    held = recorded(9)
    with Lab(held) as lab:
        seen = triaged(lab, held)
    theirs = {words.text for words in held.of(NODE_TEXTS)}
    assert seen.of(NODE_TEXTS)
    for words in seen.of(NODE_TEXTS):
        assert words.text in theirs
        assert words.at == held.at


def test_an_incident_moved_in_time_is_told_at_that_time():
    held = recorded(9)
    later = moved(held, held.at + timedelta(days=30, seconds=7))
    for before, after in zip(held.of(NODE_TEXTS), later.of(NODE_TEXTS), strict=True):
        assert after.at == later.at
        if before.kind == SourceKind.METRICS:
            started = [prometheus.parse_metrics((words.text.encode(),)).started for words in (before, after)]
        else:
            started = [
                datetime.fromisoformat(msgspec.json.decode(words.text.partition("\n")[0])["ts"])
                for words in (before, after)
            ]
        assert started[1] - started[0] == later.at - held.at


# --- what is asked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIXTURES)
def test_a_run_asks_for_little_in_few_rounds(name):
    snapshot = Snapshot(at=world(name).at, target=world(name).target)
    asked = request_planner(BOOK, 3)
    rounds = []
    while wanted := asked(snapshot):
        rounds.append(wanted)
        snapshot = snapshot.with_answers(answer(world(name), request) for request in wanted)
    everything = [request for one in rounds for request in one]
    assert len(rounds) <= 5
    assert len(everything) == len(set(everything)) <= 40
    logs = [place for place, one in enumerate(rounds) if any(q.action is GET_NODE_LOG for q in one)]
    assert logs in ([], [len(rounds) - 1])
    if name.startswith("healthy"):
        assert not [request for request in everything if request.action in SPOKEN]


def test_each_subnet_is_heard_and_the_fullest_nodes_first():
    snapshot = capture(world("meridian-pay"))
    cluster = Cluster(snapshot)
    subnets = {node.name: node.pod_subnet.id for node in cluster.nodes_in_question}
    for action in (GET_POD_METRICS, GET_NODE_LOG):
        heard = Counter(subnets[request.values["node"]] for request in asked_for(snapshot, action))
        assert set(heard) == set(subnets.values())
        assert max(heard.values()) - min(heard.values()) <= 1
    waiting = Counter({node.name: place for place, node in enumerate(cluster.nodes_in_question)})
    chosen = aws_node_metrics.sample(cluster.nodes_in_question, waiting)
    assert chosen == aws_node_metrics.sample(reversed(cluster.nodes_in_question.elements), waiting)
    assert waiting.most_common(1)[0][0] in {node.name for node in chosen}


def test_what_is_confirmed_needs_no_log():
    snapshot = capture(world("meridian-pay-agent"))
    assert asked_for(snapshot, GET_POD_METRICS)
    assert not asked_for(snapshot, GET_NODE_LOG)


def test_an_audit_reads_no_logs():
    snapshot = capture(world("meridian-pay"), purpose="audit")
    assert not asked_for(snapshot, GET_NODE_LOG)


def without_logs(name="meridian-pay"):
    world_, snapshot = world(name), Snapshot(at=world(name).at, target=world(name).target)
    while wanted := next_requests(snapshot):
        snapshot = snapshot.with_answers(answer(world_, request) for request in wanted)
    return snapshot


def test_logs_are_asked_for_once_and_not_after_an_interruption():
    snapshot = without_logs()
    wanted = log_requests(snapshot, BOOK, 3)
    assert wanted
    assert wanted == log_requests(snapshot, BOOK, 3)
    refusal = Refusal("forbidden", "no", "get nodes/proxy")
    assert log_requests(snapshot.with_answers([Answer(wanted[0], refusal=refusal)]), BOOK, 3) == []
    stopped = snapshot.with_answers([Answer(sources.NODES, refusal=Refusal("interrupted", "stopped"))])
    assert log_requests(stopped, BOOK, 3) == []
    assert log_requests(snapshot, BOOK, 0) == []


def with_environment(snapshot, **changes):
    """The snapshot with other settings of the daemon; None takes a variable away."""
    (daemon_set, *others) = snapshot.records[LIST_DAEMON_SETS.kind.file]
    changed = msgspec.json.decode(msgspec.json.encode(daemon_set))
    container = changed["spec"]["template"]["spec"]["containers"][0]
    kept = [variable for variable in container["env"] if variable["name"] not in changes]
    container["env"] = kept + [{"name": n, "value": v} for n, v in changes.items() if v is not None]
    return replace(snapshot, records=snapshot.records | {LIST_DAEMON_SETS.kind.file: (changed, *others)})


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (None, "aws-routed-eni/ipamd.log"),
        ("/host/var/log/aws-routed-eni/ipamd.log", "aws-routed-eni/ipamd.log"),
        ("/host/var/log/aws-routed-eni/other-1.log", "aws-routed-eni/other-1.log"),
        ("/var/log/aws-routed-eni/ipamd.log", ""),  # within the container: the node has no such file
        ("/host/var/log/aws-routed-eni/../shadow", ""),
        ("/host/var/log/aws-routed-eni/..", ""),
        ("/host/var/log/messages", ""),
        ("stdout", ""),
        ("", ""),
    ],
)
def test_where_the_log_is(written, path):
    voices = Voices(Cluster(with_environment(without_logs(), AWS_VPC_K8S_CNI_LOG_FILE=written)))
    assert voices.log_path == path


def test_a_daemon_that_logs_to_its_output_is_heard_there():
    snapshot = with_environment(without_logs(), AWS_VPC_K8S_CNI_LOG_FILE="StdOut")
    wanted = log_requests(snapshot, BOOK, 3)
    assert {request.action for request in wanted} == {GET_POD_LOG}
    assert {request.values["sinceSeconds"] for request in wanted} == {"3600"}
    assert {request.values["container"] for request in wanted} == {"aws-node"}


def test_metrics_that_are_off_are_not_asked_for():
    snapshot = without_logs()
    outcomes = {request: one for request, one in snapshot.outcomes.items() if request.action not in SPOKEN}
    bare = replace(snapshot, outcomes=outcomes)
    assert len(next_requests(bare)) == aws_node_metrics.ENOUGH
    assert next_requests(with_environment(bare, DISABLE_METRICS="true")) == []


def test_the_output_of_a_daemon_that_is_not_ready_may_say_why():
    snapshot = without_logs()
    pods = [msgspec.json.decode(msgspec.json.encode(pod)) for pod in snapshot.of(LIST_PODS.kind)]
    for pod in pods:
        if pod["metadata"].get("labels", {}).get("k8s-app") == "aws-node":
            pod["status"]["containerStatuses"] = [{"name": "aws-node", "ready": False, "restartCount": 4}]
    wanted = log_requests(
        replace(snapshot, records=snapshot.records | {LIST_PODS.kind.file: tuple(pods)}), BOOK, 3
    )
    assert {request.action for request in wanted} == {GET_POD_LOG, GET_NODE_LOG}


def test_without_events_the_plugin_is_heard_too():
    snapshot = without_logs()
    refusal = Refusal("forbidden", "no", "list events")
    blind = replace(
        snapshot.with_answers([Answer(sources.warnings(), refusal=refusal)]),
        records=snapshot.records | {LIST_EVENTS.kind.file: ()},
    )
    paths = {str(request.values.get("path", "")) for request in log_requests(blind, BOOK, 3)}
    assert paths == {"aws-routed-eni/ipamd.log", "aws-routed-eni/plugin.log"}


def test_a_name_that_no_api_server_gives_is_not_asked_for():
    voices = Voices(Cluster(without_logs()))
    for name in ("", "..", "a/b", "A", "a b", "x" * 300):
        assert voices.logs(name) == ()
        assert voices.metrics(name) is None
