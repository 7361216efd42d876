"""The options of one run: what to collect or read, and how to report it."""

import re
from dataclasses import dataclass
from pathlib import Path

from eksdoctor.cli.parameters.shared import Color, FailOn
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.errors import UsageError
from eksdoctor.snapshot.snapshot import CLOUDTRAIL, Focus, Target

WINDOW_SECONDS = 3600.0  # Kubernetes keeps an event for one hour
LAST = "last"
_FORMS = "Write NAME -n NAMESPACE, or NAMESPACE/NAME."
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")  # as the API server accepts them


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What to collect, or to read from files.

    `sources` are read instead of the cluster: one snapshot (or `last`) and bundles of node logs.
    `extras` names optional data to collect (CloudTrail). `node_logs` is the number of nodes whose
    ipamd log is read for each cause that is not confirmed; 0 reads none.
    """

    purpose: str
    connection: ConnectionOptions
    deadline_seconds: float
    window_seconds: float | None = None
    namespace: str = ""
    pod: str = ""
    sources: tuple[str, ...] = ()
    extras: frozenset[str] = frozenset()
    node_logs: int = 0

    def check(self) -> None:
        """Raise UsageError if options contradict each other or a name is invalid."""
        if self.sources and self.extras:
            raise UsageError("--from reads a snapshot and sends no request", "Remove --cloudtrail.")
        if self.sources and self.connection != ConnectionOptions():
            raise UsageError(
                "--from reads a snapshot and can't be used with options that name a cluster or an account",
                "Remove --from or the other options.",
            )
        if "/" in self.pod and self.namespace:
            raise UsageError("the namespace is given twice: in POD and with -n", "Remove one of them.")
        namespace, slash, pod = self.pod.rpartition("/")
        for name, what in ((namespace, "namespace"), (self.namespace, "namespace"), (pod, "pod")):
            if name and not _NAME.fullmatch(name):
                raise UsageError(f"{name!r} is not a valid {what} name", _FORMS)
        if slash and not (namespace and pod):
            raise UsageError(f"{self.pod!r} is not a valid pod name", _FORMS)

    def focus(self, target: Target) -> Focus:
        """The namespace and pod to build_report; the namespace defaults to the context's, as in kubectl."""
        namespace, _, name = self.pod.rpartition("/")
        namespace = namespace or self.namespace
        if name and not namespace:
            namespace = target.namespace or "default"
        return Focus(namespace=namespace, pod=name)


def extras(cloudtrail: bool) -> frozenset[str]:
    """The names, in a snapshot, of the optional data that the flags select."""
    return frozenset({CLOUDTRAIL}) if cloudtrail else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """How to report: outputs, extra rules, what is shown and kept, and the severity for exit code 3."""

    fail_on: FailOn
    output: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    show_passed: bool = False
    keep_snapshot: bool = True
    color: Color = Color.AUTO
    quiet: bool = False
