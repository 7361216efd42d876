"""The additional requests of an audit: routes and endpoints, IAM identity of aws-node, mutating webhooks."""

import re
from collections.abc import Iterator

from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.model.network.eni_quota import ENIQuota
from eksdoctor.snapshot.records.aws import DESCRIBE_NODEGROUP, GET_CALLER_IDENTITY
from eksdoctor.snapshot.records.identity import (
    DESCRIBE_POD_IDENTITY_ASSOCIATION,
    LIST_POD_IDENTITY_ASSOCIATIONS,
)
from eksdoctor.snapshot.records.karpenter import LIST_EC2_NODE_CLASSES
from eksdoctor.snapshot.records.kubernetes import GET_SERVICE_ACCOUNT, LIST_SERVICE_ACCOUNTS
from eksdoctor.snapshot.request import Request

ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
MOST_ROLES = 20  # a cluster has two or three
_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_ARN = re.compile(rf"arn:[\w-]+:iam::(\d{{12}}):role/(?:\S*/)?({_NAME.pattern})", re.ASCII)


def next_requests(cluster: Cluster) -> Iterator[Request]:
    """The requests; those that depend on other answers follow once these are received."""
    yield requests.MUTATING_WEBHOOKS
    yield requests.AWS_NODE_ACCOUNT
    vpc = cluster.vpc_id
    if isinstance(vpc, str) and vpc:
        yield requests.route_tables(vpc)
        yield requests.vpc_endpoints(vpc)
    if cluster.part(ENIQuota).is_worth_counting is True:
        yield requests.REGION_INTERFACES
    if cluster.is_same_in_aws is not False:
        yield from _of_identity(cluster)


def _of_identity(cluster: Cluster) -> Iterator[Request]:
    name = cluster.target_name
    if isinstance(name, str):
        yield requests.pod_identities(name)
        for association in cluster.snapshot.of(LIST_POD_IDENTITY_ASSOCIATIONS.kind):
            yield requests.pod_identity(name, association.association_id)
    for role in _roles(cluster)[:MOST_ROLES]:
        yield requests.role(role)
        yield requests.attached_policies(role)
        yield requests.inline_policies(role)


def _roles(cluster: Cluster) -> list[str]:
    """The role names that aws-node may use: by pod identity, annotation or node."""
    snapshot = cluster.snapshot
    accounts = [*snapshot.of(GET_SERVICE_ACCOUNT.kind), *snapshot.of(LIST_SERVICE_ACCOUNTS.kind)]
    arns = [
        *(identity.role_arn for identity in snapshot.of(DESCRIBE_POD_IDENTITY_ASSOCIATION.kind)),
        *(
            account.metadata.annotations.get(ROLE_ANNOTATION, "")
            for account in accounts
            if (account.metadata.namespace, account.metadata.name) == (requests.SYSTEM, "aws-node")
        ),
        *(group.node_role for group in snapshot.of(DESCRIBE_NODEGROUP.kind)),
    ]
    named = [node_class.spec.role for node_class in snapshot.of(LIST_EC2_NODE_CLASSES.kind)]
    found = [*(_name_of(arn, cluster) for arn in arns), *named]
    return [role for role in dict.fromkeys(found) if _NAME.fullmatch(role)]


def _name_of(arn: str, cluster: Cluster) -> str:
    """The role name in an ARN; empty for a role in another account, which can't be read."""
    found = _ARN.fullmatch(arn)
    if found is None:
        return ""
    account = _account(cluster)
    return found[2] if account in ("", found[1]) else ""


def _account(cluster: Cluster) -> str:
    """The account id of the caller; empty if unknown."""
    return next((caller.account for caller in cluster.snapshot.of(GET_CALLER_IDENTITY.kind)), "")
