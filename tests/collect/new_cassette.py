"""Writes the skeleton of an action's cassette: `python -m tests.collect.new_cassette ACTION [NAME=VALUE…]`.

The request is what the collector sends. NAME=VALUE are its arguments: a list is `a,b`, a filter of EC2
`filter:vpc-id=vpc-1`. The answer of AWS is made from botocore's service model; replace its values by those of
the example in the documentation that the head of the file names.
"""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3
import msgspec
import yaml
from botocore.awsrequest import AWSResponse
from botocore.session import Session

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.dispatch import connect
from eksdoctor.collect.kubernetes.pages import PAGE_SIZE
from eksdoctor.collect.kubernetes.read import path_of
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.snapshot.declaration import AwsAction
from eksdoctor.snapshot.request import Request
from tests.collect.kubeconfigs import kubeconfig
from tests.collect.recordings import file_of
from tests.lab.aws.wire import model_of, result

SAMPLES = {
    "integer": 1,
    "long": 1,
    "float": 1.0,
    "double": 1.0,
    "boolean": True,
    "timestamp": "2024-03-14T15:32:44Z",
}
MOST_DEPTH = 3
KUBERNETES = "https://kubernetes.example"
KEPT_HEADERS = ("Content-Type", "X-Amz-Target")


def skeleton(action, arguments):
    """The text of the cassette."""
    request = Request.of(action, **arguments)
    head, interaction, values = (_aws if isinstance(action, AwsAction) else _kubernetes)(request)
    document = {
        "version": 1,
        "arguments": {k: list(v) if isinstance(v, tuple) else v for k, v in request.arguments},
        "records": 1,
        "values": values,
        "interactions": [interaction],
    }
    return head + yaml.dump(document, Dumper=_Blocks, sort_keys=False, width=1000, allow_unicode=True)


def _aws(request):
    """Head, interaction and values: the collector's own call, answered by a sample of the output's shape."""
    action = request.action
    page = (
        f"https://docs.aws.amazon.com/cli/latest/reference/{action.client}/{_dashed(action.operation)}.html"
    )
    model = model_of(action.name.partition(":")[0]).operation_model(action.operation)
    document = _sample(model.output_shape, fields=(action.kind.items,) if action.kind.items else None)
    answer = result(model, document)
    sent = []

    def play(request, **_):
        sent.append(request)
        return AWSResponse(request.url, answer.status, dict(answer.headers), _Raw(answer.body))

    with tempfile.TemporaryDirectory() as folder:
        path = kubeconfig(Path(folder) / "config", server=KUBERNETES)
        connection = connect(ConnectionOptions(kubeconfig=path, region="eu-west-1"))
        connection.account._session = _session()
        client = connection.account.client(action.client, Deadline.after(20))
        client.meta.events.register("before-send", play)
        found = connection.answer(request, Deadline.after(20))
    head = (
        f"# Skeleton of botocore's model: replace its values by those of the example of\n# {page}#examples.\n"
    )
    return head, _interaction(sent[0], answer), _values(found.documents, action.kind.record)


def _session():
    return boto3.Session(aws_access_key_id="AKIA", aws_secret_access_key="x", region_name="eu-west-1")


def _interaction(sent, answer):
    body = sent.body.decode() if isinstance(sent.body, bytes) else sent.body
    headers = {
        k: [v.decode() if isinstance(v, bytes) else v] for k, v in sent.headers.items() if k in KEPT_HEADERS
    }
    kept = {k: [v] for k, v in answer.headers if k in KEPT_HEADERS}
    return {
        "request": {"method": sent.method, "uri": sent.url, "body": body or None, "headers": headers},
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": kept,
            "body": {"string": _indented(answer.body.decode())},
        },
    }


def _kubernetes(request):
    action = request.action
    metadata = {"name": str(request.values.get("name", "example"))}
    metadata |= {"namespace": request.values["namespace"]} if "namespace" in request.values else {}
    entry = {"apiVersion": action.resource.version, "kind": action.kind.record.__name__, "metadata": metadata}
    listed = {
        "kind": f"{entry['kind']}List",
        "apiVersion": entry["apiVersion"],
        "metadata": {"resourceVersion": "1"},
    }
    named = action.verb == "get"
    path = path_of(request) + (f"/{request.values['name']}" if named else f"?limit={PAGE_SIZE}")
    interaction = {
        "request": {"method": "GET", "uri": f"{KUBERNETES}{path}", "body": None, "headers": {}},
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {"Content-Type": ["application/json"]},
            "body": {"string": json.dumps(entry if named else {**listed, "items": [entry]}, indent=1)},
        },
    }
    head = "# Skeleton: replace the object by the example of https://kubernetes.io/docs/reference/kubernetes-api/.\n"
    return head, interaction, {"$.metadata.name": metadata["name"]}


def _sample(shape: Any, depth: int = 0, fields: tuple[str, ...] | None = None) -> Any:
    """A value of a shape; a structure without the members that are deeper than `MOST_DEPTH`."""
    if shape.type_name == "structure":
        members = {k: v for k, v in shape.members.items() if fields is None or k in fields}
        found = {
            k: _sample(v, depth + 1)
            for k, v in members.items()
            if depth < MOST_DEPTH or v.type_name == "string"
        }
        return {name: value for name, value in found.items() if "Token" not in name}
    if shape.type_name == "list":
        return [_sample(shape.member, depth)]
    if shape.type_name == "map":
        return {}
    return (
        shape.enum[0]
        if getattr(shape, "enum", None)
        else SAMPLES.get(shape.type_name, f"example-{shape.name}")
    )


def _values(documents: Any, record: type[Any]) -> dict[str, Any]:
    """The texts of a record; none where the collector cannot read the sample, as of a policy document."""
    if not documents:
        return {}
    shape = msgspec.to_builtins(documents[0])
    if not isinstance(shape, dict):
        return {"$": shape}
    names = getattr(record, "__struct_encode_fields__", ())
    return {f"$.{k}": shape[k] for k in names if isinstance(shape.get(k), str)}


class _Raw:
    """The body of an AWSResponse."""

    def __init__(self, body):
        self._body = body

    def stream(self):
        yield self._body


class _Blocks(yaml.SafeDumper):
    """Texts of several lines as blocks."""

    def represent_scalar(self, tag, value, style=None):
        return super().represent_scalar(tag, value, "|" if "\n" in value else style)


def _indented(text):
    if text.startswith("{"):
        return json.dumps(json.loads(text), indent=1)
    return re.sub(r"(?<=>)\s*(?=<)", "\n", text)


def _dashed(operation):
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", operation).lower()


def _arguments(action, pairs):
    """NAME=VALUE as arguments: lists for filters and for parameters that are lists."""
    shape = None
    if isinstance(action, AwsAction):
        shape = Session().get_service_model(action.client).operation_model(action.operation).input_shape
    found = {}
    for name, _, value in (pair.partition("=") for pair in pairs):
        many = name.startswith("filter:") or (shape is not None and shape.members[name].type_name == "list")
        found[name] = tuple(value.split(",")) if many else value
    return found


def main(name, *pairs):
    """Write the file, unless there is one."""
    action = ACTIONS[name]
    path = file_of(action)
    if path.exists():
        raise SystemExit(f"{path} exists")
    path.write_text(skeleton(action, _arguments(action, pairs)), encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main(*sys.argv[1:])
