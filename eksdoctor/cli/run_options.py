"""What the user wants looked at, and how."""

import re
from dataclasses import dataclass
from pathlib import Path

from eksdoctor.cli.parameters.shared import Color, FailOn
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.errors import UsageError
from eksdoctor.snapshot.snapshot import CLOUDTRAIL, Focus, Target

WINDOW_SECONDS = 3600.0  # an event lives one hour
LAST = "last"
_FORMS = "Write NAME -n NAMESPACE, or NAMESPACE/NAME."
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")  # as the API server admits them


@dataclass(frozen=True, slots=True)
class Wish:
    """What to look at. `sources` are read instead of the cluster: a snapshot or `last`, and bundles of logs.

    `extras` are what the user wants asked beyond the purpose.
    `node_logs` is of how many nodes, for each cause that is not confirmed, the daemon's log is read.
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
        """Raise UsageError for options that contradict each other."""
        if self.sources and self.extras:
            raise UsageError(
                "--from reads what was captured and asks nothing more", "Leave out --cloudtrail."
            )
        if self.sources and self.connection != ConnectionOptions():
            raise UsageError(
                "--from reads a snapshot: options that name a cluster or an account have no place beside it",
                "Leave out either.",
            )
        if "/" in self.pod and self.namespace:
            raise UsageError("the pod names its namespace and so does -n", "Leave out either.")
        namespace, slash, pod = self.pod.rpartition("/")
        for name, what in ((namespace, "namespace"), (self.namespace, "namespace"), (pod, "pod")):
            if name and not _NAME.fullmatch(name):
                raise UsageError(f"{name!r} is no name of a {what}", _FORMS)
        if slash and not (namespace and pod):
            raise UsageError(f"{self.pod!r} is no pod", _FORMS)

    def focus(self, target: Target) -> Focus:
        """What the user asked about; a pod without a namespace is in the context's, as for kubectl."""
        namespace, _, name = self.pod.rpartition("/")
        namespace = namespace or self.namespace
        if name and not namespace:
            namespace = target.namespace or "default"
        return Focus(namespace=namespace, pod=name)


def extras(cloudtrail: bool) -> frozenset[str]:
    """What a snapshot calls the things that are asked for by a flag alone."""
    return frozenset({CLOUDTRAIL}) if cloudtrail else frozenset()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the report is given: pages, rules, what is kept and what makes the exit code 3."""

    fail_on: FailOn
    output: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    passed: str = "hidden"  # or shown
    snapshot: str = "kept"  # or dropped
    color: Color = Color.AUTO
    voice: str = "spoken"  # or quiet
