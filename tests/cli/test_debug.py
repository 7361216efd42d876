"""`--debug` works before and after the command name, and is not confused with a value."""

import pytest

from eksdoctor.cli import main


class BrokenError(Exception):
    pass


@pytest.fixture(autouse=True)
def _broken(monkeypatch):
    def fail(*_, **__):
        raise BrokenError("broken")

    monkeypatch.setattr("eksdoctor.cli.run_report.take_snapshot", fail)


@pytest.mark.parametrize("arguments", [("--debug", "triage"), ("triage", "--debug")])
def test_the_error_is_raised(arguments):
    with pytest.raises(BrokenError):
        main(list(arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ("triage",),
        ("triage", "--context", "--debug"),
        ("triage", "--context=--debug"),
        ("triage", "--", "--debug"),
    ],
)
def test_a_value_is_not_the_option(run, arguments):
    ended = run(*arguments)
    assert ended.code in (1, 2)
    assert ended.err.startswith("error: ")


def test_the_option_of_one_run_does_not_reach_the_next(run):
    with pytest.raises(BrokenError):
        main(["--debug", "triage"])
    ended = run("triage")
    assert ended.code == 1
    assert "internal error: BrokenError: broken" in ended.err
