"""One namespace, one pod: what may be read, what was asked about, and what is said of it."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from eksdoctor.collect.dispatch import connect
from eksdoctor.collect.rounds import Observer, collect
from eksdoctor.collection_plan.next_requests import next_requests
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.engine.evaluation.finding import plain
from eksdoctor.render.first_screen import first_screen
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.request import Refusal
from eksdoctor.snapshot.snapshot import Focus, Outcome, Snapshot
from eksdoctor.triage.build_report import build_report
from eksdoctor.triage.log_reading_plan import request_planner
from tests.lab import Lab
from tests.process import PATIENCE
from tests.shared import rulebook

ROOT = Path(__file__).parent.parent
BOOK = rulebook()
STARVED = Focus("payments", "payments-api-bc74f9d68b-6jnf6")
EVERYWHERE = ("list pods at the cluster scope", "list events at the cluster scope", "list nodes")


@cache
def fixture(name="meridian-pay"):
    return archive.read(ROOT / "fixtures" / f"{name}.eksdoctor.tar.gz")


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIALAB")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "lab")


def live(focus=Focus(), namespace="", deny=()):  # noqa: B008
    recorded = fixture()
    with Lab(recorded, deny=deny) as lab:
        options = ConnectionOptions(kubeconfig=str(lab.kubeconfig), aws_endpoint=lab.aws_endpoint)
        target = replace(connect(options).target, namespace=namespace)
        blank = Snapshot(at=recorded.at, target=target, focus=focus)
        return collect(blank, next_requests, connect(options), PATIENCE, Observer())


def test_who_may_read_one_namespace_sees_its_pods_and_is_told_so():
    report = build_report(live(namespace="payments", deny=EVERYWHERE), BOOK)
    pods = {pod.name for verdict in report.verdicts for pod in verdict.pods}
    assert len(pods) == 36
    assert {name.partition("/")[0] for name in pods} == {"payments"}
    assert "pods and events in payments only" in report.run.warnings[0]
    assert any("list pods" in ask for ask in report.asks)


def test_events_alone_of_one_namespace_are_not_called_its_pods():
    report = build_report(live(namespace="payments", deny={"list events at the cluster scope"}), BOOK)
    assert "permission denied for other namespaces: read events in payments only" in report.run.warnings


def test_a_namespace_that_may_not_be_read_either_is_not_claimed():
    snapshot = live(namespace="payments", deny=("list pods", "list events"))
    report = build_report(snapshot, BOOK)
    assert not [warning for warning in report.run.warnings if "payments" in warning]
    assert "Can't tell whether" in plain(report.summary)
    assert next_requests(snapshot) == []


def test_a_namespace_that_was_named_is_asked_and_no_other():
    snapshot = live(Focus("payments"), namespace="checkout", deny=EVERYWHERE)
    assert build_report(snapshot, BOOK).run.warnings == ()
    assert not [request for request in snapshot.outcomes if request.values.get("namespace") == "checkout"]


def test_a_capture_of_everything_answers_for_one_namespace():
    report = build_report(replace(fixture(), focus=Focus("payments")), BOOK)
    assert {verdict.cause for verdict in report.verdicts} == {"subnet-exhausted"}
    assert sum(len(verdict.pods) for verdict in report.verdicts) == 36


def test_a_capture_of_one_namespace_does_not_answer_for_another():
    narrow = live(Focus("payments"))
    assert "Can't tell whether" in plain(build_report(replace(narrow, focus=Focus("checkout")), BOOK).summary)


def test_a_mistyped_namespace_is_not_called_healthy():
    summary = plain(build_report(live(Focus("paymnts")), BOOK).summary)
    assert summary == "Namespace paymnts has no pods: check its name."
    replayed = plain(build_report(replace(fixture(), focus=Focus("paymnts")), BOOK).summary)
    assert replayed.endswith("so the namespace may not exist.")


def test_a_namespace_whose_pods_all_run():
    assert plain(build_report(live(Focus("kube-system")), BOOK).summary).startswith(
        "No pod is waiting for an IP."
    )


def test_the_pod_that_was_asked_about():
    report = build_report(live(STARVED), BOOK)
    assert [pod.name for verdict in report.verdicts for pod in verdict.pods] == [
        "payments/payments-api-bc74f9d68b-6jnf6"
    ]


def test_a_pod_that_does_not_exist():
    summary = plain(build_report(live(Focus("payments", "nobody")), BOOK).summary)
    assert summary.startswith("Pod payments/nobody does not exist")


def test_a_pod_that_has_its_address():
    running = next(pod for pod in fixture().records["kubernetes/pods"] if pod.status.pod_ip)
    focus = Focus(running.metadata.namespace, running.metadata.name)
    assert plain(build_report(live(focus), BOOK).summary).endswith("is not waiting for an IP: it has one.")


def test_a_pod_that_may_not_be_read_is_not_said_to_be_absent():
    report = build_report(live(Focus("payments", "nobody"), deny=("list pods",)), BOOK)
    assert "Can't tell whether" in plain(report.summary)


@pytest.mark.parametrize("name", ["meridian-pay", "healthy-stock"])
def test_a_replay_says_that_it_was_not_asked_about_a_pod(name):
    summary = plain(build_report(replace(fixture(name), focus=Focus("payments", "nobody")), BOOK).summary)
    assert "so it may not exist" in summary


@pytest.mark.parametrize("reason", ["interrupted", "timeout", "forbidden"])
def test_pods_whose_list_is_missing_have_not_recovered(reason):
    recorded = fixture()
    outcomes = {
        request: Outcome(Refusal(reason, "no")) if request.action.kind.file == "kubernetes/pods" else outcome
        for request, outcome in recorded.outcomes.items()
    }
    records = {**recorded.records, "kubernetes/pods": ()}
    report = build_report(replace(recorded, records=records, outcomes=outcomes), BOOK)
    assert not [pod for verdict in report.verdicts for pod in verdict.pods if pod.trouble == "recovered"]
    assert "recovered" not in plain(report.summary)


def test_what_mends_something_else_does_not_stand_beside_an_unknown_pod():
    """Who asks about one pod, or cannot see pods, is shown no other fault's fix first."""
    recorded = fixture("ceiling")
    assert first_screen(build_report(recorded, BOOK)).fix
    other = first_screen(build_report(replace(recorded, focus=Focus("payments", "nobody")), BOOK))
    assert (other.verify, other.fix, other.avoid) == (None, None, ())


def test_a_pod_of_that_name_elsewhere_is_named():
    summary = plain(build_report(replace(fixture(), focus=Focus("default", STARVED.pod)), BOOK).summary)
    assert summary.endswith("A pod with this name is in namespace payments.")


def test_without_kubernetes_the_report_asks_for_it_and_treats_nothing():
    report = build_report(live(deny=("list *", "get *")), BOOK)
    screen = first_screen(report)
    assert (screen.verify, screen.fix, screen.avoid) == (None, None, ())
    assert "To find out, get list pods" in plain(report.summary)
    assert "pods_in_trouble" not in report.counts


def test_a_subnet_of_which_only_the_nodes_tell_reads_well():
    """Without EC2's list the title says what was heard, and no command names what is no subnet's id."""
    with Lab(fixture(), deny=("ec2:*",)) as lab:
        options = ConnectionOptions(kubeconfig=str(lab.kubeconfig), aws_endpoint=lab.aws_endpoint)
        target = connect(options).target
        blank = Snapshot(at=fixture().at, target=target)
        report = build_report(
            collect(blank, request_planner(BOOK, 3), connect(options), PATIENCE, Observer()), BOOK
        )
    found = [finding for finding in report.findings if finding.rule == "subnet-exhausted"]
    assert len(found) == 3
    for finding in found:
        assert "unknown" not in plain(finding.title)
        assert not any("unknown" in plain(evidence.says) for evidence in finding.evidence)
        commands = [confirm.command.argv for confirm in finding.confirm if confirm.command]
        assert all("the pod subnet of" not in " ".join(argv) for argv in commands)
    pods = [pod.name for verdict in report.verdicts for pod in verdict.pods]
    assert len(pods) == len(set(pods)) == 41
