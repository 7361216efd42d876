"""The max-pods setting in user data, as people write it; and that nothing else ever comes out of it."""

import base64
import gzip

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.collect.user_data import reductions
from eksdoctor.collect.user_data.max_pods_in_user_data import MAX_BYTES, max_pods_in, max_pods_in_encoded
from eksdoctor.snapshot.records.launch_template import MaxPodsSetting

READ = {"user_data": "read"}
UNCLEAR = MaxPodsSetting(user_data="unclear")
BOOTSTRAP = "#!/bin/bash\nset -ex\n/etc/eks/bootstrap.sh pay "


def node_config(kubelet, spaces=4):
    body = "\n".join(" " * spaces + line for line in kubelet.splitlines())
    return f"apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n{body}\n"


def multipart(*parts, encoding=""):
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="//"\n'
    body = ""
    for kind, text in parts:
        extra = f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
        coded = base64.b64encode(text.encode()).decode() if encoding == "base64" else text
        body += f"\n--//\nContent-Type: {kind}\n{extra}\n{coded}\n"
    return f"{head}{body}--//--\n"


YAML = "application/node.eks.aws"
SHELL = 'text/x-shellscript; charset="us-ascii"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"user_data": "none"}),
        ("   \n", {"user_data": "none"}),
        ("#!/bin/sh\necho hello\n", READ),
        (node_config("config:\n  maxPods: 58"), READ | {"max_pods": 58}),
        (node_config('config: {"maxPods": 58}'), READ | {"max_pods": 58}),
        (node_config("maxPodsExpression: max_pods - 2"), READ | {"max_pods_expression": "max_pods - 2"}),
        (
            node_config("maxPodsExpression: max_pods\nconfig: {maxPods: 7}"),
            READ | {"max_pods": 7, "max_pods_expression": "max_pods"},
        ),
        (node_config("config: {maxPods: 7}\nflags:\n- --max-pods=9"), READ | {"max_pods": 9}),
        (node_config("config: {}\nflags: [--v=2]"), READ),
        (node_config("config:\n  # maxPods: 58\n  registryQPS: 5"), READ),
        (node_config("config: {maxPods: 1}") + "---\n" + node_config("config: {maxPods: 2}"), {
            "user_data": "read", "max_pods": 2}),
        (multipart((SHELL, "#!/bin/sh\ntrue"), (YAML, node_config("config: {maxPods: 58}"))),
         READ | {"max_pods": 58}),
        (multipart((YAML, node_config("config: {maxPods: 58}")), encoding="base64"), READ | {"max_pods": 58}),
        (BOOTSTRAP + "--use-max-pods false --kubelet-extra-args '--max-pods=110'",
         READ | {"max_pods": 110, "use_max_pods": False}),
        (BOOTSTRAP + '--kubelet-extra-args "--node-labels=a=b --max-pods=17 --v=2"', READ | {"max_pods": 17}),
        (BOOTSTRAP + "--use-max-pods true", READ | {"use_max_pods": True}),
        (BOOTSTRAP + "\n# --max-pods=17 was tried", READ),
        (multipart((SHELL, BOOTSTRAP + "--kubelet-extra-args --max-pods=17")), READ | {"max_pods": 17}),
        ("[settings.kubernetes]\nmax-pods = 110\ncluster-name = 'pay'\n", READ | {"max_pods": 110}),
        ("settings.kubernetes.max-pods = 110\n", READ | {"max_pods": 110}),
        ("[settings.kubernetes]\ncluster-name = 'pay'\n# max-pods = 110\n", READ),
        ("[settings.host-containers.admin]\nenabled = true\n", READ),
    ],
)  # fmt: skip
def test_the_setting_is_read(text, expected):
    assert max_pods_in(text.encode()) == MaxPodsSetting(**expected)
    assert max_pods_in_encoded(base64.b64encode(text.encode()).decode()) == MaxPodsSetting(**expected)
    if text.strip():
        packed = base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
        assert max_pods_in_encoded(packed) == MaxPodsSetting(**expected)


@pytest.mark.parametrize(
    "text",
    [
        BOOTSTRAP + "--kubelet-extra-args --max-pods=$MAX_PODS",
        BOOTSTRAP + "--kubelet-extra-args --max-pods=$(max-pods-calculator.sh)",
        "#!/bin/sh\nif big; then\n a --max-pods=58\nelse\n a --max-pods=29\nfi\n",
        "#!/bin/sh\ncat > /etc/nodeadm.yaml <<EOF\nmaxPods: 58\nEOF\n",
        "#cloud-config\nruncmd: [/etc/eks/bootstrap.sh, pay, --max-pods=58]\n",
        node_config("config: {maxPods: many}"),
        node_config("config: {maxPods: 0}"),
        node_config("config: {maxPods: 99999999999999999999999}"),
        node_config("config: &c {maxPods: 58}\nother: {<<: *c}").replace("config: &c", "else: &c"),
        node_config("flags: ['--max-pods 58']"),
        node_config("config: {maxPods: 58"),
        "[settings.kubernetes]\nmax-pods = '110'\n",
        "[settings.kubernetes]\nmax-pods = true\n",
        "[settings.kubernetes\nmax-pods = 110\n",
        "[other]\nmax-pods = 110\n",
        "max-pods" + "[" * 3000,
        "apiVersion: node.eks.aws/v1\nmaxPods: " + "[" * 3000,
        "max-pods " + "x" * MAX_BYTES,
    ],
)
def test_what_cannot_be_read_off_is_unclear_and_not_none(text):
    assert max_pods_in(text.encode()) == UNCLEAR


@pytest.mark.parametrize(
    "encoded",
    [
        "not base64!",
        base64.b64encode(b"\xff\xfe max-pods").decode(),
        base64.b64encode(gzip.compress(b"--max-pods=58" * 9, mtime=0)[:20]).decode(),
        base64.b64encode(gzip.compress(b" " * (MAX_BYTES + 1), mtime=0)).decode(),
    ],
)
def test_what_is_no_user_data_is_unclear(encoded):
    assert max_pods_in_encoded(encoded) == UNCLEAR


def test_aliases_that_multiply_cost_nothing():
    levels = ["a0: &a0 {maxPods: 1}"]
    levels += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 12)]
    text = "apiVersion: node.eks.aws/v1alpha1\n" + "\n".join(levels) + "\nspec: {kubelet: {config: *a11}}\n"
    assert max_pods_in(text.encode()) == UNCLEAR


def test_an_expression_is_one_short_line():
    text = node_config('maxPodsExpression: "max_pods\\e[31m\\n' + "x" * 900 + '"')
    expression = max_pods_in(text.encode()).max_pods_expression
    assert expression.startswith("max_pods x")
    assert len(expression) == 500


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_give_a_setting(data):
    assert max_pods_in(data).user_data in {"none", "read", "unclear"}
    assert max_pods_in(b"#!/bin/sh\n--max-pods=" + data).user_data in {"read", "unclear"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"metadata": None, "data": []},
        {"data": {"spec": {"template": {"spec": {"containers": "none"}}}}},
        {"data": {"spec": {"template": {"spec": {"containers": [None, {"name": "aws-node", "env": 3}]}}}}},
    ],
)
def test_reductions_take_documents_of_any_shape(document):
    kept = reductions.only_aws_node(document)
    assert set(kept["data"]["spec"]["template"]["spec"]) == {"containers"}
    reductions.without_user_data(document)


def test_a_node_class_without_user_data_says_so_and_stays_so():
    once = reductions.without_user_data({"spec": {"role": "node"}})
    assert once["spec"] == {"role": "node", "userDataSetting": {"UserData": "none"}}
    again = reductions.without_user_data(msgspec.json.decode(msgspec.json.encode(once)))
    assert again == once
