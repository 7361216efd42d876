"""From bytes to an operation's parameters and from a result to bytes, by the service models of botocore."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

import msgspec
from botocore.utils import parse_timestamp
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import EC2QueryParser, JSONParser, QueryParser, RestJSONParser
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict

from eksdoctor.snapshot.declaration import CLIENTS
from tests.lab.call import Call, Reply

PARSERS = {"ec2": EC2QueryParser, "json": JSONParser, "query": QueryParser, "rest-json": RestJSONParser}
MODELS = CLIENTS  # where the name in a signature is not that of the model
REQUEST_ID = "59dbff89-35bd-4eac-99ed-be587example"
_SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Signed:
    """Who calls which service where, from the signature's scope."""

    key: str
    region: str
    service: str


class AwsError(Exception):
    """An error of a service."""

    def __init__(self, code: str, words: str, status: int = 400) -> None:
        super().__init__(code, words, status)
        self.code, self.words, self.status = code, words, status


def signed(call: Call) -> Signed | None:
    """The scope of the call's signature; None if it is not signed."""
    found = _SCOPE.search(call.headers.get("authorization", ""))
    return Signed(*found.groups()) if found else None


def operation(service: str, call: Call) -> tuple[OperationModel, dict[str, Any]]:
    """The operation a call means and its parameters; AwsError if the service has none such."""
    model = model_of(service)
    parts = urlsplit(call.target)
    values: MultiDict[str, str]
    if model.protocol == "rest-json":
        found, url = _by_path(service, call.method, parts.path)
        values = MultiDict(parse_qsl(parts.query, keep_blank_values=True))
    elif model.protocol == "json":
        url, values = {}, MultiDict()
        found = _by_name(model, call.headers.get("x-amz-target", "").rpartition(".")[2])
    else:
        url, values = {}, MultiDict(parse_qsl(call.body.decode() or parts.query, keep_blank_values=True))
        found = _by_name(model, str(values.get("Action", "")))
    request = {
        "body": call.body,
        "headers": call.headers,
        "method": call.method,
        "url_params": url,
        "url_path": parts.path,
        "values": values,
    }
    return found, PARSERS[model.protocol](found).parse(request)


def model_of(service: str) -> ServiceModel:
    return get_service_model(MODELS.get(service, service))


def _by_name(model: ServiceModel, name: str) -> OperationModel:
    if name not in model.operation_names:
        raise AwsError("InvalidAction", f"The action {name} is not valid for this web service.")
    return model.operation_model(name)


def _by_path(service: str, method: str, path: str) -> tuple[OperationModel, dict[str, str]]:
    for pattern, verb, found in _paths(service):
        if verb == method and (match := pattern.fullmatch(path)):
            return found, {name: unquote(value) for name, value in match.groupdict().items()}
    raise AwsError("UnknownOperationException", f"no operation at {method} {path}", 404)


@cache
def _paths(service: str) -> list[tuple[re.Pattern[str], str, OperationModel]]:
    model = model_of(service)
    found = []
    for name in model.operation_names:
        one = model.operation_model(name)
        path = one.http["requestUri"].partition("?")[0]
        pattern = "".join(
            f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{\w+\})", path)
        )
        found.append((re.compile(pattern), one.http["method"], one))
    return found


def result(one: OperationModel, document: Any) -> Reply:
    """A result in the protocol of its service."""
    serializer = get_serializer_class(one.service_model.service_name, one.service_model.protocol)
    made = serializer(one, value_picker=_pick).serialize(document)
    body = made["body"]
    headers = tuple(made["headers"].items())
    return Reply(made["status_code"], body.encode() if isinstance(body, str) else body, headers)


def _pick(context: Any) -> Any:
    value = context.obj.get(context.key) if isinstance(context.obj, dict) else None
    if value is None or context.shape.type_name != "timestamp":
        return value
    time = value if isinstance(value, datetime) else parse_timestamp(value)
    return time.astimezone(UTC)


def error(service: str, fault: AwsError, retry_after: int | None = None) -> Reply:
    """An error in the protocol of its service."""
    again = (("Retry-After", str(retry_after)),) if retry_after is not None else ()
    code, words = escape(fault.code), escape(fault.words)
    match model_of(service).protocol:
        case "ec2":
            errors = f"<Errors><Error><Code>{code}</Code><Message>{words}</Message></Error></Errors>"
            body = f"<Response>{errors}<RequestID>{REQUEST_ID}</RequestID></Response>"
        case "query":
            inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{words}</Message></Error>"
            body = f"<ErrorResponse>{inner}<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
        case "json":
            headers = (("Content-Type", "application/x-amz-json-1.1"), *again)
            told = msgspec.json.encode({"__type": fault.code, "message": fault.words})
            return Reply(fault.status, told, headers)
        case _:
            headers = (("Content-Type", "application/json"), ("x-amzn-ErrorType", fault.code), *again)
            return Reply(fault.status, msgspec.json.encode({"message": fault.words}), headers)
    document = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'
    return Reply(fault.status, document.encode(), (("Content-Type", "text/xml;charset=UTF-8"), *again))
