"""Live runs: against clusters that answer as a test wants."""

import json
import signal
import stat
import subprocess
import sys

import pytest

from eksdoctor.errors import UnreachableError
from eksdoctor.snapshot import archive, recent_snapshots
from tests import process
from tests.cli.fakes import Cluster, connected
from tests.process import PATIENCE


def test_a_live_run_is_kept_and_reads_back_the_same(run, monkeypatch):
    connected(monkeypatch, Cluster(refusal="forbidden"))
    live = run("triage", "-o", "json")
    assert live.code == 0
    kept = recent_snapshots.latest()
    assert f"snapshot: {kept}" in live.err
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert run("triage", "--from", "last", "-o", "json").out == live.out


def test_nothing_is_kept_unasked(run, monkeypatch):
    connected(monkeypatch, Cluster(refusal="forbidden"))
    ended = run("triage", "--no-keep")
    assert ended.code == 0
    assert recent_snapshots.latest() is None
    assert "--from" not in ended.out


def test_a_cache_that_cannot_be_written_is_a_warning(run, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    connected(monkeypatch, Cluster(refusal="forbidden"))
    ended = run("triage")
    assert ended.code == 0
    assert "warning: cannot keep the snapshot" in ended.err
    assert ended.out


def test_quiet_says_nothing_beside_the_page(run, monkeypatch):
    connected(monkeypatch, Cluster(refusal="forbidden"))
    assert run("triage", "-q").err == ""


def test_options_reach_the_collectors(run, monkeypatch):
    seen = connected(monkeypatch, Cluster(refusal="forbidden"))
    run("triage", "--kubeconfig", "k", "--context", "c", "--profile", "p", "--region", "r", "--role-arn", "a",
        "--cluster-name", "n", "--aws-endpoint", "e", "--no-keep")  # fmt: skip
    options = seen[0]
    assert (options.kubeconfig, options.context, options.profile, options.region) == ("k", "c", "p", "r")
    assert (options.role_arn, options.cluster, options.aws_endpoint) == ("a", "n", "e")


def test_a_pod_without_namespace_is_in_the_context_s(run, monkeypatch):
    connected(monkeypatch, Cluster(refusal="forbidden"), namespace="shop")
    page = json.loads(run("triage", "web", "--no-keep", "-o", "json").out)
    assert (page["run"]["namespace"], page["run"]["pod"]) == ("shop", "web")
    page = json.loads(run("triage", "web", "-n", "other", "--no-keep", "-o", "json").out)
    assert page["run"]["namespace"] == "other"


@pytest.mark.parametrize("refusal", ["unreachable", "timeout", "unauthenticated"])
def test_when_nobody_answers_the_report_says_so_and_the_code_is_5(run, monkeypatch, refusal):
    connected(monkeypatch, Cluster(refusal=refusal))
    ended = run("triage", "--no-keep")
    assert ended.code == 5
    assert "Can't tell" in ended.out or "No data" in ended.out


def test_no_kubeconfig(run):
    ended = run("triage")
    assert ended.code == 5
    assert ended.err.startswith("error: ")
    assert len(ended.err.splitlines()) >= 2


def test_errors_cannot_colour_or_fake_the_terminal(run, monkeypatch):
    def fail(_options):
        raise UnreachableError("\x1b[2Jgone\u202e", "\x1b]0;x\x07try")

    monkeypatch.setattr("eksdoctor.collect.dispatch.connect", fail)
    assert run("triage").err == "error: gone\ntry\n"


def test_a_fault_of_its_own_is_short_unless_debugged(run, monkeypatch):
    def fail(_options):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("eksdoctor.collect.dispatch.connect", fail)
    ended = run("triage")
    assert ended.code == 1
    assert "ZeroDivisionError: oops" in ended.err
    assert "Traceback" not in ended.err
    from eksdoctor.cli import main  # noqa: PLC0415

    with pytest.raises(ZeroDivisionError):
        main(["--debug", "triage"])


def test_audit_in_the_dark_is_undecided(run, monkeypatch):
    connected(monkeypatch, Cluster(refusal="forbidden"))
    assert run("audit", "--no-keep").code == 4
    assert run("audit", "--no-keep", "--fail-on", "never").code == 0
    assert run("triage", "--no-keep", "--fail-on", "critical").code == 4


def test_capture_writes_a_snapshot_that_triage_reads(run, monkeypatch, tmp_path):
    connected(monkeypatch, Cluster(refusal="forbidden"))
    file = tmp_path / "x.eksdoctor.tar.gz"
    ended = run("capture", file)
    assert ended.code == 0
    assert f"wrote {file}" in ended.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert archive.read(file).purpose == "triage"
    assert run("triage", "--from", file).code == 0
    assert run("capture", file).code == 2
    assert run("capture", file, "--force", "--for", "audit", "-q").err == ""
    assert archive.read(file).purpose == "audit"


def test_capture_into_a_folder(run, monkeypatch, tmp_path):
    connected(monkeypatch, Cluster(refusal="forbidden"))
    assert run("capture", f"{tmp_path}/bundle/").code == 0
    assert (tmp_path / "bundle" / "manifest.json").is_file()
    assert run("triage", "--from", tmp_path / "bundle").code == 0


def test_capture_of_nothing_replaces_nothing(run, monkeypatch, tmp_path):
    connected(monkeypatch, Cluster(refusal="unreachable"))
    file = tmp_path / "x.eksdoctor.tar.gz"
    file.write_text("precious")
    assert run("capture", file, "--force").code == 5
    assert file.read_text() == "precious"


INTERRUPTED = """
import os, threading
import pytest
from eksdoctor.cli import main
from tests import process
from tests.cli.fakes import Cluster, connected
from tests.process import PATIENCE

class Stuck(Cluster):
    def answer(self, request, deadline):
        os.write(2, b"asked\\n")  # in one piece: many threads write it
        threading.Event().wait()

connected(pytest.MonkeyPatch(), Stuck())
main(["triage", "-o", "json", "--deadline", "10m"])
"""


def test_ctrl_c_leaves_a_report_marked_partial():
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with process.started(sys.executable, "-c", INTERRUPTED, **pipes) as running:
        assert running.stderr.readline() == "asked\n"
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    page = json.loads(out)
    assert page["run"]["partial"] is True
    assert {refusal["reason"] for refusal in page["refusals"]} == {"interrupted"}
