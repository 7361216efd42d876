"""What aws-node's settings hold that it refuses or does not take, and what of it stops pods."""

from eksdoctor.model.aws_node.health import DaemonPod
from eksdoctor.model.aws_node_settings.addon_configuration import AWS_NODE, PLACES
from eksdoctor.model.aws_node_settings.invalid_values import Misread, misread
from eksdoctor.model.aws_node_settings.variables import ANY
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.vpc_cni import CNIPart
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, join, known, union
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.reported_problems.by_class import Hearing
from eksdoctor.model.reported_problems.reported_problem import Said
from eksdoctor.model.vpc_cni.addon import Addon
from eksdoctor.snapshot.records.kubernetes import GET_CONFIG_MAP, LIST_CONTROLLER_REVISIONS

# As the ConfigMap ships since v1.16.0; the targets are for Windows nodes.
# https://github.com/aws/amazon-vpc-cni-k8s/blob/master/config/master/aws-k8s-cni.yaml
SHIPPED = {"warm-ip-target": "1", "minimum-ip-target": "3", "warm-prefix-target": "0"}
WINDOWS = "enable-windows-ipam"
REVISION_HASH = "controller-revision-hash"
EXITED = 1  # the exit code of a refusal; 137 would be a kill
CONFIG_MAP = f"ConfigMap {requests.CNI_CONFIG_MAP}"


class Settings(CNIPart, name="settings"):
    """The variables of aws-node and the ConfigMap beside it, as the daemon takes them."""

    @fact
    def misread(self) -> Items[Misread]:
        """Every value that is refused or not taken: refused ones first."""
        misplaced = self.misplaced
        parts = union(
            [
                *(self._of(container) for container in PLACES),
                Items((), misplaced) if isinstance(misplaced, Unknown) else misplaced,
            ]
        )
        ordered = sorted(parts.elements, key=lambda one: not one.is_refused)
        return Items(tuple(ordered), parts.missing)

    @fact
    def refused(self) -> Items[Misread]:
        """The values at which aws-node exits."""
        return self._of(AWS_NODE).where(lambda one: one.is_refused)

    @fact
    def ignored(self) -> Items[Misread]:
        """The values that change nothing."""
        return known(self.misread).where(lambda one: not one.is_refused)

    def _of(self, container: str) -> Items[Misread]:
        """What one container misreads, of the variables that its release knows."""
        environment = self.cni.environment_of(container)
        if isinstance(environment, Unknown):
            return Items((), environment if container == AWS_NODE else None)
        found = tuple(misread(container, environment))
        missing = [one for one in found if isinstance(one, Unknown)]
        values = Items(
            tuple(one for one in found if isinstance(one, Misread)), join(missing) if missing else None
        )
        return values.where(lambda one: one.since == ANY or self._is_read(one))

    def _is_read(self, one: Misread) -> bool | Unknown:
        version = self.cni.version
        return version if isinstance(version, Unknown) else version >= one.since

    @fact
    def misplaced(self) -> Items[Misread]:
        """Targets in the ConfigMap that somebody changed, in a cluster without Windows nodes."""
        maps = listed(self.cni.snapshot, GET_CONFIG_MAP.kind, requests.CONFIG_MAP)
        found = next((one for one in maps if one.metadata.name == requests.CNI_CONFIG_MAP), None)
        if found is None:
            return Items((), maps.missing)
        changed = tuple(
            _misplaced(key, found.data[key])
            for key, shipped in SHIPPED.items()
            if found.data.get(key, shipped).strip() != shipped
        )
        if not changed or found.data.get(WINDOWS, "").strip().lower() == "true":
            return Items()
        windows = known(self.cni.cluster.part(Nodes).nodes).where(lambda node: node.is_windows)
        if windows.elements:
            return Items()
        return Items((), windows.missing) if windows.missing is not None else Items(changed)

    @fact
    def refusals_heard(self) -> Items[Said]:
        """What aws-node said of values that it refuses; not while other values alone are misread."""
        values = known(self.misread)
        if values.elements and not known(self.refused).elements:
            return Items()
        return known(self.cni.cluster.part(Hearing).env_refused)

    @fact
    def pods_without_daemon(self) -> Items[Pod]:
        """Pods that nobody answers, on nodes whose aws-node keeps exiting while a value is refused."""
        refused = known(self.refused)
        if not refused.elements:
            return Items((), refused.missing)
        nodes = known(self.cni.cluster.part(AffectedPods).nodes_in_question)
        return union((*(_stopped(node) for node in nodes), Items((), nodes.missing)))

    @fact
    def corrections(self) -> Items[Misread]:
        """Those whose right value can be told."""
        return known(self.misread).where(lambda one: one.meant != "" and one.container in PLACES)

    @fact
    def corrected_configuration(self) -> str:
        """The add-on's configurationValues with what was probably meant."""
        changes: dict[str, dict[str, str | None]] = {}
        for one in known(self.corrections):
            changes.setdefault(one.container, {})[one.name] = one.meant
        if not changes:
            raise NotKnown.because("the values do not show what was intended")
        return self.cni.part(Addon).configuration_with(changes)


def _misplaced(key: str, value: str) -> Misread:
    variable = key.upper().replace("-", "_")
    effect = f"on Linux nodes nothing reads it, and there are no Windows nodes; the variable is {variable}"
    return Misread(CONFIG_MAP, key, value, effect)


def _stopped(node: Node) -> Items[Pod]:
    """A node's waiting pods, when the aws-node of these very settings exits by itself."""
    daemon = node.part(DaemonPod)
    ending, found = daemon.ending, daemon.pods_stopped_by_crash
    if isinstance(ending, Unknown):
        return Items((), ending)
    if ending is None or ending.container != AWS_NODE or ending.exit_code != EXITED or not _is_current(node):
        return Items()
    return Items((), found) if isinstance(found, Unknown) else found


def _is_current(node: Node) -> bool:
    """Whether the node's aws-node pod is of the DaemonSet's latest revision, as far as both tell."""
    record = node.part(DaemonPod).record
    revisions = node.cluster.snapshot.of(LIST_CONTROLLER_REVISIONS.kind)
    latest = max(revisions, key=lambda one: one.revision, default=None)
    if latest is None or record is None or isinstance(record, Unknown):
        return True
    hashes = {one.metadata.labels.get(REVISION_HASH, "") for one in (latest, record)} - {""}
    return len(hashes) < 2  # noqa: PLR2004  the pod's and the revision's
