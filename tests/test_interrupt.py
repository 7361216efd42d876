"""Ctrl-C: a real signal to a real process that waits for an API server that hangs."""

import json
import signal
import subprocess
import threading

import pytest

from eksdoctor.collect.rounds import IN_FLIGHT
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.records.kubernetes import LIST_PODS
from tests import process
from tests.lab import Fault, Lab
from tests.process import EKSDOCTOR, PATIENCE, ROOT


@pytest.fixture
def lab():
    recorded = archive.read(ROOT / "fixtures" / "min-ip-freeze.eksdoctor.tar.gz")
    with Lab(recorded, faults={"list-pods": Fault.hang()}) as running:
        yield running


@pytest.fixture
def interrupted(lab, tmp_path):
    """Start eksdoctor, wait until a request hangs and the others are answered, then interrupt it."""

    def run(*arguments):
        with process.started(
            *EKSDOCTOR, *arguments, "--deadline", "10m",
            "--kubeconfig", lab.kubeconfig, "--aws-endpoint", lab.aws_endpoint,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=process.environment(lab.environment, XDG_CACHE_HOME=str(tmp_path / "cache")),
        ) as running:  # fmt: skip
            pause = threading.Event()
            # One more than are in flight at once: so at least one of them has been answered.
            while len(lab.requests) <= IN_FLIGHT:
                assert running.poll() is None
                pause.wait(0.02)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=PATIENCE)
        assert running.returncode == 130
        assert "Traceback" not in err
        return out, err

    return run


def test_a_report_marked_partial_is_left_in_every_format(interrupted, tmp_path):
    files = {form: tmp_path / form for form in ("html", "markdown", "json")}
    out, err = interrupted("triage", "-o", "terminal", *(f"-o{form}={file}" for form, file in files.items()))
    assert "PARTIAL REPORT" in out
    assert "PARTIAL REPORT" in files["html"].read_text()
    assert "PARTIAL REPORT" in files["markdown"].read_text()
    page = json.loads(files["json"].read_text())
    assert page["run"]["partial"] is True
    assert "recovered" not in page["summary"], "what was not seen has not recovered"
    assert "interrupted" in err


def test_a_capture_replaces_no_good_snapshot_by_its_part(interrupted, tmp_path):
    good = tmp_path / "x.eksdoctor.tar.gz"
    good.write_bytes((ROOT / "fixtures" / "min-ip-freeze.eksdoctor.tar.gz").read_bytes())
    before = good.read_bytes()
    interrupted("capture", good, "--force")
    assert good.read_bytes() == before
    part = archive.read(tmp_path / "partial-x.eksdoctor.tar.gz")
    assert part.interrupted
    assert LIST_PODS.kind.file not in part.records or not part.records[LIST_PODS.kind.file]
