"""EC2 actions with special handling."""

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.pages import read_pages
from eksdoctor.collect.aws.read import accepts, method_of
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.registry import aws_collector
from eksdoctor.collect.user_data.reductions import launch_template_pages
from eksdoctor.snapshot.records.aws import DESCRIBE_NETWORK_INTERFACES
from eksdoctor.snapshot.records.launch_template import DESCRIBE_LAUNCH_TEMPLATE_VERSIONS
from eksdoctor.snapshot.request import Answer, Request

MANAGED = "IncludeManagedResources"


@aws_collector(DESCRIBE_NETWORK_INTERFACES)
def describe_network_interfaces(account: Account, request: Request, deadline: Deadline) -> Answer:
    """ENIs by filter, including those that AWS services manage: their IPs are in use too."""
    method = method_of(account, request, deadline)
    client = account.client(DESCRIBE_NETWORK_INTERFACES.client, deadline)
    managed = {MANAGED: True} if accepts(client, DESCRIBE_NETWORK_INTERFACES, MANAGED) else {}
    return read_pages(account, method, request, deadline, **managed)


@aws_collector(DESCRIBE_LAUNCH_TEMPLATE_VERSIONS)
def describe_launch_template_versions(account: Account, request: Request, deadline: Deadline) -> Answer:
    """Versions of one launch template, reduced to their max-pods setting as they arrive."""
    method = launch_template_pages(method_of(account, request, deadline))
    return read_pages(account, method, request, deadline)
