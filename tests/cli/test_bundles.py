"""`--from` with bundles of nodes' logs, beside a snapshot or alone."""

import json
import os

import pytest

from eksdoctor.snapshot import recent_snapshots
from eksdoctor.snapshot.archive import read
from eksdoctor.snapshot.records.cloudtrail import LOOKUP_EVENTS
from tests.cli.fakes import Cluster, connected
from tests.snapshot.packing import DIAGNOSTIC, SCRIPT, pack, script_files


@pytest.fixture
def bundle(tmp_path):
    return pack(tmp_path / SCRIPT, script_files())


@pytest.fixture
def other(tmp_path):
    return pack(tmp_path / DIAGNOSTIC, {"ipamd/metrics.json": "x 1\n"})


@pytest.mark.parametrize("command", ["triage", "audit"])
@pytest.mark.parametrize("form", ["terminal", "markdown", "html", "json"])
def test_alone_nothing_is_called_healthy(run, bundle, command, form):
    ended = run(command, "--from", bundle, "-o", form)
    assert ended.code in {0, 3, 4}
    assert "only nodes" in ended.out
    assert "node logs only: no data from the cluster itself" in ended.out.replace("&#39;", "'")
    assert "No pod waits" not in ended.out
    assert "ealthy" not in ended.out
    assert "--cluster-name" not in ended.out


def test_alone_nothing_is_clear(run, bundle):
    page = json.loads(run("triage", "--from", bundle, "-o", "json", "--why").out)
    assert [one for one in page["passed"] if one["outcome"] == "clear"] == []
    assert page["could_not_tell"]
    assert page["run"]["at"].startswith("2025-02-03T04:05:06")
    assert page["run"]["snapshot"] == str(bundle)


def test_alone_an_audit_could_not_tell(run, bundle):
    assert run("audit", "--from", bundle).code == 4


def test_beside_a_snapshot_that_is_judged_as_before(run, meridian, bundle, other):
    alone = json.loads(run("triage", "--from", meridian, "-o", "json").out)
    beside = json.loads(
        run("triage", "--from", bundle, "--from", meridian, "--from", other, "-o", "json").out
    )
    assert beside["run"]["at"] == alone["run"]["at"]
    assert beside["run"]["snapshot"] == str(meridian)
    assert beside["verdicts"] == alone["verdicts"]


def test_the_report_says_how_to_see_it_again(run, meridian, bundle):
    said = run("triage", "--from", bundle, "--from", meridian).out
    assert f"--from {meridian} --from {bundle}" in " ".join(said.split())


def test_beside_the_last(run, monkeypatch, bundle):
    connected(monkeypatch, Cluster(refusal="forbidden"))
    run("triage")
    assert run("triage", "--from", "last", "--from", bundle).code == 0
    assert len(list(recent_snapshots.folder().iterdir())) == 1


def test_two_snapshots(run, meridian, healthy, bundle):
    ended = run("triage", "--from", meridian, "--from", bundle, "--from", healthy)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"error: --from is given two snapshots: {meridian} and {healthy}")
    assert len(ended.err.splitlines()) == 2


def test_the_same_twice_is_once(run, meridian):
    assert run("triage", "--from", meridian, "--from", meridian).code == 0


def test_an_unpacked_bundle_is_no_bundle(run, tmp_path):
    (tmp_path / "var_log").mkdir()
    ended = run("triage", "--from", tmp_path)
    assert ended.code == 2
    assert "var_log/aws-routed-eni" in ended.err


def test_one_that_is_cut_off(run, meridian, bundle):
    whole = bundle.read_bytes()
    bundle.write_bytes(whole[: len(whole) * 4 // 5])
    ended = run("triage", "--from", meridian, "--from", bundle)
    assert (ended.code, ended.out) == (2, "")
    assert "is a bundle of node logs, but it is truncated" in ended.err


def test_one_that_may_not_be_read(run, bundle):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    bundle.chmod(0)
    assert run("triage", "--from", bundle).code == 2


def test_cloudtrail_asks_nothing_of_a_snapshot(run, meridian):
    ended = run("triage", "--from", meridian, "--cloudtrail")
    assert ended.code == 2
    assert "--cloudtrail" in ended.err


@pytest.mark.parametrize("command", [("triage",), ("audit",), ("capture", "x.eksdoctor.tar.gz", "--force")])
@pytest.mark.parametrize("wished", [True, False])
def test_cloudtrail_is_asked_when_wished(run, monkeypatch, tmp_path, command, wished):
    monkeypatch.chdir(tmp_path)
    cluster = Cluster()
    connected(monkeypatch, cluster)
    run(*command, *(["--cloudtrail"] if wished else []))
    asked = [request for request in cluster.asked if request.action.kind is LOOKUP_EVENTS.kind]
    assert bool(asked) is wished
    if command[0] == "capture":
        assert not read(tmp_path / command[1]).extras
