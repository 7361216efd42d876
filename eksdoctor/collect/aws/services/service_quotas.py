"""The Service Quotas collectors: one function per action, named after it."""

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.pages import ask
from eksdoctor.collect.deadline import Deadline
from eksdoctor.snapshot.request import Answer, Request

SERVICE = "service-quotas"


def get_service_quota(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The quota as applied to this account; absent where none was ever applied."""
    return ask(
        account, SERVICE, account.client("service-quotas", deadline).get_service_quota, request, deadline
    )


def get_aws_default_service_quota(account: Account, request: Request, deadline: Deadline) -> Answer:
    """The quota that AWS gives an account that has not asked for more."""
    client = account.client("service-quotas", deadline)
    return ask(account, SERVICE, client.get_aws_default_service_quota, request, deadline)
