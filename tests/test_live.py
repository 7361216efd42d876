"""Live against the lab, over real sockets: the same as a replay, and what each of four people sees."""

import json
from collections import Counter
from dataclasses import replace
from functools import cache

import msgspec
import pytest

from eksdoctor.collect.dispatch import connect
from eksdoctor.collect.rounds import Observer, collect
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.engine.evaluation.finding import plain
from eksdoctor.render.json_page import json_page
from eksdoctor.snapshot import archive, manifest
from eksdoctor.snapshot.actions import KINDS
from eksdoctor.snapshot.records.aws import DESCRIBE_CLUSTER
from eksdoctor.snapshot.records.node_text import NODE_TEXTS
from eksdoctor.snapshot.request import Answer
from eksdoctor.snapshot.snapshot import Snapshot
from eksdoctor.triage.build_report import build_report
from eksdoctor.triage.log_reading_plan import request_planner
from eksdoctor.triage.report import State
from tests import process
from tests.lab import Fault, Lab
from tests.lab.programs import executable
from tests.process import EKSDOCTOR, PATIENCE, ROOT
from tests.shared import rulebook
from tests.simulator.capture import NOT_RECORDED, capture, recorded_alone
from tests.simulator.catalogue import FIXTURES as SCENARIOS
from tests.simulator.documents import admission

FIXTURES = sorted(path.name.partition(".")[0] for path in (ROOT / "fixtures").glob("*.eksdoctor.tar.gz"))
BOOK = rulebook()
SERVED_AS_ANOTHER = {DESCRIBE_CLUSTER.kind}  # its endpoint is the lab's own
BUNDLE = admission.BUNDLE.encode()
RUN_DATA = ("tool", "context", "snapshot", "requests")
# The built-in `view` role: no nodes, no cluster-scoped or custom resources, no proxies.
BEYOND_VIEW = {
    "list-nodes", "list-eniconfigs", "list-securitygrouppolicies", "list-cninodes", "list-nodepools",
    "list-ec2nodeclasses", "list-mutatingwebhookconfigurations", "get-pod-metrics", "get-node-log",
}  # fmt: skip
ALL_AWS = {"sts:*", "eks:*", "ec2:*", "iam:*", "servicequotas:*"}


@cache
def fixture(name):
    return archive.read(ROOT / "fixtures" / f"{name}.eksdoctor.tar.gz")


@cache
def audited(name):
    """A story's cluster with all that an audit asks of it, which the fixtures, taken by triage, lack."""
    return capture(SCENARIOS[name](), purpose="audit")


class Rounds(Observer):
    def __init__(self):
        self.count = 0

    def round_started(self, number, requests):
        self.count = number


class Recorded:
    """A connection that answers the requests of a snapshot alone."""

    def __init__(self, connection, outcomes):
        self.connection, self.outcomes = connection, outcomes

    def answer(self, request, deadline):
        if request not in self.outcomes:
            return Answer(request, refusal=NOT_RECORDED)
        return self.connection.answer(request, deadline)


def as_recorded(lab, recorded, **more):
    """What a run sees that makes the requests of a snapshot alone: today's program may make others."""
    return recorded_alone(live(lab, recorded, only=recorded.outcomes, **more))


def live(lab, recorded, *, deadline=PATIENCE, observe=None, purpose="triage", only=None):
    options = ConnectionOptions(kubeconfig=str(lab.kubeconfig), aws_endpoint=lab.aws_endpoint)
    target = connect(options).target
    blank = Snapshot(at=recorded.at, target=target, focus=recorded.focus, purpose=purpose)
    questions = request_planner(BOOK, 3 if purpose == "triage" else 0)
    connection = connect(options) if only is None else Recorded(connect(options), only)
    return collect(blank, questions, connection, deadline, observe or Rounds())


def comparable(report):
    page = json.loads(json_page(report))
    for key in RUN_DATA:
        page["run"].pop(key, None)
    return page


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIALAB")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "lab")


@pytest.mark.parametrize("name", FIXTURES)
def test_live_says_what_a_replay_says(name, tmp_path):
    recorded = fixture(name)
    with Lab(recorded) as lab:
        seen = as_recorded(lab, recorded)
    replayed = archive.read(archive.write(seen, tmp_path / "x.eksdoctor.tar.gz"))
    assert comparable(build_report(seen, BOOK)) == comparable(build_report(replayed, BOOK))
    mine, theirs = build_report(seen, BOOK), build_report(recorded, BOOK)
    assert mine.summary == theirs.summary
    assert [(v.state, v.cause, v.confidence, v.pods) for v in mine.verdicts] == [
        (v.state, v.cause, v.confidence, v.pods) for v in theirs.verdicts
    ]
    assert [(f.rule, f.severity, f.subjects, f.title, f.evidence) for f in mine.findings] == [
        (f.rule, f.severity, f.subjects, f.title, f.evidence) for f in theirs.findings
    ]
    assert mine.could_not_tell == theirs.could_not_tell


@pytest.mark.parametrize("name", FIXTURES)
def test_a_live_audit_sees_what_a_recorded_one_holds(name):
    recorded = audited(name)
    rounds = Rounds()
    with Lab(recorded) as lab:
        seen = as_recorded(lab, recorded, purpose="audit", observe=rounds)
    assert rounds.count <= 5
    assert not seen.refusals
    absent = {request for request, outcome in recorded.outcomes.items() if outcome.absent}
    assert {request for request, outcome in seen.outcomes.items() if outcome.absent} == absent
    for kind in KINDS:
        if kind in SERVED_AS_ANOTHER:
            continue
        mine, theirs = (sorted(map(msgspec.json.encode, each.of(kind))) for each in (seen, recorded))
        assert mine == theirs, kind.file
    mine, theirs = build_report(seen, BOOK), build_report(recorded, BOOK)
    assert [(f.rule, f.subjects, f.title) for f in mine.findings] == [
        (f.rule, f.subjects, f.title) for f in theirs.findings
    ]
    assert mine.could_not_tell == theirs.could_not_tell


def test_user_data_and_bundles_do_not_reach_a_snapshot():
    for name in ("ceiling", "healthy-custom-networking-karpenter"):
        files = manifest.disassemble(audited(name))
        assert not [file for file, content in files.items() if b"not-for-any" in content or BUNDLE in content]


@pytest.mark.parametrize(
    ("name", "confidence"), [("meridian-pay", "confirmed"), ("meridian-pay-agent", "confirmed")]
)
def test_meridian_pay_is_explained(name, confidence):
    report = build_report(fixture(name), BOOK)
    pods = Counter(pod.name for verdict in report.verdicts for pod in verdict.pods)
    assert len(pods) == 41
    assert set(pods.values()) == {1}
    assert {(v.state, v.cause, v.confidence) for v in report.verdicts} == {
        ("explained", "subnet-exhausted", confidence)
    }


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("fragmented", "subnet-fragmented"),
        ("ceiling", "max-pods-above-capacity"),
        ("min-ip-freeze", "minimum-ip-freeze"),
    ],
)
def test_each_incident_has_its_cause(name, cause):
    """Confirmed where the daemon's log was read, which is on three nodes of each cause."""
    report = build_report(fixture(name), BOOK)
    assert {(v.state, v.cause) for v in report.verdicts} == {("explained", cause)}
    assert report.verdicts[0].confidence == "confirmed"
    assert {v.confidence for v in report.verdicts} <= {"confirmed", "likely"}
    assert report.findings[0].severity == "critical"


@pytest.mark.parametrize("name", [name for name in FIXTURES if name.startswith("healthy")])
@pytest.mark.parametrize("purpose", ["triage", "audit"])
def test_healthy_clusters_are_no_incident(name, purpose):
    recorded = fixture(name) if purpose == "triage" else audited(name)
    with Lab(recorded) as lab:
        report = build_report(as_recorded(lab, recorded, purpose=purpose), BOOK)
    assert not [finding.rule for finding in report.findings if finding.severity == "critical"]
    assert not report.verdicts
    assert not report.refusals


def seen_with(deny):
    recorded = fixture("meridian-pay")
    with Lab(recorded, deny=deny) as lab:
        return build_report(live(lab, recorded), BOOK)


def test_view_without_aws_cannot_tell_and_names_three_things():
    report = seen_with(BEYOND_VIEW | ALL_AWS)
    assert {verdict.state for verdict in report.verdicts} == {State.CANNOT_TELL}
    assert len(report.asks) == 3
    assert report.asks[0].startswith("Kubernetes: list nodes")
    assert report.asks[1].startswith("Kubernetes, resources of the CNI and Karpenter: list ")
    assert report.asks[2].startswith("AWS: ")
    assert len(report.could_not_tell) <= 2 * len(BOOK)
    assert sum(len(verdict.pods) for verdict in report.verdicts) == 41


def test_cluster_admin_without_aws_cannot_tell_and_asks_for_aws():
    report = seen_with(ALL_AWS | {"get-node-log"})
    assert {verdict.state for verdict in report.verdicts} == {State.CANNOT_TELL}
    assert [ask.partition(":")[0] for ask in report.asks] == ["AWS"]


def test_cluster_admin_without_aws_is_told_by_the_daemons_themselves():
    """Of the nodes that were heard, no more: which subnets the others are in, AWS alone tells."""
    report = seen_with(ALL_AWS)
    explained = [verdict for verdict in report.verdicts if verdict.state != State.CANNOT_TELL]
    assert {(v.state, v.cause, v.confidence) for v in explained} == {
        (State.EXPLAINED, "subnet-exhausted", "likely")
    }
    assert 1 <= sum(len(verdict.pods) for verdict in explained) < 41
    assert [ask.partition(":")[0] for ask in report.asks] == ["AWS"]


def test_view_with_aws_cannot_place_the_pods_and_asks_for_nodes():
    report = seen_with(BEYOND_VIEW)
    assert {verdict.state for verdict in report.verdicts} == {State.CANNOT_TELL}
    assert "list nodes" in plain(report.verdicts[0].next)


def test_everything_tells():
    report = seen_with(frozenset())
    assert {verdict.cause for verdict in report.verdicts} == {"subnet-exhausted"}
    assert report.could_not_tell == ()


def test_few_rounds_and_few_requests():
    recorded = fixture("meridian-pay")
    rounds = Rounds()
    with Lab(recorded) as lab:
        live(lab, recorded, observe=rounds)
        asked = [(served.source, served.action, str(served.arguments)) for served in lab.requests]
        most = lab.most_in_flight
    assert rounds.count <= 5
    assert len(asked) <= 40
    assert len(asked) == len(set(asked))
    assert most <= 16


def test_a_server_that_never_answers_delays_nothing():
    recorded = fixture("meridian-pay")
    with Lab(recorded, faults={"list-nodes": Fault.hang()}) as lab:
        report = build_report(live(lab, recorded, deadline=2.0), BOOK)
    known = {verdict.cause for verdict in report.verdicts if verdict.state != State.CANNOT_TELL}
    assert known <= {"subnet-exhausted"}  # where a daemon's own words were still read
    assert any("within the deadline" in warning for warning in report.run.warnings)


def test_another_cluster_in_the_account_tells_nothing_of_this_one():
    recorded = fixture("meridian-pay")
    cluster = dict(recorded.records["aws/eks-describe-cluster"][0])
    foreign = {
        **cluster,
        "endpoint": "https://OTHER.eks.example",
        "certificateAuthority": {"data": "b3RoZXI="},
    }
    unheard = {NODE_TEXTS.file: ()}  # the daemons know their own subnets
    records = {**recorded.records, **unheard, "aws/eks-describe-cluster": (foreign,)}
    other = replace(recorded, records=records)
    report = build_report(other, BOOK)
    assert {verdict.state for verdict in report.verdicts} == {State.CANNOT_TELL}
    assert "kubeconfig and AWS show different clusters" in report.run.warnings[0]
    assert not [finding for finding in report.findings if finding.stage == "50-attach"]


@pytest.mark.parametrize("name", ["meridian-pay", "min-ip-freeze", "ceiling"])
def test_the_confirming_commands_run_and_show_what_the_report_says(name):
    """The printed argv, run without a shell by the real aws and kubectl against the lab."""
    recorded = fixture(name)
    with Lab(recorded) as lab:
        report = build_report(live(lab, recorded), BOOK)
        checked = 0

        @cache
        def run(program, *arguments):
            """Findings share commands; each command is run once."""
            return process.ended(executable(program), *arguments, env=process.environment(lab.environment))

        for finding in report.findings:
            for confirmation in finding.confirm:
                assert confirmation.command is not None
                ran = run(*confirmation.command.argv)
                assert ran.returncode == 0, (confirmation.command.line, ran.stderr)
                if confirmation.result:
                    assert ran.stdout.split() == confirmation.result.split()
                    checked += 1
    assert checked


def test_the_report_comes_at_the_deadline_and_the_process_ends():
    """As a process: a hung request must not keep it from ending."""
    recorded = fixture("healthy-stock")
    with Lab(recorded, faults={"list-pods": Fault.hang()}) as lab:
        ran = process.ended(
            *EKSDOCTOR, "triage", "--no-keep", "--deadline", "20s", "-o", "json",
            "--kubeconfig", lab.kubeconfig, "--aws-endpoint", lab.aws_endpoint,
            env=process.environment(lab.environment),
        )  # fmt: skip
    page = json.loads(ran.stdout)
    assert page["run"]["warnings"]
    assert ran.returncode == 0
