"""The lab's Kubernetes API over real sockets: lists, paging, selectors, Table output, errors."""

import base64
import json
import ssl
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.lab import Fault, Lab
from tests.lab.example import CLUSTER, REGION, node, pod, snapshot
from tests.process import PATIENCE

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


class Client:
    """Raw HTTP with the kubeconfig's own trust and token."""

    def __init__(self, lab, **headers):
        config = yaml.safe_load(lab.kubeconfig.read_text())
        cluster = config["clusters"][0]["cluster"]
        self.server = cluster["server"]
        self.headers = {"Authorization": f"Bearer {config['users'][0]['user']['token']}", **headers}
        self.trust = None
        if self.server.startswith("https"):
            self.trust = ssl.create_default_context(cadata=_pem(cluster["certificate-authority-data"]))

    def get(self, path, accept="application/json", **query):
        status, headers, body = self.raw(path, accept, **query)
        assert status == 200, body
        assert headers["Content-Type"] == "application/json"
        return json.loads(body)

    def raw(self, path, accept="application/json", **query):
        url = f"{self.server}{path}{'?' + urlencode(query) if query else ''}"
        request = Request(url, headers={**self.headers, "Accept": accept})
        try:
            with urlopen(request, context=self.trust, timeout=PATIENCE) as answer:
                return answer.status, answer.headers, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def names(self, path, **query):
        return [item["metadata"]["name"] for item in self.get(path, **query)["items"]]


def _pem(data):
    return base64.b64decode(data).decode()


@pytest.fixture(scope="module")
def lab():
    with Lab(snapshot()) as running:
        yield running


@pytest.fixture
def client(lab):
    return Client(lab)


def test_the_kubeconfig_is_named_like_an_eks_arn(lab):
    config = yaml.safe_load(lab.kubeconfig.read_text())
    assert config["current-context"] == f"arn:aws:eks:{REGION}:111122223333:cluster/{CLUSTER}" == lab.context
    assert config["contexts"][0]["context"]["namespace"] == "payments"
    assert lab.kubeconfig.stat().st_mode & 0o777 == 0o600


def test_a_list_has_the_shape_of_the_api(client):
    answer = client.get("/apis/apps/v1/namespaces/kube-system/daemonsets")
    assert (answer["kind"], answer["apiVersion"]) == ("DaemonSetList", "apps/v1")
    assert answer["items"][0]["metadata"]["name"] == "aws-node"
    assert "continue" not in answer["metadata"]


def test_pages_join_to_the_whole_list(client):
    whole, pages, query = client.names("/api/v1/nodes"), [], {"limit": "3"}
    while True:
        answer = client.get("/api/v1/nodes", **query)
        pages.append([item["metadata"]["name"] for item in answer["items"]])
        if not (token := answer["metadata"].get("continue")):
            break
        query["continue"] = token
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [name for page in pages for name in page] == whole
    first = client.get("/api/v1/nodes", limit="3")
    assert first["metadata"]["remainingItemCount"] == 4


def test_a_token_that_is_not_ours_is_refused(client):
    status, _, body = client.raw("/api/v1/nodes", **{"continue": "bm9wZQ=="})
    assert status == 400
    assert json.loads(body)["reason"] == "BadRequest"


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("status.phase=Pending", ["api-0", "api-1"]),
        ("status.phase==Pending,spec.nodeName=", ["api-1"]),
        ("status.phase=Pending,spec.nodeName!=", ["api-0"]),
        ("status.phase!=Pending", ["worker-0", "web-0"]),
        ("metadata.name=web-0", ["web-0"]),
        ("metadata.namespace!=payments", ["web-0"]),
        ("status.podIP=10.0.0.77", ["worker-0"]),
        ("spec.hostNetwork=false", ["api-0", "api-1", "worker-0", "web-0"]),
        (f"spec.nodeName={node(2)['metadata']['name']}", ["web-0"]),
    ],
)
def test_field_selectors_of_pods(client, selector, names):
    assert client.names("/api/v1/pods", fieldSelector=selector) == names


@pytest.mark.parametrize(
    ("selector", "count"),
    [
        ("reason=FailedCreatePodSandBox", 1),
        ("involvedObject.kind=Pod,involvedObject.name=api-0", 2),
        ("type=Warning", 1),
        ("type!=Warning,involvedObject.namespace=payments", 1),
    ],
)
def test_field_selectors_of_events(client, selector, count):
    assert len(client.names("/api/v1/events", fieldSelector=selector)) == count


def test_a_field_the_api_does_not_select_by_is_refused(client):
    status, _, body = client.raw(
        "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs", fieldSelector="spec.subnet=x"
    )
    assert status == 400
    assert json.loads(body)["message"] == "field label not supported: spec.subnet"


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("app=api", ["api-0", "api-1"]),
        ("app==api", ["api-0", "api-1"]),
        ("app!=api", ["worker-0", "web-0"]),
        ("app in (worker, web)", ["worker-0", "web-0"]),
        ("app notin (worker, web)", ["api-0", "api-1"]),
        ("app", ["api-0", "api-1", "worker-0", "web-0"]),
        ("!app", []),
        ("app in (api,web),app!=web", ["api-0", "api-1"]),
    ],
)
def test_label_selectors(client, selector, names):
    assert client.names("/api/v1/pods", labelSelector=selector) == names


def test_a_namespaced_path_holds_that_namespace_only(client):
    assert client.names("/api/v1/namespaces/shop/pods") == ["web-0"]
    assert client.names("/api/v1/namespaces/empty/pods") == []


def test_get_by_name_and_not_found(client):
    answer = client.get("/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni")
    assert (answer["kind"], answer["data"]) == ("ConfigMap", {"enable-windows-ipam": "false"})
    account = client.get("/api/v1/namespaces/kube-system/serviceaccounts/aws-node")
    assert (account["kind"], account["metadata"]["name"]) == ("ServiceAccount", "aws-node")
    assert client.get("/apis/karpenter.sh/v1/nodepools/default")["apiVersion"] == "karpenter.sh/v1"
    status, _, body = client.raw("/apis/vpcresources.k8s.aws/v1alpha1/cninodes/nope")
    assert status == 404
    assert json.loads(body)["message"] == 'cninodes.vpcresources.k8s.aws "nope" not found'
    assert json.loads(body)["reason"] == "NotFound"


def test_a_path_that_is_not_served(client):
    status, headers, body = client.raw("/apis/networking.k8s.aws/v1alpha1/policyendpoints")
    assert (status, body, headers["Content-Type"]) == (
        404,
        b"404 page not found\n",
        "text/plain; charset=utf-8",
    )


def test_only_reading_is_served(lab, client):
    request = Request(f"{client.server}/api/v1/nodes", data=b"{}", headers=client.headers, method="POST")
    with pytest.raises(HTTPError) as raised:
        urlopen(request, context=client.trust, timeout=PATIENCE)
    raised.value.close()
    assert raised.value.code == 405
    assert lab.requests[-1].action == "POST /api/v1/nodes"


def test_a_bad_token_is_unauthorized(lab):
    client = Client(lab, Authorization="Bearer stolen")
    status, _, body = client.raw("/api/v1/nodes")
    assert (status, json.loads(body)["reason"]) == (401, "Unauthorized")


def test_the_pod_table_has_the_columns_of_the_api_server(client):
    answer = client.get("/api/v1/pods", TABLE, includeObject="None", limit="3")
    assert [column["name"] for column in answer["columnDefinitions"]] == [
        "Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates",
    ]  # fmt: skip
    first = node(1)["metadata"]["name"]
    assert answer["rows"][0] == {
        "cells": ["api-0", "0/1", "ContainerCreating", 0, "20m", "<none>", first, "<none>", "<none>"],
        "object": None,
    }
    rest = client.get("/api/v1/pods", TABLE, includeObject="None", limit="3", **answer["metadata"])
    assert [row["cells"][0] for row in answer["rows"] + rest["rows"]] == [
        "api-0",
        "api-1",
        "worker-0",
        "web-0",
    ]


def test_rows_carry_metadata_when_asked(client):
    rows = client.get("/api/v1/namespaces/shop/pods", TABLE, includeObject="Metadata")["rows"]
    assert rows[0]["object"]["kind"] == "PartialObjectMetadata"
    assert rows[0]["object"]["metadata"]["namespace"] == "shop"


def test_recorded_rows_are_served_as_recorded():
    rows = [["Running", "10.0.0.9", "a"], ["Pending", "<none>", "<none>"], ["Completed", "10.0.0.4", "a"]]
    with Lab(snapshot(pods_table=[{"cells": cells} for cells in rows])) as lab:
        client = Client(lab)
        answer = client.get("/api/v1/pods", TABLE, includeObject="None")
        assert [[row["cells"][place] for place in (2, 5, 6)] for row in answer["rows"]] == rows
        running = client.get(
            "/api/v1/pods", TABLE, includeObject="None", fieldSelector="status.phase!=Succeeded"
        )
        assert [row["cells"][2] for row in running["rows"]] == ["Running", "Pending"]
        assert len(client.get("/api/v1/pods", TABLE)["rows"]) == 4, "rows with names come from the pods"


def test_denied_by_permission_by_action_and_by_scope():
    deny = {"list nodes", "list-events", "list pods at the cluster scope"}
    with Lab(snapshot(), deny=deny) as lab:
        client = Client(lab)
        status, _, body = client.raw("/api/v1/nodes")
        assert status == 403
        assert json.loads(body)["message"] == (
            'nodes is forbidden: User "lab" cannot list resource "nodes" in API group "" at the cluster scope'
        )
        assert client.raw("/api/v1/events")[0] == 403
        assert client.raw("/api/v1/pods")[0] == 403
        assert client.raw("/api/v1/pods", TABLE, includeObject="None")[0] == 403
        assert client.names("/api/v1/namespaces/shop/pods") == ["web-0"]
        assert client.raw("/api/v1/nodes/whatever")[0] == 403


def test_a_throttled_request_is_let_through_in_the_end():
    with Lab(snapshot(), faults={"list-nodes": Fault.throttled(times=2, retry_after=3)}) as lab:
        client = Client(lab)
        answers = [client.raw("/api/v1/nodes")[:2] for _ in range(3)]
        assert [status for status, _ in answers] == [429, 429, 200]
        assert answers[0][1]["Retry-After"] == "3"


def test_plain_http_needs_no_token():
    with Lab(snapshot(), kubernetes="http") as lab:
        client = Client(lab, Authorization="")
        assert client.server.startswith("http://")
        assert len(client.names("/api/v1/nodes")) == 7


def test_five_thousand_nodes_page_whole():
    nodes = [node(number) for number in range(5000)]
    with Lab(snapshot(nodes=nodes, pods=[pod("one")])) as lab:
        client, query, names = Client(lab), {"limit": "500"}, []
        while True:
            answer = client.get("/api/v1/nodes", **query)
            names += [item["metadata"]["name"] for item in answer["items"]]
            if not (token := answer["metadata"].get("continue")):
                break
            query["continue"] = token
        assert names == [one["metadata"]["name"] for one in nodes]
        assert len(lab.requests) == 10
