"""Lists of Kubernetes objects, page by page, decoded into records."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.api import JSON, KubernetesApi
from eksdoctor.collect.kubernetes.errors import known_absent, refused_by_status
from eksdoctor.collect.kubernetes.scrub import scrub
from eksdoctor.collect.refusal import Refused, refused
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.request import Answer, Request

T = TypeVar("T")
Reduction = Callable[[dict[str, Any]], dict[str, Any]]
PAGE_SIZE = 500


class ListMetadata(msgspec.Struct, rename="camel", frozen=True):
    """`token` continues the list; empty on the last page."""

    token: str = msgspec.field(default="", name="continue")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A list answer; Go writes an empty list as null."""

    items: list[T] | None
    metadata: ListMetadata = msgspec.field(default_factory=ListMetadata)


@dataclass(frozen=True, slots=True)
class DecodedPage:
    """The records of one page, and the token of the next page."""

    documents: list[Any]
    dropped: int
    token: str


@dataclass(frozen=True, slots=True)
class ListFormat:
    """How a list is requested and decoded."""

    decode: Callable[[bytes], DecodedPage]
    size: int = PAGE_SIZE
    accept: str = JSON
    query: tuple[tuple[str, str], ...] = ()


def list_all(
    api: KubernetesApi, path: str, request: Request, deadline: Deadline, reduction: Reduction | None = None
) -> Answer:
    """Every object of a list path that matches the request's selectors; absent when the path is not served.

    `reduction` removes from each document what must not be kept, before anything else reads it.
    """
    kind = request.action.kind
    return read_pages(
        api, path, request, deadline, ListFormat(lambda data: decode_page(kind, data, reduction))
    )


def read_pages(
    api: KubernetesApi, path: str, request: Request, deadline: Deadline, form: ListFormat
) -> Answer:
    """The pages of a list; raises Refused with the records that were read before the failure."""
    query = {**_selectors(request), "limit": str(form.size), **dict(form.query)}
    documents: list[Any] = []
    dropped = pages = 0
    while True:
        try:
            body = api.get(path, query, request.action, deadline, form.accept)
            if known_absent(body.status, body.data) and not pages:
                return Answer(request, absent=True)
            if body.status != 200:  # noqa: PLR2004  the 404 of a proxy
                raise refused_by_status(body.status, body.data, request.action, "")
            page = form.decode(body.data)
        except Refused as failure:
            raise Refused(failure.refusal, tuple(documents), dropped, max(pages, 1)) from failure
        documents += page.documents
        dropped += page.dropped
        pages += 1
        if not page.token:
            return Answer(request, tuple(documents), dropped=dropped, pages=pages)
        query["continue"] = page.token


def decode_page(kind: Kind[Any], data: bytes, reduction: Reduction | None = None) -> DecodedPage:
    """The records of a page; an object that cannot be decoded is dropped and counted."""
    if kind.whole or reduction is not None:
        return _one_by_one(kind, data, reduction)
    try:
        page = _decoder(kind).decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _one_by_one(kind, data, reduction)
    return DecodedPage(page.items or [], 0, page.metadata.token)


@cache
def _decoder(kind: Kind[Any]) -> "msgspec.json.Decoder[Page[Any]]":
    page: Any = Page
    return msgspec.json.Decoder(page[kind.record])


def _one_by_one(kind: Kind[Any], data: bytes, reduction: Reduction | None) -> DecodedPage:
    try:
        page = msgspec.json.decode(data, type=Page[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise refused("undecodable", f"not a Kubernetes list: {error}; begins {data[:60]!r}") from error
    documents, dropped = [], 0
    for raw in page.items or []:
        try:
            documents.append(decode_document(kind, bytes(raw), reduction))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            dropped += 1
    return DecodedPage(documents, dropped, page.metadata.token)


def decode_document(kind: Kind[Any], data: bytes, reduction: Reduction | None = None) -> Any:
    """One object: its record, or the scrubbed document for a kind that is kept whole.

    Raises msgspec.DecodeError when it is not of the kind.
    """
    if not kind.whole and reduction is None:
        return msgspec.json.decode(data, type=kind.record)
    document = msgspec.json.decode(data, type=dict[str, Any])
    if reduction is not None:
        document = reduction(document)
    record = msgspec.convert(document, kind.record, strict=False)
    return scrub(document) if kind.whole else record


def _selectors(request: Request) -> dict[str, str]:
    return {
        name: value
        for name, value in request.arguments
        if name in ("fieldSelector", "labelSelector") and isinstance(value, str)
    }
