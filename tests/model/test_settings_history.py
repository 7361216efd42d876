"""When aws-node's settings changed, from the states that its DaemonSet keeps."""

from datetime import UTC, datetime

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown

REVISIONS = "kubernetes/controllerrevisions"
ON, OFF = {"ENABLE_PREFIX_DELEGATION": "true"}, {"ENABLE_PREFIX_DELEGATION": "false"}


def state(revision, day, variables, container="aws-node"):
    env = [{"name": name, "value": value} for name, value in variables.items()]
    return {
        "metadata": {"creationTimestamp": day and f"2025-12-{day:02}T09:00:00Z"},
        "revision": revision,
        "data": {"spec": {"template": {"spec": {"containers": [{"name": container, "env": env}]}}}},
    }


def history(*states, env=ON, refuse=()):
    """Over revisions alone: the healthy cluster's own is taken away."""
    found = {f"kube-system/aws-node-{index}": state for index, state in enumerate(states)}
    patch = Patch({REVISIONS: {"kube-system/aws-node-6c9d7f8b5": None, **found}}, env, refuse=list(refuse))
    return Cluster(patched(patch)).cni.history


def day(number):
    return datetime(2025, 12, number, 9, tzinfo=UTC)


def test_changes_newest_first():
    found = history(
        state(3, 12, ON | {"WARM_IP_TARGET": "2"}),
        state(1, 1, OFF),
        state(2, 10, ON | {"WARM_IP_TARGET": "1"}),
    ).changes
    assert [str(change) for change in found] == [
        'WARM_IP_TARGET from "1" to "2" at 2025-12-12 09:00 UTC (revision 3)',
        'ENABLE_PREFIX_DELEGATION from "false" to "true" at 2025-12-10 09:00 UTC (revision 2)',
        'WARM_IP_TARGET from (unset) to "1" at 2025-12-10 09:00 UTC (revision 2)',
    ]
    assert found.missing is None


def test_prefix_delegation_counts_from_its_last_switch():
    assert history(state(1, 1, OFF), state(2, 10, ON)).prefix_delegation_since == day(10)
    found = history(state(1, 1, ON), state(2, 3, OFF), state(3, 5, ON), state(4, 8, ON | {"A": "1"}))
    assert found.prefix_delegation_since == day(5)


@pytest.mark.parametrize(
    ("states", "env", "reason"),
    [
        ([state(1, 1, OFF), state(2, 2, ON)], OFF, "newest revision differs from the DaemonSet"),
        ([state(1, 1, ON), state(2, 2, OFF)], OFF, "prefix delegation is off"),
        ([state(1, 1, ON), state(2, 2, ON)], ON, "as old as the oldest revision"),
        ([state(2, 5, OFF), state(3, 1, ON)], ON, "rolled back to an earlier revision, which has no date"),
        ([state(1, None, OFF), state(2, 5, ON)], ON, "which has no date"),
        ([], ON, "keeps no revision"),
        ([state(1, 1, OFF, "other"), state(2, 5, ON, "other")], ON, "keeps no revision"),
    ],
)
def test_what_the_revisions_do_not_tell_is_not_known(states, env, reason):
    found = history(*states, env=env).prefix_delegation_since
    assert isinstance(found, Unknown)
    assert reason in str(found)


def test_a_state_taken_up_again_has_no_date():
    (change,) = history(state(2, 5, OFF), state(3, 1, ON)).changes
    assert (change.at, change.revision) == (None, 3)
    assert str(change) == 'ENABLE_PREFIX_DELEGATION from "false" to "true" (revision 3)'


def test_revisions_that_may_not_be_read():
    found = history(refuse=["list-controllerrevisions"])
    for fact in (found.changes, found.prefix_delegation_since):
        assert isinstance(fact, Unknown)
        assert fact.reasons[0].grant == "list controllerrevisions.apps"
