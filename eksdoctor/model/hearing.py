"""All testimony of a cluster, heard once: events, logs, counters; asked for by class, node or subnet.

A class is one of `testimony/signatures.yaml`. What was not heard is no sign of health: silence counts
only of a node whose daemon's log was read over the whole window with its debug lines, and of events
only where they may be read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from eksdoctor.model.fact import Items, NotKnown, Reason, Unknown, fact, known
from eksdoctor.model.said import Said
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records.words import Words
from eksdoctor.testimony import metrics
from eksdoctor.testimony.counters import counted
from eksdoctor.testimony.events import hear_conditions, hear_event, seen_at
from eksdoctor.testimony.scan import Extent, Scan
from eksdoctor.testimony.signatures import catalogue
from eksdoctor.testimony.source import Kind, Source
from eksdoctor.testimony.statements import Statement

if TYPE_CHECKING:
    from eksdoctor.model.cluster import Cluster

SUBNET_REFUSALS = ("subnet-without-addresses", "subnet-without-prefix", "subnet-short")
VOICES = frozenset({"ipamd", "plugin", "stdout"})
"""Whose words are the VPC CNI's own, in the `source` of a signature."""
OF_EVENTS = frozenset({"kubelet", "scheduler", "vpc-resource-controller", "node-monitoring-agent"})
"""Whose words are events: they are heard where events may be read."""
LOGS = frozenset({Kind.IPAMD, Kind.PLUGIN, Kind.STDOUT, Kind.KUBELET, Kind.PASTE})


def said_of(*classes: str) -> fact[Items[Said]]:
    """A fact: what was said of these classes, by place."""

    def formula(hearing: "Hearing") -> Items[Said]:
        return hearing.about(*classes)

    formula.__doc__ = f"What was said of: {', '.join(classes)}."
    return fact(formula)


class Hearing:
    """What was heard in a cluster."""

    throttled = said_of("throttled")
    denied = said_of("denied")
    eni_quota = said_of("eni-quota")
    node_launch_refused = said_of("node-launch-refused")
    attachment_refused = said_of("attachment-refused")
    subnet_lookup_failed = said_of("subnet-lookup-failed")
    discovery_without_subnet = said_of("discovery-without-subnet")
    subnet_missing = said_of("subnet-missing")
    security_group_missing = said_of("security-group-missing")
    too_many_security_groups = said_of("too-many-security-groups")
    wrong_zone = said_of("wrong-zone")
    eniconfig_missing = said_of("eniconfig-missing")
    eniconfig_unreadable = said_of("eniconfig-unreadable")
    ipamd_unreachable = said_of("ipamd-unreachable")
    aws_node_not_ready = said_of("aws-node-not-ready")
    aws_node_restarting = said_of("aws-node-restarting")
    initialization_failed = said_of("initialization-failed")
    api_server_unreachable = said_of("api-server-unreachable")
    api_server_check = said_of("api-server-check")
    api_forbidden = said_of("api-forbidden")
    sts_unreachable = said_of("sts-unreachable")
    imds_unreachable = said_of("imds-unreachable")
    imds_out_of_sync = said_of("imds-out-of-sync")
    host_network_failed = said_of("host-network-failed")
    network_setup_failed = said_of("network-setup-failed")
    node_problem = said_of("node-problem")
    plugin_version_mismatch = said_of("plugin-version-mismatch")
    binary_not_found = said_of("binary-not-found")
    config_malformed = said_of("config-malformed")
    cni_not_initialized = said_of("cni-not-initialized")
    env_refused = said_of("env-refused")
    env_ignored = said_of("env-ignored")
    ipv6_config_refused = said_of("ipv6-config-refused")
    limits_unknown = said_of("limits-unknown")
    branch_budget = said_of("branch-budget")
    windows_addresses = said_of("windows-addresses", "windows-budget")
    branch_allocation_failed = said_of("branch-allocation-failed", "branch-entry-exists")
    branch_annotation_failed = said_of("branch-annotation-failed")
    branch_pending = said_of("branch-pending")
    branch_cooling = said_of("branch-cooling")
    branch_policy_gap = said_of("branch-policy-gap")
    trunk_missing = said_of("trunk-missing")
    trunk_unsupported = said_of("trunk-unsupported")
    policy_agent_down = said_of("policy-agent-down")
    inconsistent_pool = said_of("inconsistent-pool")
    volume = said_of("volume")
    image = said_of("image")
    container_config = said_of("container-config")
    other_plugin = said_of("other-plugin", "runtime")

    def __init__(self, cluster: "Cluster") -> None:
        self.cluster = cluster
        self.extents: list[tuple[Source, Extent]] = []

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that was said in the window."""
        snapshot = self.cluster.snapshot
        scan = Scan(near=snapshot.at)
        for event in snapshot.of(kinds.EVENTS):
            if self._is_in_window(seen_at(event).last):
                hear_event(scan.gathering, event)
        for node in snapshot.of(kinds.NODES):
            hear_conditions(scan.gathering, node)
        for source, chunks in self._logs():
            self.extents.append((source, scan.read(chunks, source)))
        found = (*scan.gathering.statements(), *self._counted())
        return tuple(one for one in found if self._is_in_window(one.last))

    def _logs(self) -> Iterator[tuple[Source, Iterable[bytes]]]:
        for words in self._words_of(*LOGS):
            yield _source(words), (words.text.encode("utf-8", "replace"),)
        for stream in self.cluster.snapshot.streams:
            if stream.kind in LOGS:
                yield Source(Kind(stream.kind), stream.name, stream.node), stream.open()

    def _counted(self) -> Iterator[Statement]:
        since = self.cluster.at - self.cluster.window
        for words in self._words_of(Kind.METRICS):
            scrape = metrics.read((words.text.encode("utf-8", "replace"),))
            yield from counted(scrape, _source(words), since, words.at)

    def _words_of(self, *sorts: Kind) -> tuple[Words, ...]:
        return tuple(words for words in self.cluster.snapshot.of(kinds.WORDS) if words.kind in sorts)

    def _is_in_window(self, last: datetime | None) -> bool:
        return last is None or self.cluster.at - last <= self.cluster.window

    @cached_property
    def _by_class(self) -> dict[str, list[Statement]]:
        found: defaultdict[str, list[Statement]] = defaultdict(list)
        for one in self.statements:
            found[one.testifies].append(one)
        return found

    def said(self, *classes: str) -> tuple[Statement, ...]:
        """The statements of these classes."""
        return tuple(one for name in classes for one in self._by_class.get(name, ()))

    @cached_property
    def _by_node(self) -> dict[str, list[Statement]]:
        found: defaultdict[str, list[Statement]] = defaultdict(list)
        for one in self.statements:
            found[one.node].append(one)
        return found

    def statements_on(self, node: str) -> tuple[Statement, ...]:
        """Everything that was said on a node."""
        return tuple(self._by_node.get(node, ()))

    def said_on(self, node: str, *classes: str) -> tuple[Statement, ...]:
        """The statements of these classes on a node."""
        return tuple(one for one in self.statements_on(node) if one.testifies in classes)

    def is_vpc_cni(self, node: str) -> bool:
        """Whether the VPC CNI's own words came from a node."""
        return any(one.signature.source in VOICES for one in self.statements_on(node))

    @property
    def nodes_named(self) -> tuple[str, ...]:
        """The nodes on which anything was said."""
        return tuple(sorted(node for node in self._by_node if node))

    @cached_property
    def _by_subnet(self) -> dict[str, list[Statement]]:
        """Refusals by the subnet they name, else by the one that the node's pods draw on."""
        found: defaultdict[str, list[Statement]] = defaultdict(list)
        for one in self.said(*SUBNET_REFUSALS):
            if one.subnet:
                found[one.subnet].append(one)
            elif one.node:
                subnet = self.cluster.node_named(one.node).pod_subnet
                found[unnamed_subnet(one.node) if isinstance(subnet, Unknown) else subnet.id].append(one)
        return found

    def refused_in(self, subnet: str, *classes: str) -> tuple[Statement, ...]:
        """EC2's refusals in a subnet that no success followed."""
        found = self._by_subnet.get(subnet, ())
        return tuple(one for one in found if one.testifies in classes and one.followed_by_success is not True)

    @property
    def subnets_refused(self) -> tuple[str, ...]:
        """The subnets in which EC2 refused anything."""
        return tuple(sorted(self._by_subnet))

    def about(self, *classes: str) -> Items[Said]:
        """What was said of these classes, by place and call."""
        places: defaultdict[tuple[str, ...], list[Statement]] = defaultdict(list)
        for one in self.said(*classes):
            places[(one.node or one.pod, one.subnet, one.action)].append(one)
        found = tuple(
            Said(self.cluster, " ".join(part for part in key if part) or "somewhere", places[key])
            for key in sorted(places)
        )
        return Items(found, self._silence(*classes))

    def _silence(self, *classes: str) -> Unknown | None:
        """Why it may have been said all the same: nobody listened where pods are in trouble."""
        voices = {one.source for one in catalogue() if one.testifies in classes}
        try:
            if voices <= OF_EVENTS:
                self.cluster.require_events()
            else:
                for node in known(self.cluster.nodes_in_question).all():
                    self.require_hearing(node.name)
        except NotKnown as silence:
            return silence.unknown
        return None

    @property
    def unheard(self) -> Unknown:
        """Why silence proves nothing."""
        return Unknown((Reason("ipamd's own words were not heard here", asked=False),))

    def require_hearing(self, node: str) -> None:
        """Raise NotKnown unless the daemon's log of the whole window was read, debug lines and all."""
        since = self.cluster.at - self.cluster.window
        _ = self.statements
        for source, extent in self.extents:
            if source.node != node or source.kind not in (Kind.IPAMD, Kind.STDOUT):
                continue
            if extent.first is not None and extent.first <= since and extent.has_debug and not extent.sampled:
                return
        raise NotKnown(self.unheard)


def unnamed_subnet(node: str) -> str:
    """What the subnet of a node's pods is called while nothing tells its id."""
    return f"the pod subnet of {node}"


def _source(words: Words) -> Source:
    return Source(Kind(words.kind), words.name, words.node, words.pod)
