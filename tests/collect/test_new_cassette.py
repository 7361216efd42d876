"""The skeleton of a cassette has the request that the recorded one has."""

import pytest
import yaml

from eksdoctor.collect.registry import AWS, KUBERNETES
from eksdoctor.snapshot.actions import ACTIONS
from tests.collect.new_cassette import main, skeleton
from tests.collect.recordings import file_of, recordings

PLAIN = sorted(set(ACTIONS) - set(AWS) - set(KUBERNETES))
SENT = ("method", "uri", "body", "headers")


@pytest.mark.parametrize("name", PLAIN)
def test_its_request_is_what_the_collector_sends(name):
    action = ACTIONS[name]
    made = yaml.safe_load(skeleton(action, recordings()[name].request.values))
    recorded = yaml.safe_load(file_of(action).read_text())
    mine, theirs = (found["interactions"][0]["request"] for found in (made, recorded))
    if "Selector=" in theirs["uri"]:  # the skeleton leaves selectors to its author
        theirs = theirs | {"uri": theirs["uri"].partition("?")[0] + "?limit=500"}
    assert {key: mine[key] for key in SENT} == {key: theirs[key] for key in SENT}
    assert made["arguments"] == recorded["arguments"]
    assert made["values"] or name == "iam:GetRole"  # whose policy document botocore decodes


def test_a_cassette_is_never_overwritten():
    with pytest.raises(SystemExit, match="exists"):
        main("ec2:DescribeSubnets")
