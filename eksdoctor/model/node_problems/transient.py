"""What heals by itself on a node: a retry that worked, a branch ENI seconds away, a node's first minutes."""

from datetime import datetime, timedelta

from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.aws_node.health import DaemonPod
from eksdoctor.model.branch_enis.node_branch_enis import BranchState, NodeBranch
from eksdoctor.model.entities.event_times import last_seen
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, all_of, fact, known
from eksdoctor.model.nodes.node_enis import NodeInterfaces
from eksdoctor.model.observations.observation_group import BRIEF
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.trouble import PodTrouble, Trouble

FEW_RETRIES = 3
BRANCH_WAIT = timedelta(seconds=60)  # a budget that cools is asked again after so long, without an event
SETUP_OF_ENI = timedelta(seconds=60)  # six tries of ten seconds for each attached ENI
FIRST_MINUTES = timedelta(minutes=3)
PASSING = frozenset(
    {
        EvidenceClass.GENERIC,
        EvidenceClass.DATASTORE_EMPTY,
        EvidenceClass.POOL_EMPTY,
        EvidenceClass.COOLING,
        EvidenceClass.BRANCH_PENDING,
        EvidenceClass.IPAMD_UNREACHABLE,
        EvidenceClass.PLUGIN_VERSION_MISMATCH,
        EvidenceClass.SUBNET_SHORT,
        EvidenceClass.BACK_OFF,
        EvidenceClass.CNI_NOT_INITIALIZED,
        EvidenceClass.POD_LOOKUP_FAILED,
        EvidenceClass.API_SERVER_CHECK,
        EvidenceClass.API_SERVER_UNREACHABLE,
        EvidenceClass.AWS_NODE_START,
        EvidenceClass.DELETE_NOISE,
    }
)
"""What is also said of faults; few, short and over it is none."""
WARMING = (
    EvidenceClass.CNI_NOT_INITIALIZED,
    EvidenceClass.IPAMD_UNREACHABLE,
    EvidenceClass.AWS_NODE_NOT_READY,
    EvidenceClass.DATASTORE_EMPTY,
    EvidenceClass.GENERIC,
)
HARMLESS = frozenset(
    {
        EvidenceClass.SUCCESS,
        EvidenceClass.SETTINGS,
        EvidenceClass.POOL,
        EvidenceClass.BENIGN,
        EvidenceClass.TRUNK_READY,
        EvidenceClass.ENI_SLOTS_FULL,
    }
)
FAILED_BRANCH = ("BranchAllocationFailed", "BranchENIAnnotationFailed")


class Passing(NodePart, name="passing"):
    """One node's troubles that pass."""

    # --- a retry that worked -----------------------------------------------------------------------

    @property
    def _said(self) -> tuple[Observation, ...]:
        """What was said on the node, less the question itself and what means nothing."""
        said = self.node.cluster.part(ObservationIndex).statements_on(self.node.name)
        return tuple(
            one
            for one in said
            if one.evidence_class not in HARMLESS and not any(source.is_assumed for source in one.sources)
        )

    @fact
    def is_over(self) -> bool:
        """Whether all that was said on the node is few, short and followed by a success, or mere noise."""
        said = self._said
        if not said:
            raise NotKnown(self.node.cluster.part(ObservationIndex).unheard)
        return all(one.evidence_class in PASSING and _is_short(one) for one in said) and all(
            one.followed_by_success is True or one.evidence_class == EvidenceClass.DELETE_NOISE
            for one in said
        )

    @fact
    def pods_retried(self) -> Items[Pod]:
        """Pods that failed a few times within two minutes and have their address; a paste's own pod."""
        return self._pods.where(self._is_retried)

    @fact
    def has_retried(self) -> bool:
        """Whether there is such a pod."""
        pods = known(self.pods_retried)
        return bool(pods.elements or pods.all())

    def _is_retried(self, pod: Pod) -> bool | Unknown:
        if self.node.cluster.snapshot.is_pasted:
            return self.is_over
        trouble = pod.part(PodTrouble).trouble
        if isinstance(trouble, Unknown):
            return trouble
        return (
            trouble == Trouble.RECOVERED
            and pod.sandbox_failures_seen <= FEW_RETRIES
            and _lasted(pod) <= BRIEF
        )

    @property
    def _pods(self) -> Items[Pod]:
        found = known(self.node.cluster.part(AffectedPods).pods_in_trouble)
        return found.where(lambda pod: pod.node_name == self.node.name)

    # --- a branch ENI that is on its way -----------------------------------------------------------

    @fact
    def pods_awaiting_branch(self) -> Items[Pod]:
        """Pods bound within the last minute whose branch ENI the controller has not brought yet."""
        return self._pods.where(self._awaits_branch)

    def _awaits_branch(self, pod: Pod) -> bool | Unknown:
        bound = pod.bound_at
        if not pod.wants_branch_eni_first or pod.has_branch_eni or bound is None:
            return False
        if self.node.cluster.at - bound > BRANCH_WAIT:
            return False
        if any(event.reason in FAILED_BRANCH for event in pod.events):
            return False
        state = self.node.part(NodeBranch).state
        return state if isinstance(state, Unknown) else state == BranchState.ADVERTISED

    @fact
    def branch_until(self) -> datetime:
        """When the last of them should have its ENI."""
        bound = [pod.bound_at for pod in known(self.pods_awaiting_branch) if pod.bound_at is not None]
        if not bound:
            raise NotKnown.because("no pod waits for a branch ENI that is being created")
        return max(bound) + BRANCH_WAIT

    # --- a node's first minutes --------------------------------------------------------------------

    @fact
    def until(self) -> datetime:
        """When a new node should serve pods: its daemon's start and set-up, then two minutes."""
        created = known(self.node.known_record).metadata.creation_timestamp
        if created is None:
            raise NotKnown.because("the node has no creation time")
        daemon = self.node.part(DaemonPod)
        if daemon.is_ready is True:
            return min(known(daemon.ready_since) + BRIEF, created + FIRST_MINUTES + self._setup + BRIEF)
        return created + FIRST_MINUTES + self._setup

    @property
    def _setup(self) -> timedelta:
        attached = self.node.part(NodeInterfaces).interfaces
        count = len(attached) if isinstance(attached, Items) else 1
        return SETUP_OF_ENI * max(count, 1)

    @fact
    def is_warming_up(self) -> bool:
        """Whether the node is that new, its daemon has not restarted and EC2 has refused nothing."""
        said = {one.evidence_class for one in self._said}
        if said - PASSING - set(WARMING):
            return False
        restarted = self.node.part(DaemonPod).has_restarted
        young = all_of(_is_before(self.node.cluster.at, self.until), _opposite(restarted))
        return known(young)

    @fact
    def pods_warming_up(self) -> Items[Pod]:
        """Pods in trouble on a node that is that new."""
        warming = self.is_warming_up
        if warming is False:
            return Items()
        return self._pods if warming is True else Items((), warming)


def _is_short(said: Observation) -> bool:
    return said.count <= FEW_RETRIES and (said.duration is None or said.duration <= BRIEF)


def _lasted(pod: Pod) -> timedelta:
    events = pod.sandbox_events
    times = [at for event in events for at in (event.first_timestamp, last_seen(event)) if at is not None]
    return max(times) - min(times) if times else timedelta(0)


def _is_before(at: datetime, until: datetime | Unknown) -> bool | Unknown:
    return until if isinstance(until, Unknown) else at <= until


def _opposite(found: bool | Unknown) -> bool | Unknown:  # noqa: FBT001 (a fact, not a switch)
    return found if isinstance(found, Unknown) else not found
