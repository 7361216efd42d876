"""`-o`: what cannot be written is known before anything is collected."""

import pytest


@pytest.fixture(autouse=True)
def _nobody_is_asked(monkeypatch):
    def asked(*_):
        raise AssertionError("the cluster was asked")

    monkeypatch.setattr("eksdoctor.cli.run_report.take_snapshot", asked)
    monkeypatch.setattr("eksdoctor.cli.take_snapshot.collect_snapshot", asked)


def test_a_folder_that_does_not_exist(run, tmp_path):
    ended = run("triage", "-o", f"html={tmp_path / 'missing' / 'report.html'}")
    assert ended.code == 2
    assert "cannot write into" in ended.err


def test_a_file_in_place_of_the_folder(run, tmp_path):
    (tmp_path / "file").write_text("x")
    assert run("triage", "-o", f"html={tmp_path / 'file' / 'report.html'}").code == 2


@pytest.mark.parametrize("target", [".", "/dev/null"])
def test_what_is_not_a_regular_file_is_not_replaced(run, target):
    ended = run("triage", "-o", f"json={target}")
    assert ended.code == 2
    assert "not a regular file" in ended.err


@pytest.mark.parametrize("given", ["xml", "json=", "=x", ""])
def test_what_is_no_output(run, given):
    assert run("triage", "-o", given).code == 2


def test_two_pages_in_one_place(run, tmp_path):
    assert run("triage", "-o", "json", "-o", "html").code == 2
    same = tmp_path / "a"
    assert run("triage", "-o", f"json={same}", "-o", f"html={tmp_path}/./a").code == 2


def test_a_rules_folder_that_is_wrong(run, tmp_path):
    assert run("triage", "--rules", tmp_path / "none").code == 2
    (tmp_path / "10-x.yaml").write_text("id: x\nseverty: critical\n")
    ended = run("triage", "--rules", tmp_path)
    assert ended.code == 2
    assert "10-x.yaml" in ended.err


def test_capture_into_a_folder_that_does_not_exist(run, tmp_path):
    assert run("capture", tmp_path / "missing" / "x.eksdoctor.tar.gz").code == 2


def test_capture_replaces_nothing_unasked(run, tmp_path):
    there = tmp_path / "x.eksdoctor.tar.gz"
    there.write_text("precious")
    ended = run("capture", there)
    assert ended.code == 2
    assert "--force" in ended.err
    assert there.read_text() == "precious"
    assert run("capture", f"{tmp_path}/").code == 2
