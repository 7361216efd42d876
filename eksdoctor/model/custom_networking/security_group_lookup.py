"""Whether a security group exists, and in which VPC."""

from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import NotKnown, Unknown, known
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.records.aws import DESCRIBE_SECURITY_GROUPS


def _found(cluster: "Cluster", group: str) -> aws.SecurityGroup | None:
    """A group by id, None when there is none: a filter leaves out what is not there."""
    cluster.require_same_cluster()
    for record in cluster.snapshot.of(DESCRIBE_SECURITY_GROUPS.kind):
        if record.group_id == group:
            return record
    asked = requests.asked_with(cluster.snapshot, requests.security_groups([group]))
    missing = gap(cluster.snapshot, asked)
    if missing is not None:
        raise NotKnown(missing)
    return None


def is_missing(cluster: "Cluster", group: str) -> bool | Unknown:
    """Whether there is no such group."""
    try:
        return _found(cluster, group) is None
    except NotKnown as missing:
        return missing.unknown


def is_of_another_vpc(cluster: "Cluster", group: str) -> bool | Unknown:
    """Whether the group is of a VPC other than the cluster's; False for one that does not exist."""
    try:
        record, vpc = _found(cluster, group), known(cluster.vpc_id)
    except NotKnown as missing:
        return missing.unknown
    return record is not None and record.vpc_id not in ("", vpc)
