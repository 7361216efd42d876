"""The lab as the real `kubectl` and `aws` see it."""

import json
import signal
import subprocess
import sys

import pytest

from eksdoctor.snapshot import archive
from tests import process
from tests.lab import Lab
from tests.lab.example import CLUSTER, node, snapshot
from tests.lab.programs import executable


def run(lab, name, *arguments):
    environment = process.environment(lab.environment, HOME=str(lab.folder))
    return process.ended(executable(name), *arguments, env=environment)


def said(lab, name, *arguments):
    """What the program printed; it must have gone well."""
    done = run(lab, name, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def lab():
    with Lab(snapshot()) as running:
        yield running


def test_kubectl_lists_nodes(lab):
    lines = said(lab, "kubectl", "get", "nodes", "-o", "wide").splitlines()
    assert lines[0].split() == ["NAME", "STATUS", "ROLES", "AGE", "VERSION", "INTERNAL-IP", "OS-IMAGE"]
    assert lines[3].split()[:5] == [
        node(3)["metadata"]["name"],
        "NotReady",
        "<none>",
        "5h",
        "v1.33.5-eks-3025e55",
    ]
    assert len(lines) == 8


def test_kubectl_lists_pods(lab):
    lines = said(lab, "kubectl", "get", "pods", "-A", "-o", "wide", "--chunk-size=3").splitlines()
    assert lines[0].split()[:8] == ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE"]
    first = node(1)["metadata"]["name"]
    assert lines[1].split()[:8] == [
        "payments",
        "api-0",
        "0/1",
        "ContainerCreating",
        "0",
        "20m",
        "<none>",
        first,
    ]
    assert len(lines) == 5
    here = said(lab, "kubectl", "get", "pods", "-o", "name").split()
    assert here == ["pod/api-0", "pod/api-1", "pod/worker-0"], "the context's own namespace"


def test_kubectl_selects_and_prints_in_many_ways(lab):
    pending = ("get", "pods", "-A", "--field-selector", "status.phase=Pending")
    columns = said(lab, "kubectl", *pending, "-o", "custom-columns=N:.metadata.name,ON:.spec.nodeName")
    assert columns.split() == ["N", "ON", "api-0", node(1)["metadata"]["name"], "api-1", "<none>"]
    found = json.loads(said(lab, "kubectl", "get", "nodes", "-l", "zone in (a)", "-o", "json"))
    assert [(one["kind"], one["apiVersion"]) for one in found["items"]] == [("Node", "v1")] * 4
    path = "{.spec.template.spec.containers[0].image}"
    image = said(lab, "kubectl", "get", "ds", "aws-node", "-n", "kube-system", "-o", f"jsonpath={path}")
    assert image == "amazon-k8s-cni:v1.19.2"
    assert "kind: ConfigMap" in said(
        lab, "kubectl", "get", "cm", "amazon-vpc-cni", "-n", "kube-system", "-o", "yaml"
    )


def test_kubectl_lists_events_and_custom_resources(lab):
    lines = said(lab, "kubectl", "get", "events", "-A", "--field-selector", "type=Warning").splitlines()
    assert lines[1].split()[:5] == ["payments", "2m", "Warning", "FailedCreatePodSandBox", "pod/api-0"]
    for resource, name in (
        ("eniconfigs", "eniconfig.crd.k8s.amazonaws.com/eu-west-1a"),
        ("securitygrouppolicies", "securitygrouppolicy.vpcresources.k8s.aws/database"),
        ("cninodes", f"cninode.vpcresources.k8s.aws/{node(1)['metadata']['name']}"),
    ):
        assert said(lab, "kubectl", "get", resource, "-A", "-o", "name").strip() == name


def test_kubectl_repeats_the_words_of_refusals():
    with Lab(snapshot(), deny={"list nodes"}) as lab:
        denied = run(lab, "kubectl", "get", "nodes")
        assert denied.returncode == 1
        assert denied.stderr == (
            "Error from server (Forbidden): nodes is forbidden: "
            'User "lab" cannot list resource "nodes" in API group "" at the cluster scope\n'
        )
        absent = run(lab, "kubectl", "get", "configmap", "nope")
        assert absent.stderr == 'Error from server (NotFound): configmaps "nope" not found\n'


def test_aws_answers(lab):
    assert json.loads(said(lab, "aws", "sts", "get-caller-identity"))["Account"] == "111122223333"
    query = ("--query", "cluster.endpoint", "--output", "text")
    endpoint = said(lab, "aws", "eks", "describe-cluster", "--name", CLUSTER, *query)
    assert endpoint.strip() == lab.kubernetes_endpoint
    free = ("--query", "Subnets[].AvailableIpAddressCount", "--output", "text")
    assert (
        said(lab, "aws", "ec2", "describe-subnets", "--subnet-ids", "subnet-a", "subnet-b", *free)
        == "0\t113\n"
    )
    filters = ("--filters", "Name=subnet-id,Values=subnet-a", "--page-size", "5")
    count = ("--query", "length(NetworkInterfaces)")
    assert said(lab, "aws", "ec2", "describe-network-interfaces", *filters, *count) == "12\n"


def test_aws_repeats_the_words_of_errors(lab):
    failed = run(lab, "aws", "ec2", "describe-instance-types", "--instance-types", "m5.large", "x9.mega")
    assert failed.returncode != 0
    assert "(InvalidInstanceType)" in failed.stderr
    assert "do not exist: [x9.mega]" in failed.stderr


def test_the_lab_runs_by_itself(tmp_path):
    path = archive.write(snapshot(), tmp_path / "incident.eksdoctor.tar.gz")
    command = [sys.executable, "-m", "tests.lab", path, "--latency", "1", "--deny", "list events"]
    with process.started(*command, stdout=subprocess.PIPE) as running:
        try:
            lines = []
            while not lines or "Ctrl-C" not in lines[-1]:
                line = running.stdout.readline()
                assert line, f"the lab ended early: {lines}"
                lines.append(line)
            script = next(line.split()[1] for line in lines if line.strip().startswith(". "))
            kubectl = executable("kubectl")
            shell = f". {script} && {kubectl} get nodes -o name && {kubectl} get events"
            done = process.ended("sh", "-c", shell)
        finally:
            running.send_signal(signal.SIGINT)
            rest = running.stdout.read()
    assert len(done.stdout.split()) == 7
    assert "events is forbidden" in done.stderr
    assert running.returncode == 0
    assert "served" in rest


def test_an_unknown_fixture_is_said():
    done = process.ended(sys.executable, "-m", "tests.lab", "no-such-incident")
    assert done.returncode == 2
    assert "no-such-incident" in done.stderr
