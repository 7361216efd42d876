"""The Kubernetes collectors over real sockets, and everything an API server may do to them."""

import socket

import pytest

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.dispatch import connect
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.errors import UnreachableError
from eksdoctor.snapshot.records.kubernetes import (
    GET_CONFIG_MAP,
    LIST_CNI_NODES,
    LIST_ENI_CONFIGS,
    LIST_EVENTS,
    LIST_NODES,
    LIST_PODS,
    LIST_SECURITY_GROUP_POLICIES,
    TABULATE_PODS,
)
from eksdoctor.snapshot.request import Request
from tests.collect.kubeconfigs import kubeconfig
from tests.collect.server import Reply, listed, serving, status
from tests.process import PATIENCE

NODES = Request.of(LIST_NODES)
NODE = {"metadata": {"name": "one"}, "status": {"allocatable": {"pods": "29"}}}


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture
def ask(server, tmp_path):
    def asking(request, seconds=PATIENCE, url=server.url, connection=None, **config):
        found = connection or connection_to(tmp_path, url, **config)
        return found.answer(request, Deadline.after(seconds))

    return asking


def connection_to(tmp_path, url, **config):
    options = ConnectionOptions(kubeconfig=kubeconfig(tmp_path / "config", server=url, **config))
    return connect(options)


def test_the_token_and_the_page_size_are_sent(server, ask):
    server.on("/api/v1/nodes", Reply(body=listed(NODE)))
    answer = ask(NODES)
    assert [node.metadata.name for node in answer.documents] == ["one"]
    assert (answer.refusal, answer.pages, answer.dropped) == (None, 1, 0)
    sent = server.asked[0]
    assert (sent.method, sent.query) == ("GET", {"limit": ["500"]})
    assert sent.headers["authorization"] == "Bearer secret-token"


def test_pages_are_followed(server, ask):
    server.on(
        "/api/v1/nodes",
        Reply(body=listed(NODE, resume="p2")),
        Reply(body=listed({"metadata": {"name": "two"}})),
    )
    answer = ask(NODES)
    assert [node.metadata.name for node in answer.documents] == ["one", "two"]
    assert answer.pages == 2
    assert server.asked[1].query == {"limit": ["500"], "continue": ["p2"]}


def test_an_expired_page_token_keeps_what_came_and_says_the_list_is_not_whole(server, ask):
    gone = status(410, "Expired", "The provided continue parameter is too old")
    server.on("/api/v1/nodes", Reply(body=listed(NODE, resume="p2")), Reply(410, gone))
    answer = ask(NODES)
    assert [node.metadata.name for node in answer.documents] == ["one"]
    assert answer.refusal.reason == "failed"
    assert "too old" in answer.refusal.message


@pytest.mark.parametrize(
    ("code", "message", "refusal_grant"),
    [
        (403, 'nodes is forbidden: User "ann" cannot list', ("forbidden", "list nodes")),
        (403, 'nodes is forbidden: User "system:anonymous" cannot list', ("unauthenticated", "access entry")),
        (401, "Unauthorized", ("unauthenticated", "access entry")),
        (400, "bad request", ("failed", "")),
    ],
)
def test_refusals_keep_the_words_and_say_what_to_ask_for(server, ask, code, message, refusal_grant):
    server.on("/api/v1/nodes", Reply(code, status(code, "Forbidden", message)))
    reason, grant = refusal_grant
    refusal = ask(NODES).refusal
    assert refusal.reason == reason
    assert message in refusal.message
    assert grant in refusal.grant
    assert len(server.asked) == 1


def test_words_of_the_server_are_made_fit_for_a_terminal(server, ask):
    server.on(
        "/api/v1/nodes",
        Reply(403, status(403, "Forbidden", "a\x1b[31mb\x1b]0;title\x07c\nd\u202e" + "x" * 900)),
    )
    words = ask(NODES).refusal.message
    assert words.startswith("abc d x")
    assert len(words) == 500


@pytest.mark.parametrize(
    "body", [b"<html>login</html>", b"", b"[]", b'{"items": 3}', b'{"a": 1}', b"\xff\xfe", b"[" * 100_000]
)
def test_garbage_is_undecodable(server, ask, body):
    server.on("/api/v1/nodes", Reply(200, body))
    assert ask(NODES).refusal.reason == "undecodable"


def test_one_bad_object_costs_itself_only(server, ask):
    server.on(
        "/api/v1/nodes", Reply(body=listed(NODE, {"metadata": {"name": 7}}, {"metadata": {"name": "two"}}))
    )
    answer = ask(NODES)
    assert [node.metadata.name for node in answer.documents] == ["one", "two"]
    assert (answer.dropped, answer.refusal) == (1, None)


def test_null_items_are_an_empty_list(server, ask):
    server.on("/api/v1/nodes", Reply(body={"items": None, "metadata": {}}))
    answer = ask(NODES)
    assert (answer.documents, answer.refusal) == ((), None)


@pytest.mark.parametrize(("code", "reason"), [(429, "throttled"), (500, "failed"), (503, "failed")])
def test_a_busy_server_is_asked_three_times(server, ask, code, reason):
    server.on("/api/v1/nodes", Reply(code, b"busy", {"Retry-After": "0"}))
    assert ask(NODES).refusal.reason == reason
    assert len(server.asked) == 3


def test_a_server_that_recovers_is_an_answer(server, ask):
    server.on(
        "/api/v1/nodes",
        Reply(503, b"busy"),
        Reply(429, b"busy", {"Retry-After": "0"}),
        Reply(body=listed(NODE)),
    )
    assert len(ask(NODES).documents) == 1


def test_a_retry_after_beyond_the_deadline_is_not_waited_for(server, ask):
    server.on("/api/v1/nodes", Reply(429, b"busy", {"Retry-After": "3600"}))
    assert ask(NODES).refusal.reason == "throttled"
    assert len(server.asked) == 1


def test_a_silent_server_is_a_timeout_at_the_deadline(server, ask):
    server.on("/api/v1/nodes", Reply(hold=True))
    refusal = ask(NODES, seconds=0.3).refusal
    assert (refusal.reason, refusal.message) == ("timeout", "not within 0.3 s")


def test_redirects_are_not_followed(server, ask):
    server.on("/api/v1/nodes", Reply(302, b"", {"Location": "/login"}))
    assert ask(NODES).refusal.reason == "failed"
    assert [asked.path for asked in server.asked] == ["/api/v1/nodes"]


def test_a_missing_crd_is_known_absent(server, ask):
    for request in (LIST_ENI_CONFIGS, LIST_CNI_NODES, LIST_SECURITY_GROUP_POLICIES):
        answer = ask(Request.of(request))
        assert (answer.absent, answer.refusal) == (True, None)


def test_the_404_page_of_a_proxy_says_nothing_of_the_cluster(server, ask):
    server.on("/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs", Reply(404, b"<html>nginx</html>"))
    answer = ask(Request.of(LIST_ENI_CONFIGS))
    assert (answer.absent, answer.refusal.reason) == (False, "failed")


def test_a_missing_configmap_is_known_absent(server, ask):
    path = "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni"
    server.on(path, Reply(404, status(404, "NotFound", 'configmaps "amazon-vpc-cni" not found')))
    assert ask(Request.of(GET_CONFIG_MAP, namespace="kube-system", name="amazon-vpc-cni")).absent


def test_names_in_paths_are_quoted(server, ask):
    ask(Request.of(LIST_PODS, namespace="a/../b?c"))
    assert server.asked[0].path == "/api/v1/namespaces/a%2F..%2Fb%3Fc/pods"


def test_whole_documents_are_scrubbed_and_checked(server, ask):
    good = {
        "metadata": {"name": "a", "managedFields": [1], "annotations": {"kept": "yes"}},
        "spec": {"extra": 1},
    }
    server.on(
        "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs",
        Reply(body=listed(good, {"metadata": {}, "spec": 3})),
    )
    answer = ask(Request.of(LIST_ENI_CONFIGS))
    assert answer.documents == (
        {"metadata": {"name": "a", "annotations": {"kept": "yes"}}, "spec": {"extra": 1}},
    )
    assert answer.dropped == 1


def unused_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refused_connection_names_the_host_and_is_tried_once_for_all(ask, tmp_path, scheme, monkeypatch):
    url = f"{scheme}://127.0.0.1:{unused_port()}"
    connection = connection_to(tmp_path, url)
    tries = []
    plain = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda *rest: (tries.append(rest), plain(*rest))[1])
    answers = [
        ask(Request.of(action), connection=connection) for action in (LIST_NODES, LIST_EVENTS, LIST_PODS)
    ]
    assert {answer.refusal.reason for answer in answers} == {"unreachable"}
    assert all("127.0.0.1" in answer.refusal.message for answer in answers)
    assert len(tries) == 1


def test_an_unknown_host_is_unreachable(ask):
    refusal = ask(NODES, url="https://cluster.invalid").refusal
    assert refusal.reason == "unreachable"
    assert "cluster.invalid" in refusal.message


def test_tls_that_fails_is_said_to_be_tls(server, ask):
    refusal = ask(NODES, url=server.url.replace("http:", "https:")).refusal
    assert refusal.reason == "unreachable"
    assert "TLS" in refusal.message


@pytest.mark.parametrize("url", ["not a url", "https://", "https://[::1", "https://host:port", "a\nb"])
def test_a_server_address_that_is_none_is_told_before_anything_is_asked(ask, url):
    with pytest.raises(UnreachableError, match="invalid server") as caught:
        ask(NODES, url=url)
    assert "update-kubeconfig" in caught.value.advice


def test_an_address_of_another_protocol_is_a_refusal(ask):
    assert ask(NODES, url="ftp://x").refusal.reason == "unreachable"


@pytest.mark.parametrize("token", ["ends\nhere", "sn\u2603w"])
def test_a_token_that_no_header_holds_is_no_network_fault(ask, token):
    refusal = ask(NODES, user={"token": token}).refusal
    assert refusal.reason == "unauthenticated"
    assert "token" in refusal.grant


def test_a_user_that_the_kubernetes_package_cannot_read_is_no_fault_of_this_program(ask):
    refusal = ask(NODES, user={"auth-provider": {"name": "gcp"}}).refusal
    assert refusal.reason == "unauthenticated"
    assert "own fault" not in refusal.message


def test_no_time_left_asks_nothing(server, ask):
    assert ask(NODES, seconds=0).refusal.reason == "timeout"
    assert server.asked == []


def test_a_table_keeps_three_columns_by_name(server, ask):
    columns = [{"name": name} for name in ("Name", "Node", "Status", "IP")]
    rows = [{"cells": ["web", "n1", "Running", "10.0.0.9"]}, {"cells": ["short"]}]
    server.on("/api/v1/pods", Reply(body={"kind": "Table", "columnDefinitions": columns, "rows": rows}))
    answer = ask(Request.of(TABULATE_PODS))
    assert [row.cells for row in answer.documents] == [("Running", "10.0.0.9", "n1")]
    assert answer.dropped == 1
    assert server.asked[0].headers["accept"] == "application/json;as=Table;v=v1;g=meta.k8s.io"
    assert server.asked[0].query["includeObject"] == ["None"]


@pytest.mark.parametrize("body", [listed(NODE), {"columnDefinitions": [{"name": "Name"}], "rows": []}])
def test_a_table_without_the_columns_is_undecodable(server, ask, body):
    server.on("/api/v1/pods", Reply(body=body))
    assert ask(Request.of(TABULATE_PODS)).refusal.reason == "undecodable"


def test_answers_say_how_long_they_took(server, ask):
    server.on("/api/v1/nodes", Reply(body=listed()))
    assert ask(NODES).seconds > 0
