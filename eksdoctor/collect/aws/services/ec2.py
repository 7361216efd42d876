"""The EC2 collectors: one function per action, named after it."""

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.pages import ask
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.user_data.launch_template import only_max_pods
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


def describe_launch_template_versions(account: Account, request: Request, deadline: Deadline) -> Answer:
    """Versions of one launch template, reduced to their max-pods setting as they come in."""
    client = account.client("ec2", deadline)
    call = only_max_pods(client.describe_launch_template_versions)
    return ask(account, "ec2", call, request, deadline)


def describe_route_tables(account: Account, request: Request, deadline: Deadline) -> Answer:
    """Route tables by filter."""
    return ask(account, "ec2", account.client("ec2", deadline).describe_route_tables, request, deadline)


def describe_security_group_rules(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The rules of security groups."""
    client = account.client("ec2", deadline)
    return ask(account, "ec2", client.describe_security_group_rules, request, deadline, MaxResults=PAGE_SIZE)


def describe_vpc_endpoints(account: Account, request: Request, deadline: Deadline) -> Answer:
    """Endpoints by filter."""
    return ask(account, "ec2", account.client("ec2", deadline).describe_vpc_endpoints, request, deadline)
