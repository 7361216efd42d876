"""The STS collector."""

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.aws.pages import ask
from eksdoctor.collect.deadline import Deadline
from eksdoctor.snapshot.request import Answer, Request


def get_caller_identity(account: Account, request: Request, deadline: Deadline) -> Answer:
    """Who asks, in which account."""
    return ask(account, "sts", account.client("sts", deadline).get_caller_identity, request, deadline)
