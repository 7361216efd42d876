"""Bundles beside a snapshot, or alone: on which node each belongs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from msgspec import structs

from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.bundle.reader import Bundle
from eksdoctor.snapshot.snapshot import Snapshot

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def alone(bundles: Sequence[Bundle]) -> Snapshot:
    """A snapshot of nothing but bundles, as of the newest: of the cluster nothing was asked in it."""
    at = max((bundle.at for bundle in bundles if bundle.at is not None), default=NEVER)
    return beside(Snapshot(at=at, manifested=False), bundles)


def beside(snapshot: Snapshot, bundles: Iterable[Bundle]) -> Snapshot:
    """The snapshot, and what the bundles hold, each on its own node."""
    file = kinds.WORDS.file
    words, streams = [*snapshot.records.get(file, ())], [*snapshot.streams]
    for bundle in bundles:
        node = node_of(bundle, snapshot)
        words += [structs.replace(one, node=node) for one in bundle.words]
        streams += [replace(stream, node=node) for stream in bundle.streams]
    return replace(snapshot, records={**snapshot.records, file: tuple(words)}, streams=tuple(streams))


def node_of(bundle: Bundle, snapshot: Snapshot) -> str:
    """The name of the bundle's node: by its instance, which only one node ever has.

    A host name comes again with its address: it counts only where the instances are not known to differ.
    """
    instances = {
        node.metadata.name: node.spec.provider_id.rpartition("/")[2] for node in snapshot.of(kinds.NODES)
    }
    if bundle.instance:
        for name, instance in instances.items():
            if instance == bundle.instance:
                return name
        if instances.get(bundle.host):
            return bundle.instance
    return bundle.host or bundle.instance
