"""Help says what there is, with examples."""

import pytest

COMMANDS = ["triage", "audit", "capture", "explain", "maxpods", "version", "rules"]


def test_help_names_every_command_and_exit_code(run):
    ended = run("--help")
    assert ended.code == 0
    assert all(f"\n  {command} " in ended.out for command in COMMANDS)
    assert all(f"\n    {code}  " in ended.out for code in (0, 1, 2, 3, 4, 5, 130))
    assert "..." not in ended.out.partition("Commands:")[2]


@pytest.mark.parametrize(
    "command", [*((one,) for one in COMMANDS), *(("rules", one) for one in ("list", "test", "docs"))]
)
def test_every_command_has_an_example(run, command):
    ended = run(*command, "--help")
    assert ended.code == 0
    assert f"\n    eksdoctor {' '.join(command)}" in ended.out


def test_the_endpoint_for_tests_is_hidden(run):
    assert "aws-endpoint" not in run("triage", "--help").out


def test_defaults_are_said_in_people_s_units(run):
    shown = run("triage", "--help").out
    assert "20s" in shown
    assert "1h" in shown
    assert "60s" in run("audit", "--help").out


def test_the_version(run):
    assert run("--version").out == run("version").out
    assert run("version").out.startswith("eksdoctor ")


def test_an_unknown_command_is_a_wrong_call(run):
    assert run("traige").code == 2
