"""The EC2 collectors: one function per action, named after it."""

from eksdoctor.collect.aws_account import Account
from eksdoctor.collect.aws_pages import ask
from eksdoctor.collect.deadline import Deadline
from eksdoctor.snapshot.request import Answer, Request

PAGE_SIZE = 1000


def describe_subnets(account: Account, request: Request, deadline: Deadline) -> Answer:
    """Subnets by id or filter."""
    return ask(account, "ec2", account.client("ec2", deadline).describe_subnets, request, deadline)


def describe_vpcs(account: Account, request: Request, deadline: Deadline) -> Answer:
    """VPCs by id."""
    return ask(account, "ec2", account.client("ec2", deadline).describe_vpcs, request, deadline)


def describe_instance_types(account: Account, request: Request, deadline: Deadline) -> Answer:
    """Instance types by name; the unfiltered list would take ten seconds."""
    return ask(account, "ec2", account.client("ec2", deadline).describe_instance_types, request, deadline)


def get_subnet_cidr_reservations(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The reserved ranges of one subnet."""
    return ask(
        account, "ec2", account.client("ec2", deadline).get_subnet_cidr_reservations, request, deadline
    )


def describe_network_interfaces(account: Account, request: Request, deadline: Deadline) -> Answer:
    """ENIs by filter, those that AWS manages for someone included: their addresses are taken all the same."""
    client = account.client("ec2", deadline)
    known = client.meta.service_model.operation_model("DescribeNetworkInterfaces").input_shape.members
    managed = {"IncludeManagedResources": True} if "IncludeManagedResources" in known else {}
    return ask(
        account, "ec2", client.describe_network_interfaces, request, deadline, MaxResults=PAGE_SIZE, **managed
    )


def describe_security_groups(account: Account, request: Request, deadline: Deadline) -> Answer:
    """Security groups by id."""
    return ask(account, "ec2", account.client("ec2", deadline).describe_security_groups, request, deadline)
