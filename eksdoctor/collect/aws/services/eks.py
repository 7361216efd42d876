"""The EKS collectors: one function per action, named after it."""

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.pages import ask
from eksdoctor.collect.deadline import Deadline
from eksdoctor.snapshot.request import Answer, Request

PAGE_SIZE = 100  # the most that ListNodegroups gives


def describe_cluster(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The cluster: endpoint, certificate, network."""
    return ask(account, "eks", account.client("eks", deadline).describe_cluster, request, deadline)


def describe_addon(account: Account, request: Request, deadline: Deadline) -> Answer:
    """One add-on; a cluster that runs a self-managed one has none by that name."""
    return ask(account, "eks", account.client("eks", deadline).describe_addon, request, deadline)


def list_nodegroups(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The names of the managed node groups."""
    client = account.client("eks", deadline)
    return ask(account, "eks", client.list_nodegroups, request, deadline, maxResults=PAGE_SIZE)


def describe_nodegroup(account: Account, request: Request, deadline: Deadline) -> Answer:
    """One managed node group."""
    return ask(account, "eks", account.client("eks", deadline).describe_nodegroup, request, deadline)


def list_pod_identity_associations(account: Account, request: Request, deadline: Deadline) -> Answer:
    """Which associations a service account has."""
    client = account.client("eks", deadline)
    return ask(account, "eks", client.list_pod_identity_associations, request, deadline, maxResults=PAGE_SIZE)


def describe_pod_identity_association(account: Account, request: Request, deadline: Deadline) -> Answer:
    """One association, with its role."""
    client = account.client("eks", deadline)
    return ask(account, "eks", client.describe_pod_identity_association, request, deadline)
