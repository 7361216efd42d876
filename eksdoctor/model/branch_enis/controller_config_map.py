"""The resource controller's settings: ConfigMap `kube-system/amazon-vpc-cni`, read at once when changed."""

from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import NotKnown
from eksdoctor.snapshot.records.kubernetes import GET_CONFIG_MAP

MOST_DIGITS = 6


def setting(cluster: "Cluster", key: str) -> str | None:
    """The value of a key, None when it is not set; raises NotKnown when the ConfigMap may not be read."""
    for config in cluster.snapshot.of(GET_CONFIG_MAP.kind):
        meta = config.metadata
        if (meta.namespace, meta.name) == (requests.SYSTEM, requests.CNI_CONFIG_MAP):
            return config.data.get(key)
    missing = gap(cluster.snapshot, requests.CONFIG_MAP)
    if missing is not None:
        raise NotKnown(missing)
    return None


def number(text: str | None) -> int | None:
    """A whole number, None for anything else."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None
