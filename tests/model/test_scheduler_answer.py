"""The scheduler's answers as kube-scheduler writes them, from release to release."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.model.entities.pod import BRANCH_RESOURCE
from eksdoctor.model.pods.scheduler_message import SchedulerAnswer

PREEMPTION = (
    " preemption: 0/6 nodes are available: 3 No preemption victims found for incoming pod, "
    "3 Preemption is not helpful for scheduling."
)
BRANCH = f"Insufficient {BRANCH_RESOURCE}"


DYNAMIC = "no new claims to deallocate, preemption: 0/1 nodes are available: 1"


@pytest.mark.parametrize(
    ("nodes", "reasons", "short", "nothing_else", "left_out"),
    [
        (2, f"2 {BRANCH}.", 2, 2, (0, 0)),
        (2, f"2 {BRANCH}.{PREEMPTION}", 2, 2, (0, 0)),
        (6, f"3 {BRANCH}, 3 node(s) had untolerated taint {{a: b}}.{PREEMPTION}", 3, 3, (3, 0)),
        (6, f"1 node(s) had taint {{a: b}}, that the pod didn't tolerate, 5 {BRANCH}.", 5, 5, (1, 0)),
        (3, f"1 node(s) had untolerated taint(s), 2 {BRANCH}.", 2, 2, (1, 0)),
        (3, f"1 node(s) were unschedulable, 2 {BRANCH}.", 2, 2, (0, 1)),
        # Two shortages on one node are two reasons: on which of the six the CPU is short is not told.
        (6, f"2 Insufficient cpu, 6 {BRANCH}.", 6, 4, (0, 0)),
        (6, f"6 Insufficient cpu, 6 {BRANCH}.", 6, 0, (0, 0)),
        (6, "6 Insufficient cpu.", 0, 0, (0, 0)),
        (1, f"1 {BRANCH}. {DYNAMIC} {BRANCH}.", 1, 1, (0, 0)),
        (1, f"1 {BRANCH}-of-somebody-else.", 0, 0, (0, 0)),
    ],
)
def test_counts(nodes, reasons, short, nothing_else, left_out):
    answer = SchedulerAnswer.parse(f"0/{nodes} nodes are available: {reasons}")
    assert answer is not None
    assert answer.nodes == nodes
    assert answer.short_of(BRANCH_RESOURCE) == short
    assert answer.short_of_nothing_else(BRANCH_RESOURCE) == nothing_else
    assert (answer.tainted, answer.cordoned) == left_out


@pytest.mark.parametrize(
    "message",
    [
        "",
        'Failed to schedule pod, incompatible with nodepool "x", resources {"vpc.amazonaws.com/pod-eni":"1"}',
        "pod has unbound immediate PersistentVolumeClaims: 0/2 nodes are available: x",
    ],
)  # fmt: skip
def test_what_is_no_answer(message):
    assert SchedulerAnswer.parse(message) is None


@given(st.text(alphabet="0123456789/ nodes are available:,.Insufficient{}\n\x00", max_size=300))
def test_no_text_harms(text):
    answer = SchedulerAnswer.parse(f"0/3 nodes are available:{text}")
    assert answer is None or answer.short_of_nothing_else(BRANCH_RESOURCE) >= 0
