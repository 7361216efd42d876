"""Every pod in trouble gets exactly one verdict, whatever rules fire around it."""

from collections import Counter
from pathlib import Path

import pytest

from eksdoctor.engine.cases import cases
from eksdoctor.engine.cases.patch import NO_ADDRESS, Patch, patched
from eksdoctor.engine.evaluation.finding import plain
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.triage.build_report import build_report
from tests.shared import rulebook

ROOT = Path(__file__).parent.parent
BOOK = rulebook()
FILES = {path.stem: cases.read(path) for path in sorted((ROOT / "tests/rules").glob("*.yaml"))}
CASES = [
    pytest.param(rule, case, id=f"{rule}: {kind}: {case.name}")
    for rule, file in FILES.items()
    for kind, case in file
]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_one_verdict_a_pod(rule, case):
    snapshot = patched(case)
    report = build_report(snapshot, BOOK)
    said = Counter(pod.name for verdict in report.verdicts for pod in verdict.pods)
    assert set(said.values()) <= {1}, [(v.state, v.cause) for v in report.verdicts]
    assert sorted(said) == sorted(pod.name for pod in Cluster(snapshot).pods_in_trouble)


@pytest.mark.parametrize(
    ("rule", "case"),
    [
        pytest.param(rule, case, id=f"{rule}: {case.name}")
        for rule, file in FILES.items()
        for case in file.fires
        if case.pods
    ],
)
def test_a_rule_that_explains_pods_is_their_verdict_or_yields(rule, case):
    report = build_report(patched(case), BOOK)
    causes = {verdict.cause for verdict in report.verdicts}
    assert rule in causes or causes & set(BOOK.get(rule).text.yields_to)


def recovered(**changes):
    sandbox = {
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web-1"},
        "reason": "FailedCreatePodSandBox",
        "message": NO_ADDRESS,
        "count": 3,
        "lastTimestamp": "2026-01-02T01:40:00Z",
        "source": {"host": "node-a"},
    }
    return Patch(patch={"kubernetes/events": {"shop/web-1.sandbox": sandbox}}, **changes)


def test_a_pod_that_recovered_is_told_and_is_no_incident_any_more():
    report = build_report(patched(recovered()), BOOK)
    ((pod,),) = [verdict.pods for verdict in report.verdicts]
    assert (pod.name, pod.trouble) == ("shop/web-1", "recovered")
    assert plain(report.summary).startswith("1 pod had no IP in the last hour and has recovered")
    assert not [finding for finding in report.findings if finding.severity == "critical"]


def test_a_dry_subnet_is_a_risk_once_its_pods_have_recovered():
    patch = recovered()
    patch.patch["aws/ec2-describe-subnets"] = {"subnet-a": {"AvailableIpAddressCount": 0}}
    patch.patch["aws/ec2-describe-network-interfaces"] = {
        "eni-a2": None,
        "eni-a1": {
            "PrivateIpAddresses": [
                {"PrivateIpAddress": "10.0.0.10", "Primary": True},
                {"PrivateIpAddress": "10.0.0.11"},
            ]
        },
    }
    report = build_report(patched(patch), BOOK)
    assert {finding.severity for finding in report.findings if finding.rule == "subnet-exhausted"} == {
        "warning"
    }


def test_without_events_nobody_is_said_not_to_wait():
    bound = {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-01-02T01:54:00Z"}
    silent = {"spec": {"nodeName": "node-a"}, "status": {"phase": "Pending", "conditions": [bound]}}
    patch = Patch(patch={"kubernetes/pods": {"shop/cart-1": silent}}, refuse=["list-events"])
    (pod,) = Cluster(patched(patch)).pods_in_trouble
    assert isinstance(pod.waits_for_address, Unknown)
    (verdict,) = build_report(patched(patch), BOOK).verdicts
    assert verdict.state == "cannot-tell"
    assert "list events" in plain(verdict.next)
