"""The committed fixtures are what the simulator makes, every time, and hold nothing they should not."""

import sys
from pathlib import Path

import pytest

from eksdoctor.snapshot import archive, manifest
from eksdoctor.snapshot.records.aws import DESCRIBE_CLUSTER, DESCRIBE_NETWORK_INTERFACES, DESCRIBE_SUBNETS
from eksdoctor.snapshot.records.kubernetes import (
    LIST_ENI_CONFIGS,
    LIST_EVENTS,
    LIST_NODES,
    LIST_PODS,
    TABULATE_PODS,
)
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Focus
from tests import process
from tests.simulator.capture import answer, capture
from tests.simulator.catalogue import FIXTURES, FOLDER, again, path, stale
from tests.simulator.scenarios.cluster import cluster
from tests.simulator.selectors import selects

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", FIXTURES)
def test_the_committed_fixture_is_what_the_simulator_makes(name):
    assert stale(name) == [], "write the fixtures anew with `python -m tests.simulator`"


def test_every_committed_fixture_has_a_story_and_a_line_in_the_readme():
    assert {file.name for file in FOLDER.glob("*.tar.gz")} == {path(name).name for name in FIXTURES}
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in readme for name in FIXTURES)


@pytest.mark.parametrize("name", FIXTURES)
def test_a_fixture_is_small_and_reads_back_as_captured(name):
    assert path(name).stat().st_size < 1_500_000
    stored, fresh = archive.read(path(name)), again(name)
    assert manifest.disassemble(stored) == manifest.disassemble(fresh)
    assert not stored.refusals


@pytest.mark.parametrize("name", FIXTURES)
def test_no_workload_environment_reaches_a_fixture(name):
    files = manifest.disassemble(archive.read(path(name)))
    assert not any(b"DATABASE_PASSWORD" in content or b"not-for-any" in content for content in files.values())


def test_another_process_simulates_the_same_bytes(tmp_path):
    code = (
        "import sys; from pathlib import Path; from eksdoctor.snapshot import archive;"
        "from tests.simulator.capture import capture; from tests.simulator.scenarios.ceiling import ceiling;"
        "archive.write(capture(ceiling()), Path(sys.argv[1]))"
    )
    written = []
    for seed in ("1", "2"):  # of Python's own hashing, which must not matter
        file = tmp_path / seed
        process.ended(
            sys.executable, "-c", code, file, check=True, env=process.environment(PYTHONHASHSEED=seed)
        )
        written.append(file.read_bytes())
    assert written[0] == written[1]


def test_a_cluster_by_numbers_has_these_numbers():
    world = cluster(nodes=30, pods=300, starved=11)
    phases = [pod["status"]["phase"] for pod in world.documents[LIST_PODS.kind.file]]
    assert len(world.documents[LIST_NODES.kind.file]) == 30 + 3
    assert phases.count("Pending") == 11
    assert phases.count("Running") == 300 + 2 * 33


def test_answers_follow_selectors_and_filters():
    world = cluster(nodes=6, pods=40, starved=4)

    def found(action, **arguments):
        return answer(world, Request.of(action, **arguments)).documents

    assert len(found(LIST_PODS, fieldSelector="status.phase=Pending")) == 4
    assert len(found(LIST_PODS, namespace="kube-system", labelSelector="k8s-app=aws-node")) == 9
    node = world.documents[LIST_NODES.kind.file][0]["metadata"]["name"]
    pods = found(LIST_PODS, fieldSelector=f"spec.nodeName={node}")
    assert {pod.spec.node_name for pod in pods} == {node}
    events = found(LIST_EVENTS, fieldSelector="type=Warning,reason!=Unhealthy")
    assert {event.reason for event in events} == {"FailedCreatePodSandBox"}
    subnet = world.documents[DESCRIBE_SUBNETS.kind.file][1]["SubnetId"]
    interfaces = found(DESCRIBE_NETWORK_INTERFACES, filter__subnet_id=(subnet,))
    assert {interface.subnet_id for interface in interfaces} == {subnet}
    tagged = found(DESCRIBE_NETWORK_INTERFACES, **{"filter:description": ("aws-K8S-*",)})
    assert tagged
    assert all(interface.description.startswith("aws-K8S-i-") for interface in tagged)
    assert {row.cells[0] for row in found(TABULATE_PODS)} == {"Running", "ContainerCreating"}


def test_what_is_not_there_is_absent_and_not_refused():
    missing = answer(cluster(), Request.of(DESCRIBE_CLUSTER, name="another"))
    assert missing.absent
    assert missing.refusal is None
    empty = answer(cluster(), Request.of(LIST_ENI_CONFIGS))
    assert not empty.absent
    assert empty.documents == ()


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("", True),
        ("app=web", True),
        ("app==web,tier!=back", True),
        ("app!=web", False),
        ("app in (api, web)", True),
        ("app notin (api,web),tier", False),
        ("tier", True),
        ("!tier", False),
        ("!other,app", True),
    ],
)
def test_label_selectors(labels, expected):
    assert selects({"metadata": {"labels": {"app": "web", "tier": "front"}}}, "", labels) is expected


def test_a_focus_narrows_what_is_captured():
    world = FIXTURES["meridian-pay"]()
    narrow = capture(world, Focus(namespace="messaging"))
    starved = {pod.metadata.namespace for pod in narrow.of(LIST_PODS.kind) if pod.status.phase == "Pending"}
    assert "messaging" in starved
    assert len(narrow.outcomes) < len(capture(world).outcomes)
