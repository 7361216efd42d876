"""The options that name a cluster and an account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionOptions:
    """What the user set on the command line; empty is not set.

    `aws_endpoint` is for tests. Only this program's own AWS clients use it; it is never in the environment,
    which credential plugins inherit.
    """

    kubeconfig: str = ""
    context: str = ""
    profile: str = ""
    region: str = ""
    role_arn: str = ""
    cluster: str = ""
    aws_endpoint: str = ""
