"""Log bundles added to a snapshot, each assigned to its node."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from msgspec import structs

from eksdoctor.snapshot.bundle.reader import Bundle
from eksdoctor.snapshot.records.kubernetes import LIST_NODES
from eksdoctor.snapshot.records.node_text import NODE_TEXTS
from eksdoctor.snapshot.snapshot import Snapshot

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def from_bundles(bundles: Sequence[Bundle]) -> Snapshot:
    """A snapshot of bundles and nothing else, at the time of the newest bundle."""
    at = max((bundle.at for bundle in bundles if bundle.at is not None), default=NEVER)
    return with_bundles(Snapshot(at=at, has_manifest=False), bundles)


def with_bundles(snapshot: Snapshot, bundles: Iterable[Bundle]) -> Snapshot:
    """The snapshot with the texts and logs of the bundles, each assigned to its node."""
    file = NODE_TEXTS.file
    texts, streams = [*snapshot.records.get(file, ())], [*snapshot.streams]
    for bundle in bundles:
        node = node_of(bundle, snapshot)
        texts += [structs.replace(one, node=node) for one in bundle.texts]
        streams += [replace(stream, node=node) for stream in bundle.streams]
    return replace(snapshot, records={**snapshot.records, file: tuple(texts)}, streams=tuple(streams))


def node_of(bundle: Bundle, snapshot: Snapshot) -> str:
    """The name of the bundle's node: by instance id, else by host name.

    A new node can reuse the host name of an old one. A host name therefore counts only when the node's
    instance id is not known.
    """
    instances = {
        node.metadata.name: node.spec.provider_id.rpartition("/")[2] for node in snapshot.of(LIST_NODES.kind)
    }
    if bundle.instance:
        for name, instance in instances.items():
            if instance == bundle.instance:
                return name
        if instances.get(bundle.host):
            return bundle.instance
    return bundle.host or bundle.instance
