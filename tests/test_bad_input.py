"""Bad input, as a user meets it: the exit code, and words on standard error that help."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from eksdoctor.cli import main
from eksdoctor.snapshot import archive
from tests import process
from tests.lab import Fault, Lab
from tests.process import EKSDOCTOR, ROOT

FIXTURE = ROOT / "fixtures" / "min-ip-freeze.eksdoctor.tar.gz"
KUBERNETES, AWS = ("list *", "get *"), ("*:*",)


def every(names, fault):
    return dict.fromkeys(names, fault)


@dataclass(frozen=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


def command_line(lab, arguments, kubeconfig):
    found = (*arguments, "--deadline", "10m", "--kubeconfig", kubeconfig or lab.kubeconfig)
    return [str(one) for one in (*found, "--aws-endpoint", lab.aws_endpoint)]


@pytest.fixture
def ended(tmp_path, monkeypatch, capsys):
    """Run eksdoctor in this process against a lab, with the lab's environment."""

    def run(lab, *arguments, kubeconfig=None, **environment):
        own = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        for name, value in (lab.environment | own | environment).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            main(command_line(lab, arguments, kubeconfig))
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return Ended(end.value.code or 0, said.out, said.err)

    return run


@pytest.fixture
def ended_process(tmp_path):
    """The same as a real process."""

    def run(lab, *arguments, kubeconfig=None, **environment):
        own = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        done = process.ended(
            *EKSDOCTOR, *command_line(lab, arguments, kubeconfig),
            env=process.environment(lab.environment, own, environment),
        )  # fmt: skip
        assert "Traceback" not in done.stderr + done.stdout
        return done

    return run


@pytest.fixture(scope="module")
def recorded():
    return archive.read(FIXTURE)


def changed(lab, change):
    """The lab's kubeconfig with something else in it."""
    document = yaml.safe_load(lab.kubeconfig.read_text())
    change(document)
    path = lab.folder / "changed"
    path.write_text(yaml.safe_dump(document))
    return path


def plugin(script):
    def change(document):
        document["users"][0]["user"] = {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1beta1",
                "command": "sh",
                "args": ["-c", script],
            }
        }

    return change


def server(address):
    def change(document):
        document["clusters"][0]["cluster"]["server"] = address

    return change


def nameless(document):
    for section in ("contexts", "clusters", "users"):
        document[section][0]["name"] = "it"
    document["contexts"][0]["context"] = {"cluster": "it", "user": "it"}
    document["current-context"] = "it"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (plugin("echo boom >&2; exit 3"), ["exit code 3: boom", "aws sts get-caller-identity"]),
        (plugin("echo 'Error loading SSO Token: Token for corp does not exist' >&2; exit 255"),
         ["SSO Token", "aws sso login"]),
        (server("https://127.0.0.1:1"), ["no connection to 127.0.0.1:1", "VPN"]),
    ],
    ids=["plugin", "single sign-on", "unreachable"],
)  # fmt: skip
@pytest.mark.parametrize("command", [("triage",), ("audit", "-o", "json")], ids=["triage", "audit"])
def test_a_cluster_that_cannot_be_asked_is_an_error_even_if_the_account_answers(
    ended, recorded, command, change, words
):
    with Lab(recorded) as lab:
        done = ended(lab, *command, kubeconfig=changed(lab, change))
    assert done.returncode == 5
    assert "error: the cluster did not answer" in done.stderr
    assert all(word in done.stderr for word in words)
    assert "No problem found." not in done.stdout


def test_kubernetes_does_not_know_the_user(ended_process, recorded):
    with Lab(recorded, faults=every(KUBERNETES, Fault.unauthenticated())) as lab:
        done = ended_process(lab, "triage")
    assert done.returncode == 5
    assert "error: the cluster did not answer: Unauthorized" in done.stderr
    assert "kubectl auth whoami" in done.stderr


def test_expired_aws_credentials_are_a_warning_and_leave_what_the_cluster_says(ended, recorded):
    with Lab(recorded, faults=every(AWS, Fault.unauthenticated())) as lab:
        done = ended(lab, "triage", "-o", "json")
        quiet = ended(lab, "triage", "-q", "-o", "json", "--no-keep")
    assert done.returncode == 0
    assert "warning: AWS did not answer: ExpiredToken" in done.stderr
    assert "aws sts get-caller-identity" in done.stderr
    assert json.loads(done.stdout)["verdicts"]
    assert quiet.stderr == ""


def test_nobody_answers_and_the_last_good_snapshot_stays_the_last(ended, recorded, tmp_path):
    with Lab(recorded) as lab:
        assert ended(lab, "triage").returncode == 0
        done = ended(
            lab, "triage", kubeconfig=changed(lab, lambda document: (nameless(document), server("https://127.0.0.1:1")(document))),
            AWS_REGION="", AWS_DEFAULT_REGION="",
        )  # fmt: skip
    assert done.returncode == 5
    assert "No data: every API call failed" in done.stdout
    assert "snapshot:" not in done.stderr
    assert len(list((tmp_path / "cache/eksdoctor/snapshots").iterdir())) == 1


def test_no_region(ended_process, recorded):
    with Lab(recorded) as lab:
        done = ended_process(
            lab, "triage", kubeconfig=changed(lab, nameless), AWS_REGION="", AWS_DEFAULT_REGION=""
        )
    assert done.returncode == 0
    assert "warning: AWS did not answer: no AWS region is known" in done.stderr
    assert "--region REGION" in done.stderr


@pytest.mark.parametrize(
    "user",
    [{"auth-provider": {"name": "gcp"}}, {"token": "ends\nhere"}, {"exec": "x"}, {"tokenFile": "/none"}],
    ids=lambda user: next(iter(user)),
)  # fmt: skip
def test_a_user_that_makes_no_sense_is_the_user_s_to_mend(ended, recorded, user):
    with Lab(recorded) as lab:
        done = ended(
            lab, "triage", "--no-keep",
            kubeconfig=changed(lab, lambda document: document["users"][0].update(user=user)),
        )  # fmt: skip
    assert done.returncode == 5
    assert done.stderr.startswith("error: the cluster did not answer")
    assert "own fault" not in done.stderr + done.stdout


@pytest.mark.parametrize("arguments", [("a/b/c",), ("x", "-n", "../.."), ("/x",), ("-n", "Shop")])
def test_names_that_no_pod_or_namespace_has(ended, recorded, arguments):
    with Lab(recorded) as lab:
        done = ended(lab, "triage", *arguments)
        assert not lab.requests
    assert (done.returncode, done.stdout) == (2, "")
    assert "is no" in done.stderr


def test_a_full_disk_behind_standard_output():
    with Path("/dev/full").open("w") as full:
        done = process.ended(*EKSDOCTOR, "triage", "--from", FIXTURE, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write to standard output: No space left")
    assert len(done.stderr.splitlines()) == 2
