"""A command line run in this process, with a cache of its own and no cluster."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from eksdoctor.cli import main
from eksdoctor.engine.rulebook.load import load
from eksdoctor.resources import rules_folder
from tests.shared import rulebook

FIXTURES = Path(__file__).parents[2] / "fixtures"


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))


@pytest.fixture(autouse=True)
def _one_rulebook(monkeypatch):
    """The shipped rules are compiled once in a process; rules of a test's own are compiled each time."""

    def loaded(folder, *more):
        return rulebook() if folder == rules_folder() and not more else load(folder, *more)

    monkeypatch.setattr("eksdoctor.engine.rulebook.load", loaded)


@pytest.fixture
def run(capsys):
    def ended(*arguments):
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ended(0 if end.value.code is None else end.value.code, captured.out, captured.err)

    return ended


@pytest.fixture
def meridian():
    return FIXTURES / "meridian-pay.eksdoctor.tar.gz"


@pytest.fixture
def healthy():
    return FIXTURES / "healthy-stock.eksdoctor.tar.gz"
