"""What never reaches a snapshot."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.collect.kubernetes.pages import decode_document, decode_page
from eksdoctor.collect.kubernetes.scrub import scrub
from eksdoctor.collect.refusal import clean
from eksdoctor.snapshot.records.kubernetes import LIST_ENI_CONFIGS, LIST_PODS

SECRET = "hunter2"


def daemon_set(name, namespace, **variables):
    container = {
        "name": "main", "image": "image:1", "command": ["run", SECRET], "args": [SECRET],
        "env": [{"name": key, "value": value} for key, value in variables.items()],
        "envFrom": [{"configMapRef": {"name": SECRET}}],
    }  # fmt: skip
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "managedFields": [SECRET],
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": SECRET, "kept": "yes"},
        },
        "spec": {"template": {"spec": {"containers": [container], "initContainers": [dict(container)]}}},
    }


def containers(document):
    spec = document["spec"]["template"]["spec"]
    return spec["containers"] + spec["initContainers"]


def test_foreign_daemonsets_keep_neither_environment_nor_command_line():
    for name, namespace in (("agent", "kube-system"), ("aws-node", "elsewhere")):
        scrubbed = scrub(daemon_set(name, namespace, PASSWORD=SECRET))
        assert SECRET not in str(scrubbed)
        assert [set(container) for container in containers(scrubbed)] == [{"name", "image"}] * 2
        assert scrubbed["metadata"]["annotations"] == {"kept": "yes"}


def test_aws_node_keeps_its_settings_but_no_credentials():
    document = daemon_set(
        "aws-node", "kube-system", WARM_ENI_TARGET="1", AWS_SECRET_ACCESS_KEY=SECRET,
        HTTPS_PROXY=f"http://ann:{SECRET}@proxy:3128",
    )  # fmt: skip
    kept = {variable["name"]: variable["value"] for variable in containers(scrub(document))[0]["env"]}
    assert kept == {
        "WARM_ENI_TARGET": "1",
        "AWS_SECRET_ACCESS_KEY": "(not kept)",
        "HTTPS_PROXY": "http://proxy:3128",
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["metadata", "spec", "template", "containers", "env", "name", "annotations"]),
            inner,
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["metadata", "spec"]), JSON))
def test_any_document_can_be_scrubbed(document):
    assert scrub(document) is document


def test_pods_lose_environment_and_annotations_in_decoding():
    pod = {
        "metadata": {"name": "web", "annotations": {"vault": SECRET, "vpc.amazonaws.com/pod-eni": "[]"}},
        "spec": {"containers": [{"name": "main", "env": [{"name": "P", "value": SECRET}], "args": [SECRET]}]},
    }
    page = msgspec.json.encode({"items": [pod]})
    (record,) = decode_page(LIST_PODS.kind, page).documents
    assert SECRET not in msgspec.json.encode(record).decode()
    assert record.metadata.annotations.pod_eni == "[]"


def test_of_environments_and_last_words_only_the_daemons_own_are_kept():
    variables = [{"name": "AWS_ROLE_ARN", "value": "arn:role/cni"}, {"name": "P", "value": SECRET}]
    ended = {"terminated": {"reason": "Error", "exitCode": 1, "message": SECRET}}
    containers = [{"name": "aws-node", "env": variables}, {"name": "main", "env": variables}]
    statuses = [{"name": name, "state": {}, "lastState": ended} for name in ("aws-node", "main")]
    pod = {
        "metadata": {"name": "a"},
        "spec": {"containers": containers},
        "status": {"containerStatuses": statuses},
    }
    page = msgspec.json.encode({"items": [pod]})
    (record,) = decode_page(LIST_PODS.kind, page).documents
    (own, foreign), (spoke, silent) = record.spec.containers, record.status.container_statuses
    assert [variable.name for variable in own.env] == ["AWS_ROLE_ARN"]
    assert foreign.env is None
    assert spoke.last_state.terminated.message == SECRET
    assert silent.last_state.terminated.message == ""
    assert silent.last_state.terminated.exit_code == 1
    again = msgspec.json.decode(msgspec.json.encode(record), type=LIST_PODS.kind.record)
    assert again == record, "what is kept is read as it was kept"


def test_a_whole_document_is_kept_with_fields_that_no_record_declares():
    data = b'{"metadata": {"name": "a"}, "spec": {"subnet": "subnet-1", "tomorrow": 1}}'
    assert decode_document(LIST_ENI_CONFIGS.kind, data)["spec"] == {"subnet": "subnet-1", "tomorrow": 1}


@given(st.text())
def test_cleaned_words_are_one_printable_line(text):
    cleaned = clean(text)
    assert len(cleaned) <= 500
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in cleaned)
    assert clean(cleaned) == cleaned
