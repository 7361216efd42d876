"""What was heard of each class, by place; a class is one of `evidence/signatures/signatures.yaml`."""

from collections import defaultdict
from collections.abc import Callable

from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.observation_index import OF_EVENTS, ObservationIndex
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.observations.node_observations import WEB_IDENTITY
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.reported_problems.reported_problem import Said

CONTROLLER = "vpc-resource-controller"
WINDOWS_PLUGIN = "vpc-bridge"
OF_CONTROLLER = ("trunk interface", "branch ENI", "associating branch to trunk")


def said_of(*classes: EvidenceClass, where: Callable[[Observation], bool] | None = None) -> fact[Items[Said]]:
    """A fact: what was said of these classes, by place."""

    def formula(hearing: "Hearing") -> Items[Said]:
        return hearing.about(*classes, where=where)

    formula.__doc__ = f"What was said of: {', '.join(classes)}."
    return fact(formula)


def _is_daemons(said: Observation) -> bool:
    """Whether it is the daemon's matter, and not the controller's, which calls EC2 by the cluster's role.

    What STS refuses is no call of the daemon to EC2: it has no credentials yet.
    """
    if said.action == WEB_IDENTITY or any(source.component == CONTROLLER for source in said.sources):
        return False
    return not any(words in said.evidence for words in OF_CONTROLLER)


def _is_subnet_lookup(said: Observation) -> bool:
    """The lookup itself, denied or throttled."""
    return said.evidence_class == EvidenceClass.SUBNET_LOOKUP_FAILED or said.action == "DescribeSubnets"


def _is_no_mere_check(said: Observation) -> bool:
    """A check that is repeated had no answer; the first of a start may still be waiting for one."""
    return said.evidence_class != EvidenceClass.API_SERVER_CHECK or said.count > 1


def _is_of_eniconfigs(said: Observation) -> bool:
    """Whether RBAC keeps the daemon from an ENIConfig, or from its node, whose labels name one."""
    if said.evidence_class != EvidenceClass.API_FORBIDDEN:
        return True
    is_daemons = said.texts.get("user", "").endswith(":aws-node")
    return is_daemons and said.texts.get("resource", "") in ("eniconfigs", "nodes")


def _is_no_plugin_of_the_vpc(said: Observation) -> bool:
    """The VPC's own plugin for Windows has another name than the one for Linux."""
    return WINDOWS_PLUGIN not in said.evidence


class Hearing(ClusterPart, name="heard"):
    """The observations of a cluster, class by class."""

    throttled = said_of(EvidenceClass.THROTTLED)
    denied = said_of(EvidenceClass.DENIED, where=_is_daemons)
    denied_tolerated = said_of(EvidenceClass.DENIED_TOLERATED)
    eni_quota = said_of(EvidenceClass.ENI_QUOTA)
    control_plane_short = said_of(EvidenceClass.CONTROL_PLANE_SUBNET_SHORT)
    subnet_lookup_failed = said_of(
        EvidenceClass.SUBNET_LOOKUP_FAILED,
        EvidenceClass.DENIED,
        EvidenceClass.THROTTLED,
        where=_is_subnet_lookup,
    )
    eniconfig_unreadable = said_of(
        EvidenceClass.ENICONFIG_UNREADABLE, EvidenceClass.API_FORBIDDEN, where=_is_of_eniconfigs
    )
    ipamd_unreachable = said_of(EvidenceClass.IPAMD_UNREACHABLE)
    api_server_silent = said_of(
        EvidenceClass.API_SERVER_UNREACHABLE, EvidenceClass.API_SERVER_CHECK, where=_is_no_mere_check
    )
    imds_unreachable = said_of(EvidenceClass.IMDS_UNREACHABLE)
    imds_out_of_sync = said_of(EvidenceClass.IMDS_OUT_OF_SYNC)
    host_network = said_of(
        EvidenceClass.HOST_NETWORK_FAILED, EvidenceClass.NETWORK_SETUP_FAILED, EvidenceClass.NODE_PROBLEM
    )
    plugin_version_mismatch = said_of(EvidenceClass.PLUGIN_VERSION_MISMATCH)
    binary_not_found = said_of(EvidenceClass.BINARY_NOT_FOUND)
    config_malformed = said_of(EvidenceClass.CONFIG_MALFORMED)
    env_refused = said_of(EvidenceClass.ENV_REFUSED)
    ipv6_config_refused = said_of(EvidenceClass.IPV6_CONFIG_REFUSED)
    branch_budget = said_of(EvidenceClass.BRANCH_BUDGET)
    trunk_ready = said_of(EvidenceClass.TRUNK_READY)
    policy_agent_down = said_of(EvidenceClass.POLICY_AGENT_DOWN)
    image = said_of(EvidenceClass.IMAGE)
    container_config = said_of(EvidenceClass.CONTAINER_CONFIG)
    other_plugin = said_of(EvidenceClass.OTHER_PLUGIN, EvidenceClass.RUNTIME, where=_is_no_plugin_of_the_vpc)

    def silence(self, *classes: EvidenceClass) -> Unknown | None:
        """Why it may have been said all the same: nobody listened where pods are in trouble."""
        voices = {one.source for one in catalogue() if one.evidence_class in classes}
        try:
            if voices <= OF_EVENTS:
                self.cluster.part(PodEvents).require_events()
            else:
                for node in known(self.cluster.part(AffectedPods).nodes_in_question).all():
                    self.cluster.part(ObservationIndex).require_hearing(node.name)
        except NotKnown as silence:
            return silence.unknown
        return None

    def about(
        self, *classes: EvidenceClass, where: Callable[[Observation], bool] | None = None
    ) -> Items[Said]:
        """What was said of these classes, by place and call."""
        places: defaultdict[tuple[str, ...], list[Observation]] = defaultdict(list)
        for one in self.cluster.part(ObservationIndex).said(*classes):
            if where is not None and not where(one):
                continue
            places[(one.node or one.pod, one.subnet, one.action)].append(one)
        found = tuple(
            Said(self.cluster, " ".join(part for part in key if part) or "somewhere", places[key])
            for key in sorted(places)
        )
        return Items(found, self.silence(*classes))
