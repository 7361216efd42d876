"""The daemons' words through the API server's proxies, over real sockets."""

from datetime import UTC, datetime

import pytest

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.dispatch import connect
from eksdoctor.collect.kubernetes.special import aws_node_output
from eksdoctor.collect.kubernetes.special.aws_node_output import MAX_LOG_BYTES, MAX_METRICS_BYTES, TAIL_BYTES
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.model.facts import requests
from eksdoctor.snapshot.records.node_text import GET_NODE_LOG, GET_POD_LOG, GET_POD_METRICS
from eksdoctor.snapshot.request import Request
from tests.collect.kubeconfigs import kubeconfig
from tests.collect.server import Reply, serving, status
from tests.process import PATIENCE

NODE = "ip-10-0-0-7.eu-west-1.compute.internal"
METRICS = requests.pod_metrics("aws-node-x7k2p", NODE)
LOG = requests.node_log(NODE, "aws-routed-eni/ipamd.log")
STDOUT = requests.pod_log("aws-node-x7k2p", NODE, 3600)
METRICS_PATH = "/api/v1/namespaces/kube-system/pods/aws-node-x7k2p:61678/proxy/metrics"
LOG_PATH = f"/api/v1/nodes/{NODE}/proxy/logs/aws-routed-eni/ipamd.log"
STDOUT_PATH = "/api/v1/namespaces/kube-system/pods/aws-node-x7k2p/log"
PAGE = b"# HELP go_goroutines x\ngo_goroutines 40\nawscni_eni_max 3\nprocess_start_time_seconds 1.7e9\n"
LINE = b'{"level":"debug","ts":"2026-11-14T02:00:00.000Z","msg":"IP stats"}\n'
AT = {"Date": "Sat, 14 Nov 2026 02:14:00 GMT"}
UNREACHED = "error trying to reach service: dial tcp 10.0.0.7:61678: {}"


@pytest.fixture
def server():
    with serving() as running:
        yield running


@pytest.fixture
def ask(server, tmp_path):
    options = ConnectionOptions(kubeconfig=kubeconfig(tmp_path / "config", server=server.url))
    connection = connect(options)

    def asking(request, seconds=PATIENCE):
        return connection.answer(request, Deadline.after(seconds))

    return asking


def one(answer):
    assert answer.refusal is None
    (words,) = answer.documents
    return words


def refused(answer):
    assert answer.refusal is not None
    assert not answer.documents
    assert not answer.absent
    return answer.refusal


def partial(body, start=None, total=None):
    total = len(body) if total is None else total
    first = total - len(body) if start is None else start
    return Reply(206, body, {"Content-Range": f"bytes {first}-{first + len(body) - 1}/{total}"} | AT)


# --- metrics ---------------------------------------------------------------------------------------------


def test_the_daemons_own_series_are_kept(server, ask):
    server.on(METRICS_PATH, Reply(body=PAGE, headers=AT))
    words = one(ask(METRICS))
    assert (words.kind, words.node, words.pod) == ("metrics", NODE, "aws-node-x7k2p")
    assert words.text == "awscni_eni_max 3\nprocess_start_time_seconds 1.7e9\n"
    assert words.at == datetime(2026, 11, 14, 2, 14, tzinfo=UTC)
    assert server.asked[0].method == "GET"


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        (503, UNREACHED.format("connect: connection refused"), "(connection refused)"),
        (503, UNREACHED.format("i/o timeout"), "(i/o timeout)"),
        (502, "Bad Gateway", "metrics port"),
        (404, 'pods "aws-node-x7k2p" not found', "(not found)"),
    ],
)
def test_a_silent_daemon_is_a_refusal_and_never_an_absence(server, ask, code, said, words):
    server.on(METRICS_PATH, Reply(code, status(code, "ServiceUnavailable", said)))
    refusal = refused(ask(METRICS))
    assert refusal.reason == "failed"
    assert refusal.message.startswith(f"HTTP {code}: ipamd does not answer on its metrics port")
    assert words in refusal.message
    assert "10.0.0.7" not in refusal.message  # the same words for every node
    assert "tcp/61678" in refusal.grant
    assert len(server.asked) == 1


def test_a_port_that_somebody_else_answers(server, ask):
    server.on(METRICS_PATH, Reply(404, b"404 page not found\n"))
    assert refused(ask(METRICS)).reason == "failed"
    server.replies.clear()
    server.on(METRICS_PATH, Reply(body=b"<html>hello</html>"))
    assert refused(ask(METRICS)).reason == "undecodable"


def test_no_permission_names_the_permission(server, ask):
    for path, request in ((METRICS_PATH, METRICS), (LOG_PATH, LOG), (STDOUT_PATH, STDOUT)):
        server.on(path, Reply(403, status(403, "Forbidden", "it is forbidden")))
        refusal = refused(ask(request))
        assert (refusal.reason, refusal.grant) == ("forbidden", request.action.permission)


def test_a_kubelet_that_does_not_trust_the_api_server_is_no_lack_of_ours(server, ask):
    server.on(LOG_PATH, Reply(403, b"Forbidden (user=kube-apiserver, verb=get, resource=nodes)"))
    refusal = refused(ask(LOG))
    assert (refusal.reason, refusal.grant) == ("failed", "")


def test_too_many_metrics_are_not_kept(server, ask):
    server.on(METRICS_PATH, Reply(body=b"awscni_x 1\n" * (MAX_METRICS_BYTES // 11 + 1)))
    assert "4 MiB" in refused(ask(METRICS)).message


def test_dropped_packets_cost_three_seconds_and_not_the_deadline(server, ask, monkeypatch):
    monkeypatch.setattr(aws_node_output, "METRICS_SECONDS", 0.3)
    server.on(METRICS_PATH, Reply(hold=True))
    refusal = refused(ask(METRICS))
    assert refusal.reason == "failed", "at the deadline it would be a timeout"
    assert "not within 0.3 s" in refusal.message
    assert refused(ask(METRICS, seconds=0.1)).reason == "timeout"


# --- logs of nodes -----------------------------------------------------------------------------------------


def test_the_end_of_a_long_log(server, ask):
    body = (b"x" * 30 + b"\n" + LINE * (TAIL_BYTES // len(LINE) + 1))[-TAIL_BYTES:]
    server.on(LOG_PATH, partial(body, total=90_000_000))
    words = one(ask(LOG))
    assert server.asked[0].headers["range"] == f"bytes=-{TAIL_BYTES}"
    assert (words.kind, words.node, words.name) == ("ipamd", NODE, "/var/log/aws-routed-eni/ipamd.log")
    assert not words.whole
    assert set(words.text.splitlines()) == {LINE.decode().strip()}  # the first, cut line is gone


def test_a_short_log_is_whole(server, ask):
    server.on(LOG_PATH, partial(LINE * 3, start=0))
    words = one(ask(LOG))
    assert words.whole
    assert words.text == (LINE * 3).decode()


def test_the_plugins_log_is_of_its_own_kind(server, ask):
    server.on(LOG_PATH.replace("ipamd", "plugin"), partial(LINE, start=0))
    assert one(ask(requests.node_log(NODE, "aws-routed-eni/plugin.log"))).kind == "plugin"


def test_a_part_that_is_not_the_end_is_not_taken_for_it(server, ask):
    server.on(LOG_PATH, partial(LINE, start=0, total=90_000_000))
    assert "not the end" in refused(ask(LOG)).message
    server.replies.clear()
    server.on(LOG_PATH, Reply(206, LINE))
    assert "not the end" in refused(ask(LOG)).message


def test_a_range_that_nobody_minds_is_found_by_reading_on(server, ask):
    body = LINE * (3 * TAIL_BYTES // len(LINE))
    server.on(LOG_PATH, Reply(200, body))
    words = one(ask(LOG))
    assert not words.whole
    assert TAIL_BYTES - len(LINE) <= len(words.text) <= TAIL_BYTES
    assert set(words.text.splitlines()) == {LINE.decode().strip()}


def test_a_log_of_which_only_old_lines_could_be_read_is_refused(server, ask):
    server.on(LOG_PATH, Reply(200, b"x" * (MAX_LOG_BYTES + 1)))
    refusal = refused(ask(LOG))
    assert refusal.reason == "failed"
    assert "longer than 16 MiB" in refusal.message


def test_a_server_that_minds_a_range_longer_than_the_log(server, ask):
    server.on(LOG_PATH, Reply(416, b"invalid range"), Reply(200, LINE))
    words = one(ask(LOG))
    assert words.whole
    assert words.text == LINE.decode()
    assert "range" not in server.asked[1].headers


def test_an_empty_log(server, ask):
    server.on(LOG_PATH, Reply(200, b""))
    assert one(ask(LOG)).text == ""


def test_no_such_log_is_an_answer(server, ask):
    answer = ask(LOG)
    assert answer.absent
    assert answer.refusal is None


@pytest.mark.parametrize(
    ("code", "body"),
    [(405, b"logs endpoint is disabled."), (404, b"<html>a proxy</html>"), (301, b""), (500, b"oh")],
)
def test_other_answers_of_a_kubelet(server, ask, code, body):
    server.on(LOG_PATH, Reply(code, body))
    refusal = refused(ask(LOG))
    assert refusal.message.startswith(f"HTTP {code}: the kubelet does not return the node's log")


def test_bytes_that_are_no_text(server, ask):
    server.on(LOG_PATH, partial(b"\xff\xfe\x00 line\n", start=0))
    assert one(ask(LOG)).text == "\ufffd\ufffd\x00 line\n"


def test_an_answer_that_breaks_off_is_not_the_end_of_a_log(server, ask):
    headers = {"Content-Range": "bytes 0-99/100", "Content-Length": "100"}
    server.on(LOG_PATH, Reply(206, LINE, headers, closing=True))
    assert refused(ask(LOG)).message == "the connection closed before the end of the answer"


@pytest.mark.parametrize("node", ["..", "../../apis", "a/b", "a?b", "a%2f", "", ".", "a b"])
def test_a_name_that_leads_elsewhere_is_not_asked_for(server, ask, node):
    for request in (
        requests.node_log(node, "aws-routed-eni/ipamd.log"),
        requests.pod_metrics(node, NODE),
        requests.pod_log(node, NODE, 60),
    ):
        assert "not a valid part of a path" in refused(ask(request)).message
    assert not server.asked


@pytest.mark.parametrize("path", ["../ipamd.log", "aws-routed-eni/..", "/etc/passwd", "", "a b", "a%2f.."])
def test_a_log_elsewhere_is_not_asked_for(server, ask, path):
    assert "not a valid part of a path" in refused(ask(requests.node_log(NODE, path))).message
    assert not server.asked


@pytest.mark.parametrize("date", ["", "yesterday", "Sat, 14 Nov 3999 02:14:00 GMT", "Sat, 99 Nov 2026 0:0:0"])
def test_a_date_that_is_none_is_our_own(server, ask, date):
    server.on(METRICS_PATH, Reply(body=PAGE, headers={"Date": date}))
    assert abs((one(ask(METRICS)).at - datetime.now(UTC)).total_seconds()) < 60


# --- standard output ---------------------------------------------------------------------------------------


def test_the_output_of_the_daemon_over_the_window(server, ask):
    server.on(STDOUT_PATH, Reply(200, LINE * 2))
    words = one(ask(STDOUT))
    assert (words.kind, words.pod, words.node) == ("aws-node stdout", "aws-node-x7k2p", NODE)
    assert words.whole
    assert server.asked[0].query == {
        "container": ["aws-node"], "sinceSeconds": ["3600"], "tailLines": [str(aws_node_output.MAX_LINES)],
    }  # fmt: skip


def test_more_output_than_is_kept(server, ask):
    server.on(STDOUT_PATH, Reply(200, LINE * (2 * TAIL_BYTES // len(LINE))))
    words = one(ask(STDOUT))
    assert not words.whole
    assert len(words.text) <= TAIL_BYTES
    server.replies.clear()
    server.on(STDOUT_PATH, Reply(200, b"x\n" * aws_node_output.MAX_LINES))
    assert not one(ask(STDOUT)).whole


def test_only_what_reads_is_asked():
    for action in (GET_POD_METRICS, GET_NODE_LOG, GET_POD_LOG):
        assert action.source == "kubernetes"
        assert Request.of(action).action.permission.startswith("get ")
