"""`--from`: a snapshot in, pages out."""

import json
import stat

import pytest

from eksdoctor.snapshot import archive


def test_the_terminal_page_is_the_default(run, meridian):
    ended = run("triage", "--from", meridian)
    assert ended.code == 0
    assert ended.out.startswith("meridian-pay-prod · account 111122223333 · eu-west-1 · ")
    assert "subnet-exhausted" in ended.out
    assert "\x1b" not in ended.out
    assert ended.err == ""


def test_the_same_snapshot_gives_the_same_bytes(run, meridian):
    for form in ("terminal", "markdown", "html", "json"):
        assert (
            run("triage", "--from", meridian, "-o", form).out
            == run("triage", "--from", meridian, "-o", form).out
        )


def test_machine_output_stands_alone_on_standard_output(run, meridian):
    ended = run("triage", "--from", meridian, "-o", "json")
    page = json.loads(ended.out)
    assert page["run"]["cluster"] == "meridian-pay-prod"
    assert page["passed"] == []


def test_why_shows_what_was_clear(run, meridian):
    assert json.loads(run("triage", "--from", meridian, "-o", "json", "--why").out)["passed"]
    assert "Passed checks" in run("triage", "--from", meridian, "--why").out
    assert "Passed checks" not in run("triage", "--from", meridian).out


def test_several_pages_at_once(run, meridian, tmp_path):
    page, notes = tmp_path / "report.html", tmp_path / "report.md"
    ended = run("triage", "--from", meridian, "-o", f"html={page}", "-o", f"markdown={notes}", "-o", "json")
    assert json.loads(ended.out)
    assert page.read_text().startswith("<!doctype html>")
    assert notes.read_text().startswith("# meridian-pay-prod")
    assert stat.S_IMODE(page.stat().st_mode) == 0o644
    assert f"wrote {page}" in ended.err
    assert "wrote" not in run("triage", "--from", meridian, "-o", f"html={page}", "-q").err


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_pages_may_go_to_standard_output(run, meridian, form):
    assert run("triage", "--from", meridian, "-o", form).out.startswith(("<!doctype html>", "# meridian"))


def test_a_replay_keeps_no_second_snapshot(run, meridian, tmp_path):
    run("triage", "--from", meridian)
    assert not (tmp_path / "cache" / "eksdoctor").exists()


def test_audit_reads_the_same_snapshots(run, meridian):
    ended = run("audit", "--from", meridian, "-o", "json")
    assert ended.code == 3
    assert json.loads(ended.out)["run"]["purpose"] == "audit"


def test_a_pod_may_be_named_with_its_namespace(run, meridian):
    page = json.loads(
        run("triage", "payments/payments-api-bc74f9d68b-6jnf6", "--from", meridian, "-o", "json").out
    )
    assert (page["run"]["namespace"], page["run"]["pod"]) == ("payments", "payments-api-bc74f9d68b-6jnf6")


def test_since_changes_the_window(run, meridian):
    assert (
        json.loads(run("triage", "--from", meridian, "--since", "5m", "-o", "json").out)["run"][
            "window_seconds"
        ]
        == 300
    )
    kept = archive.read(meridian).window.total_seconds()
    assert json.loads(run("triage", "--from", meridian, "-o", "json").out)["run"]["window_seconds"] == kept


@pytest.mark.parametrize("option", [("--context", "x"), ("--profile", "x"), ("--aws-endpoint", "http://x")])
def test_a_snapshot_and_a_cluster_at_once_are_a_wrong_call(run, meridian, option):
    ended = run("triage", "--from", meridian, *option)
    assert ended.code == 2
    assert "error: --from reads a snapshot" in ended.err


def test_a_pod_with_two_namespaces_is_a_wrong_call(run, meridian):
    assert run("triage", "a/b", "-n", "c", "--from", meridian).code == 2


def test_no_snapshot_kept_yet(run):
    ended = run("triage", "--from", "last")
    assert ended.code == 2
    assert "no snapshot in" in ended.err


@pytest.mark.parametrize("content", [b"", b"not a snapshot", b"\x1f\x8b broken"])
def test_a_file_that_is_no_snapshot(run, tmp_path, content):
    file = tmp_path / "x.eksdoctor.tar.gz"
    file.write_bytes(content)
    ended = run("triage", "--from", file)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith("error: ")


@pytest.mark.parametrize(("color", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_color_by_choice(run, meridian, color, coloured):
    assert ("\x1b[" in run("triage", "--from", meridian, "--color", color).out) is coloured


class Screen:
    """Standard output as a terminal sees it."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_automatic_color_follows_the_terminal(monkeypatch, variables, coloured):
    from eksdoctor.cli import outputs  # noqa: PLC0415

    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(outputs.sys, "stdout", Screen())
    output = outputs.Output("terminal", None)
    assert (outputs.color_mode(output, outputs.Color.AUTO) == "color") is coloured
    monkeypatch.setenv("COLUMNS", "300")
    assert outputs.width() == 120
