"""Lists of Kubernetes objects, page by page, decoded straight into their records."""

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
from eksdoctor.snapshot.kinds import Kind
from eksdoctor.snapshot.request import Answer, Request

T = TypeVar("T")
Reduction = Callable[[dict[str, Any]], dict[str, Any]]
PAGE_SIZE = 500


class ListMetadata(msgspec.Struct, rename="camel", frozen=True):
    """`resume` is empty on the last page."""

    resume: str = msgspec.field(default="", name="continue")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A list answer; Go writes an empty list as null."""

    items: list[T] | None
    metadata: ListMetadata = msgspec.field(default_factory=ListMetadata)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What stood on one page, and where the next one begins."""

    documents: list[Any]
    dropped: int
    resume: str


@dataclass(frozen=True, slots=True)
class Shape:
    """How a list is asked for and read."""

    decode: Callable[[bytes], Decoded]
    size: int = PAGE_SIZE
    accept: str = JSON
    query: tuple[tuple[str, str], ...] = ()


def list_all(
    api: KubernetesApi, path: str, request: Request, deadline: Deadline, reduction: Reduction | None = None
) -> Answer:
    """Every object at a list path, by the request's selectors; a path that is not served is known absent.

    `reduction` takes out of each document what must not be kept, before anything else is done with it.
    """
    kind = request.action.kind
    return read_pages(api, path, request, deadline, Shape(lambda data: decode_page(kind, data, reduction)))


def read_pages(api: KubernetesApi, path: str, request: Request, deadline: Deadline, shape: Shape) -> Answer:
    """The pages of a list, one after another; raises Refused with what came before the refusal."""
    query = {**_selectors(request), "limit": str(shape.size), **dict(shape.query)}
    documents: list[Any] = []
    dropped = pages = 0
    while True:
        try:
            body = api.get(path, query, request.action, deadline, shape.accept)
            if known_absent(body.status, body.data) and not pages:
                return Answer(request, absent=True)
            if body.status != 200:  # noqa: PLR2004  a proxy's 404
                raise refused_by_status(body.status, body.data, request.action, "")
            page = shape.decode(body.data)
        except Refused as broken:
            raise Refused(broken.refusal, tuple(documents), dropped, max(pages, 1)) from broken
        documents += page.documents
        dropped += page.dropped
        pages += 1
        if not page.resume:
            return Answer(request, tuple(documents), dropped=dropped, pages=pages)
        query["continue"] = page.resume


def decode_page(kind: Kind[Any], data: bytes, reduction: Reduction | None = None) -> Decoded:
    """The records of a page; one bad object costs itself only."""
    if kind.whole or reduction is not None:
        return _one_by_one(kind, data, reduction)
    try:
        page = _decoder(kind).decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _one_by_one(kind, data, reduction)
    return Decoded(page.items or [], 0, page.metadata.resume)


@cache
def _decoder(kind: Kind[Any]) -> "msgspec.json.Decoder[Page[Any]]":
    page: Any = Page
    return msgspec.json.Decoder(page[kind.record])


def _one_by_one(kind: Kind[Any], data: bytes, reduction: Reduction | None) -> Decoded:
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
    return Decoded(documents, dropped, page.metadata.resume)


def decode_document(kind: Kind[Any], data: bytes, reduction: Reduction | None = None) -> Any:
    """One object: a record, or the scrubbed document when the kind is kept whole and is what it should be."""
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
