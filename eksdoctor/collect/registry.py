"""Which function collects which action.

Most actions need no function of their own: `aws.read` and `kubernetes.read` derive the call from the
declaration. A function with special handling registers itself with `aws_collector` or
`kubernetes_collector`; `eksdoctor.collect.dispatch` imports the modules that hold such functions.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes.api import KubernetesApi
from eksdoctor.snapshot.declaration import AwsAction, DeclarationError, KubernetesAction
from eksdoctor.snapshot.request import Answer, Request

AwsCollector = Callable[[Account, Request, Deadline], Answer]
KubernetesCollector = Callable[[KubernetesApi, Request, Deadline], Answer]
C = TypeVar("C", bound=Callable[..., Answer])

AWS: dict[str, AwsCollector] = {}
KUBERNETES: dict[str, KubernetesCollector] = {}


def aws_collector(action: AwsAction[Any]) -> Callable[[AwsCollector], AwsCollector]:
    """Register the decorated function for an action; raises DeclarationError if it has one already."""
    return _registration(AWS, action.name)


def kubernetes_collector(
    action: KubernetesAction[Any],
) -> Callable[[KubernetesCollector], KubernetesCollector]:
    """Register the decorated function for an action; raises DeclarationError if it has one already."""
    return _registration(KUBERNETES, action.name)


def _registration(known: dict[str, C], name: str) -> Callable[[C], C]:
    def register(function: C) -> C:
        if name in known:
            first = known[name]
            raise DeclarationError(
                f"{name} is collected by {first.__module__}.{first.__qualname__} "
                f"and by {function.__module__}.{function.__qualname__}"
            )
        known[name] = function
        return function

    return register
