"""The additional requests of an audit: routes and endpoints, IAM identity of aws-node, mutating webhooks."""

import re
from collections.abc import Iterator

from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.snapshot import kinds
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
    if cluster.eni_quota.is_worth_counting is True:
        yield requests.REGION_INTERFACES
    if cluster.is_same_in_aws is not False:
        yield from _of_identity(cluster)


def _of_identity(cluster: Cluster) -> Iterator[Request]:
    name = cluster.target_name
    if isinstance(name, str):
        yield requests.pod_identities(name)
        for association in cluster.snapshot.of(kinds.POD_IDENTITY_NAMES):
            yield requests.pod_identity(name, association.association_id)
    for role in _roles(cluster)[:MOST_ROLES]:
        yield requests.role(role)
        yield requests.attached_policies(role)
        yield requests.inline_policies(role)


def _roles(cluster: Cluster) -> list[str]:
    """The role names that aws-node may use: by pod identity, annotation or node."""
    snapshot = cluster.snapshot
    accounts = [*snapshot.of(kinds.AWS_NODE_ACCOUNT), *snapshot.of(kinds.SERVICE_ACCOUNTS)]
    arns = [
        *(identity.role_arn for identity in snapshot.of(kinds.POD_IDENTITIES)),
        *(
            account.metadata.annotations.get(ROLE_ANNOTATION, "")
            for account in accounts
            if (account.metadata.namespace, account.metadata.name) == (requests.SYSTEM, "aws-node")
        ),
        *(group.node_role for group in snapshot.of(kinds.NODEGROUPS)),
    ]
    named = [node_class.spec.role for node_class in snapshot.of(kinds.EC2_NODE_CLASSES)]
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
    return next((caller.account for caller in cluster.snapshot.of(kinds.CALLER)), "")
