"""Whatever a fixture recorded, its lab answers: asking the same questions gives back the same records."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from eksdoctor.collect.dispatch import connect
from eksdoctor.collect.rounds import Observer, collect
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.snapshot import archive
from eksdoctor.snapshot.records.aws import DESCRIBE_CLUSTER
from eksdoctor.snapshot.snapshot import Snapshot
from tests.lab import Lab
from tests.process import PATIENCE

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures").glob("*.eksdoctor.tar.gz"))
OWN = {"endpoint", "certificateAuthority"}  # the lab's own, in DescribeCluster


def asked_again(recorded, lab, monkeypatch):
    """What a run sees that asks the lab every question of a snapshot."""
    for name, value in lab.environment.items():
        if name != "AWS_ENDPOINT_URL":  # the tool's clients alone are told of the endpoint
            monkeypatch.setenv(name, value)
    options = ConnectionOptions(kubeconfig=str(lab.kubeconfig), aws_endpoint=lab.aws_endpoint)
    target = connect(options).target
    empty = Snapshot(at=recorded.at, target=target)
    return collect(empty, lambda _: list(recorded.outcomes), connect(options), PATIENCE, Observer())


def plain(value):
    """A document with every time in one notation."""
    match value:
        case dict():
            return {name: plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case str() if value[:2] == "20" and value[10:11] == "T":
            return datetime.fromisoformat(value).astimezone(UTC).isoformat()
        case _:
            return value


def foreign(file, records):
    """The records, less what is the lab's own."""
    found = plain(records)
    if file != DESCRIBE_CLUSTER.kind.file:
        return found
    return [{name: value for name, value in one.items() if name not in OWN} for one in found]


def test_there_are_fixtures():
    assert FIXTURES


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name.partition(".")[0])
def test_the_lab_answers_as_recorded(path, monkeypatch):
    recorded = archive.read(path)
    with Lab(recorded) as lab:
        live = asked_again(recorded, lab, monkeypatch)
        assert (live.target.cluster, live.target.region) == (recorded.target.cluster, recorded.target.region)
    for request, outcome in recorded.outcomes.items():
        again = live.outcomes[request]
        assert (again.refusal, again.absent, again.dropped, again.count) == (
            outcome.refusal,
            outcome.absent,
            outcome.dropped,
            outcome.count,
        ), request
    assert live.records[DESCRIBE_CLUSTER.kind.file][0]["endpoint"] == lab.kubernetes_endpoint
    for file, records in recorded.records.items():
        assert foreign(file, live.records.get(file, ())) == foreign(file, records), file
