"""Of how many nodes logs are read: the option, and what reaches the collectors."""

import pytest
import typer

from eksdoctor.cli.parameters.node_logs import MOST, number_of_nodes
from tests.cli.fakes import Cluster, connected


@pytest.mark.parametrize(
    ("text", "number"), [("3", 3), ("0", 0), ("off", 0), (" OFF ", 0), (str(MOST), MOST)]
)
def test_a_number_or_off(text, number):
    assert number_of_nodes(text) == number


@pytest.mark.parametrize("text", ["", "-1", "3.5", "many", "21", "9" * 30, "\u0663"])
def test_what_is_no_number_of_nodes(text):
    with pytest.raises(typer.BadParameter):
        number_of_nodes(text)


@pytest.mark.parametrize(
    ("command", "nodes"),
    [
        (["triage", "--no-keep"], 3),
        (["triage", "--no-keep", "--node-logs", "1"], 1),
        (["triage", "--no-keep", "--node-logs", "off"], 0),
        (["audit", "--no-keep"], 0),
        (["capture", "new.eksdoctor.tar.gz", "--node-logs", "2"], 2),
        (["capture", "new.eksdoctor.tar.gz", "--for", "audit", "--node-logs", "2"], 0),
    ],
)
def test_what_is_asked(run, monkeypatch, tmp_path, command, nodes):
    seen = []

    def request_planner(_rulebook, number):
        seen.append(number)
        return lambda _snapshot: []

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("eksdoctor.triage.log_reading_plan.request_planner", request_planner)
    connected(monkeypatch, Cluster())
    run(*command)
    assert seen == [nodes]
