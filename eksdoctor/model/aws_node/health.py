"""What is the matter with a node's aws-node pod (missing, ending, silent), and whom that stops."""

from datetime import timedelta

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.aws_node.crash_loop import ContainerEnd, loop_of
from eksdoctor.model.aws_node.iam_identity import Identity
from eksdoctor.model.aws_node.placement import obstacle
from eksdoctor.model.aws_node.pods_by_node import Daemons
from eksdoctor.model.aws_node.status import AWS_NODE, DaemonReport
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, all_of, fact, known
from eksdoctor.model.observations.node_observations import WEB_IDENTITY, NodeHearing
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.waits_for_aws_node import waits_for_daemon
from eksdoctor.model.routes.sts_reachability import lacks_way_to_sts
from eksdoctor.snapshot.records import kubernetes

AGENT = "aws-eks-nodeagent"
STARTING = timedelta(minutes=3)  # image pull, init container and the first contact with EC2 take one or two
NO_CREDENTIALS = EvidenceClass.STS_UNREACHABLE


class DaemonPod(DaemonReport, name="daemon"):
    """What is the matter with the daemon on one node."""

    # --- there is none, or it never started ----------------------------------------------------------

    @fact
    def obstacle(self) -> str:
        """What of the DaemonSet's template keeps its pod off this node; empty when nothing does."""
        daemon_set = known(self.node.cluster.part(CNI).daemon_set)
        if daemon_set is None:
            raise NotKnown.because("there is no aws-node DaemonSet")
        return obstacle(daemon_set.spec.template.spec, known(self.node.known_record))

    @fact
    def is_left_to_another(self) -> bool:
        """Whether the DaemonSet leaves this node out and another CNI plugin runs in the cluster."""
        if not known(self.obstacle):
            return False
        others = known(self.node.cluster.part(CNI).other_plugins)
        return bool(others.elements or others.all())

    @fact
    def is_missing(self) -> bool:
        """Whether a node that had the time to start one has no aws-node pod, or one that never started."""
        record = known(self.record)
        if record is None:
            return self._should_have_one()
        return self._age_of(record) > STARTING and self._never_started(record) is not None

    def _should_have_one(self) -> bool:
        meta = known(self.node.known_record).metadata
        if meta.deletion_timestamp is not None:
            return False
        if meta.creation_timestamp is None:
            raise NotKnown.because("the node has no creation time")
        return self.node.cluster.at - meta.creation_timestamp > STARTING

    def _age_of(self, record: kubernetes.Pod) -> timedelta:
        born = record.status.start_time or record.metadata.creation_timestamp
        return self.node.cluster.at - born if born is not None else timedelta(0)

    def _never_started(self, record: kubernetes.Pod) -> kubernetes.WaitingState | None:
        """What a container of a pod that never ran waits for; None when all have run."""
        if known(self.is_ready) or record.metadata.deletion_timestamp is not None:
            return None
        for one in known(self.statuses):
            waiting = one.state.waiting if one.state is not None else None
            if waiting is not None and not one.restart_count and waiting.reason != "PodInitializing":
                return waiting if one.name != AGENT else None
        return None

    @fact
    def missing_because(self) -> str:
        """Why there is none, as far as Kubernetes shows it."""
        record = known(self.record)
        if record is not None:
            waits = self._never_started(record)
            return f"its pod waits: {waits.reason} {waits.message}".strip() if waits is not None else ""
        blocked = self.obstacle
        if isinstance(blocked, str) and blocked:
            return blocked
        unbound = known(self.node.cluster.part(Daemons).unbound)
        if unbound:
            return f"the scheduler can't place {unbound[0]}"
        return "nothing in the DaemonSet's template excludes the node"

    # --- it ends again and again, or does not answer -------------------------------------------------

    @fact
    def ending(self) -> ContainerEnd | None:
        """The first of its containers that keeps ending; None when none does."""
        if known(self.record) is None:
            return None
        if known(self.is_ready) and not self._has_restarted():
            return None
        found = (loop_of(one, self.node.cluster.at) for one in known(self.statuses))
        return next((end for end in found if end is not None), None)

    @fact
    def has_restarted(self) -> bool:
        """Whether any of its containers has ended and begun again."""
        return self._has_restarted()

    def _has_restarted(self) -> bool:
        status = self._present().status
        return any(one.restart_count for one in (*status.init_container_statuses, *status.container_statuses))

    @fact
    def is_crash_looping(self) -> bool:
        """Whether a container of it ends again and again."""
        return known(self.ending) is not None

    @fact
    def crash(self) -> ContainerEnd:
        """How that container ends."""
        ending = known(self.ending)
        if ending is None:
            raise NotKnown.because("none of its containers is in a crash loop")
        return ending

    @fact
    def crash_kind(self) -> str:
        """Container and reason of that: nodes with the same share a finding."""
        crash = known(self.crash)
        return f"{crash.container}: {crash.words}"

    @fact
    def stops_addresses(self) -> bool:
        """Whether it is a container without which no pod gets an address: not the network-policy agent."""
        ending = known(self.ending)
        return ending is not None and ending.container != AGENT

    @fact
    def is_not_ready(self) -> bool:
        """Whether aws-node has run for longer than a start takes, and its probe fails."""
        if known(self.record) is None or known(self.is_ready) or known(self.is_crash_looping):
            return False
        for one in known(self.statuses):
            running = one.state.running if one.state is not None else None
            if one.name == AWS_NODE and running is not None:
                started = running.started_at
                return started is not None and self.node.cluster.at - started > STARTING
        return False

    @fact
    def minutes_not_ready(self) -> int:
        """For how long, in whole minutes."""
        since = self.node.cluster.at - known(self.not_ready_since)
        return int(since.total_seconds() // 60)

    # --- what its identity needs ---------------------------------------------------------------------

    @fact
    def lacks_way_to_sts(self) -> bool:
        """Whether it is not ready, and its credentials come of STS, to which no way leads from its subnet."""
        if known(self.record) is None or known(self.is_ready):
            return False
        return lacks_way_to_sts(self.node)

    @fact
    def credential_failures(self) -> int:
        """How often it said that STS gave it no credentials, and got none since."""
        found = self._refusals_of_credentials
        if not found:
            self.node.cluster.part(ObservationIndex).require_hearing(self.node.name)
        return found

    @property
    def _refusals_of_credentials(self) -> int:
        refused = (
            one
            for one in self.node.part(NodeHearing).said(EvidenceClass.DENIED)
            if one.action == WEB_IDENTITY
        )
        said = (*self.node.part(NodeHearing).said(NO_CREDENTIALS), *refused)
        return sum(one.count for one in said if one.followed_by_success is not True)

    @fact
    def lacks_credentials(self) -> bool:
        """Whether STS gave it none, in so many words, or cannot be reached."""
        return self._refusals_of_credentials > 0 or known(self.lacks_way_to_sts)

    # --- whom that stops -----------------------------------------------------------------------------

    @fact
    def pods_missing_it(self) -> Items[Pod]:
        """Pods that wait because nobody answers, where there is no daemon."""
        return self._refused_if(self.is_missing)

    @fact
    def pods_stopped_by_crash(self) -> Items[Pod]:
        """Pods that wait because nobody answers, where the daemon keeps ending."""
        return self._refused_if(self.stops_addresses)

    @fact
    def pods_stopped_by_probe(self) -> Items[Pod]:
        """Pods that wait because nobody answers, where the daemon runs and is not ready."""
        return self._refused_if(self.is_not_ready)

    @fact
    def pods_before_its_start(self) -> Items[Pod]:
        """Pods that wait because nobody answers, where the daemon is there and not ready."""
        if known(self.record) is None:
            return Items()
        ready = self.is_ready
        return self._refused_if(ready if isinstance(ready, Unknown) else not ready)

    @fact
    def pods_without_credentials(self) -> Items[Pod]:
        """Pods that wait because nobody answers, where the daemon cannot fetch its credentials."""
        failures = self.credential_failures
        said = isinstance(failures, int) and failures > 0
        shown = all_of(self.node.cluster.part(Identity).uses_irsa, self.lacks_way_to_sts)
        return self._refused_if(said or shown)

    def _refused_if(self, condition: bool | Unknown) -> Items[Pod]:  # noqa: FBT001 (a fact, not a switch)
        if condition is False:
            return Items()
        here = known(self.node.cluster.part(AffectedPods).pods_in_trouble).where(
            lambda pod: pod.node_name == self.node.name
        )
        waiting = here.where(waits_for_daemon)
        if isinstance(condition, Unknown):
            return Items((), condition) if waiting.elements or waiting.missing is not None else Items()
        return waiting
