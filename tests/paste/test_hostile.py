"""No paste raises an error or takes long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.paste import api_objects, cni_settings, event_rows, node_description, pod_listing
from eksdoctor.render import decode_page
from tests.paste.pasted import NOW, decode, pastes

SIZE = 1 << 18
SECONDS = 10
"""Of CPU, for a quarter of a megabyte; a pattern that backtracks takes minutes."""
READERS = {
    "documents": api_objects.find_records,
    "environment": lambda text: (
        cni_settings.find_variables(text),
        cni_settings.split_addon_configuration(text),
    ),
    "node": lambda text: (node_description.parse_node(text), node_description.find_instance_types(text)),
    "tables": lambda text: list(pod_listing.parse_pods(text, NOW)),
    "rows": event_rows.split_event_rows,
}
UNITS = [
    "{", "[", '"', "\\", '\\"', " ", "\t", "\n", "\r", "\0", "a", "0", ":", "=", "-", "│", "\x1b[31m",
    '{"kind":\n', '{"kind":"List","items":[', "kind: x\n!\n", "kind: Node\n", "kind: &a [*a]\n", "- a:\n",
    "configuration_values {", "WARM_IP_TARGET=", "WARM_IP_TARGET= ", "name: WARM_IP_TARGET\n", "export ",
    'name="WARM_IP_TARGET" value="', "Capacity:\n", "Capacity:\n  pods: 3\n", "Name: a\n", "OS Image: ",
    "Unschedulable: ", "m5.", "m5.2", "a 0/1 ", "a 0/1 ContainerCreating 0 5m\n", "Warning ", "1m Warning A",
    "1m Warning FailedMount pod/x y\n", "Normal  Ab (x2 over 3m) ", "Mar  4 05:06:07 a kubelet[1]: ",
    "2024-01-02T03:04:05Z ", '{"level":"error","msg":"', "RequestLimitExceeded: ", "eventName : X\n",
    "vpc.amazonaws.com/", "karpenter.sh/a=", "'", "#", "//",
]  # fmt: skip
SHARDS = st.sampled_from(
    [
        *(one.example for one in catalogue()),
        *UNITS,
        *(text for paste in pastes() for text in paste.texts),
        "\ud800", "\u202e", "99999999999999999999", "<invalid> (xN over <invalid>)", "pods: " + "9" * 50,
        "-1", "NaN", "1e999", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59Z",
        "  pods:  99999999999999999999\n",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(SHARDS, st.text(max_size=30), st.just("\n")), max_size=12).map("".join)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_time_is_bounded_by_size(reader, unit):
    text = (unit * (SIZE // len(unit) + 1))[:SIZE]
    began = time.thread_time()
    READERS[reader](text)
    READERS[reader](text + "!")
    assert time.thread_time() - began < SECONDS


@settings(max_examples=150)
@given(st.lists(TEXTS, max_size=3))
def test_any_paste_has_an_answer(texts):
    found = decode(*texts)
    assert found.state in ("explained", "passing", "not-ip", "cannot-tell")
    assert found.next
    for page in (decode_page.terminal(found, 80, "color"), decode_page.json_page(found)):
        page.encode("utf-8")


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=2))
def test_the_same_paste_gives_the_same_answer(texts):
    assert decode_page.json_page(decode(*texts)) == decode_page.json_page(decode(*texts))
