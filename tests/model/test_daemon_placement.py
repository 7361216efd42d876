"""Whether the DaemonSet's template keeps its pod off a node."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.model.aws_node.placement import obstacle
from eksdoctor.snapshot.records.kubernetes import (
    AnnotatedMetadata,
    Node,
    NodeSpec,
    Taint,
    TemplateSpec,
    Toleration,
)

EVERY = (Toleration(operator="Exists"),)
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def node(labels=None, taints=()):
    return Node(AnnotatedMetadata(name="node-a", labels=labels or {}), NodeSpec(taints=tuple(taints)))


def affinity(*terms):
    return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}


def wants(key, operator, *values):
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


SHIPPED = affinity(
    {
        "matchExpressions": [
            {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
            {"key": "eks.amazonaws.com/compute-type", "operator": "NotIn", "values": ["fargate", "auto"]},
        ]
    }
)


@pytest.mark.parametrize(
    ("template", "there", "words"),
    [
        (TemplateSpec(tolerations=EVERY), node(taints=[Taint("team", "ml", "NoSchedule")]), ""),
        (TemplateSpec(), node(taints=[Taint("team", "ml", "NoSchedule")]), "taint team=ml:NoSchedule"),
        (TemplateSpec(), node(taints=[Taint("team", "ml", "PreferNoSchedule")]), ""),
        (TemplateSpec(), node(taints=[Taint("node.kubernetes.io/not-ready", "", "NoExecute")]), ""),
        (
            TemplateSpec(tolerations=(Toleration("team", "Equal", "ml", "NoSchedule"),)),
            node(taints=[Taint("team", "ml", "NoExecute")]),
            "taint team=ml:NoExecute",
        ),
        (
            TemplateSpec(tolerations=(Toleration("team", "", "ml"),)),
            node(taints=[Taint("team", "ml", "NoExecute")]),
            "",
        ),
        (TemplateSpec(node_selector={"cni": "aws"}), node(), "nodeSelector wants the label cni=aws"),
        (TemplateSpec(node_selector={"cni": "aws"}), node({"cni": "aws"}), ""),
        (TemplateSpec(affinity=SHIPPED), node({"kubernetes.io/os": "linux"}), ""),
        (TemplateSpec(affinity=SHIPPED), node({"kubernetes.io/os": "windows"}), "node affinity"),
        (TemplateSpec(affinity=affinity(wants("cpu", "Gt", "8"))), node({"cpu": "16"}), ""),
        (TemplateSpec(affinity=affinity(wants("cpu", "Lt", "8"))), node({"cpu": "16"}), "node affinity"),
        (TemplateSpec(affinity=affinity(wants("cpu", "Gt", "many"))), node({"cpu": "16"}), "node affinity"),
        (TemplateSpec(affinity=affinity({}, wants("pool", "Exists"))), node({"pool": "a"}), ""),
        (TemplateSpec(affinity=affinity({})), node(), "node affinity"),
        (
            TemplateSpec(
                affinity=affinity(
                    {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-a"]}]}
                )
            ),
            node(),
            "",
        ),
    ],
)
def test_what_keeps_it_off(template, there, words):
    found = obstacle(template, there)
    assert words in found
    assert bool(found) == bool(words)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "nodeAffinity",
        REQUIRED,
        "nodeSelectorTerms",
        "matchExpressions",
        "matchFields",
        "key",
        "operator",
        "values",
    ]
)
ODD = st.recursive(JSON, lambda inner: st.dictionaries(KEYS, inner) | st.lists(inner), max_leaves=12)


@given(st.dictionaries(KEYS, ODD))
def test_any_affinity_is_read(odd):
    assert isinstance(obstacle(TemplateSpec(affinity=odd), node({"a": "1"})), str)
