"""One cluster and its account: each request is answered by the collector of its action."""

import importlib
import pkgutil
import time
from dataclasses import dataclass, replace
from types import ModuleType

from eksdoctor.collect.aws import read as aws_read
from eksdoctor.collect.aws import services
from eksdoctor.collect.aws.account import Account
from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.kubernetes import read as kubernetes_read
from eksdoctor.collect.kubernetes import special
from eksdoctor.collect.kubernetes.api import KubernetesApi
from eksdoctor.collect.refusal import Refused
from eksdoctor.collect.registry import AWS, KUBERNETES
from eksdoctor.collect.target.eks_names import names_in
from eksdoctor.collect.target.kubeconfig import read_entry
from eksdoctor.collect.target.target import target_of
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.snapshot.request import Answer, Request
from eksdoctor.snapshot.snapshot import Target


def _import_modules(package: ModuleType) -> None:
    """Import every module of a package, so that its collectors register themselves."""
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)


for _package in (services, special):
    _import_modules(_package)


@dataclass(frozen=True, slots=True)
class Connection:
    """A cluster and its account, safe to share between threads; the first request opens the connection."""

    target: Target
    kubernetes: KubernetesApi
    account: Account

    def answer(self, request: Request, deadline: Deadline) -> Answer:
        """The answer to a request; a failure is a refusal in it and never an exception."""
        started = time.monotonic()
        try:
            answer = self._collected(request, deadline)
        except Refused as failure:
            answer = Answer(
                request, failure.documents, failure.refusal, dropped=failure.dropped, pages=failure.pages
            )
        return replace(answer, seconds=time.monotonic() - started)

    def _collected(self, request: Request, deadline: Deadline) -> Answer:
        action = request.action
        if action.source == "kubernetes":
            return KUBERNETES.get(action.name, kubernetes_read.read)(self.kubernetes, request, deadline)
        return AWS.get(action.name, aws_read.read)(self.account, request, deadline)


def connect(options: ConnectionOptions) -> Connection:
    """The connection to the cluster that options and kubeconfig name; it opens nothing yet.

    Raises UnreachableError, with advice, when they name none.
    """
    entry = read_entry(options.kubeconfig, options.context)
    target = target_of(entry, options)
    role_arn = options.role_arn or names_in(entry).role_arn
    return Connection(
        target,
        KubernetesApi(entry, target.profile),
        Account(target, role_arn=role_arn, endpoint=options.aws_endpoint),
    )
