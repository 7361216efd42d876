"""A world: the complete documents of one cluster and account at one moment."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.snapshot import Target
from tests.simulator.account import ACCOUNT, REGION
from tests.simulator.documents import ec2, eks, events, kube_system, nodes, pods
from tests.simulator.network import Subnet
from tests.simulator.simulation import AT, Simulation


@dataclass(frozen=True, slots=True)
class World:
    """All documents by kind (`kinds.….file`); tests may change them before a capture."""

    at: datetime
    target: Target
    documents: dict[str, list[Any]]


@dataclass(slots=True)
class Surroundings:
    """What a world holds besides what the simulation knows."""

    cidrs: tuple[str, ...]
    control_plane: list[Subnet]
    eni_configs: list[dict[str, Any]] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)


def assemble(simulation: Simulation, around: Surroundings) -> World:
    """The simulation's end state as documents."""
    vpc = simulation.names.aws("vpc")
    endpoint = f"https://{simulation.names.hex(32).upper()}.gr7.{REGION}.eks.amazonaws.com"
    cluster_group = simulation.names.aws("sg")
    groups = {cluster_group: f"eks-cluster-sg-{simulation.cluster}"} | around.groups
    control_plane = [subnet.id for subnet in around.control_plane]
    nodegroups = eks.nodegroups(simulation)
    documents: dict[str, list[Any]] = {
        kinds.NODES.file: nodes.nodes(simulation),
        kinds.PODS.file: pods.pods(simulation),
        kinds.EVENTS.file: events.events(simulation),
        kinds.DAEMON_SETS.file: kube_system.daemon_sets(simulation, vpc, endpoint),
        kinds.ENI_CONFIGS.file: around.eni_configs,
        kinds.SECURITY_GROUP_POLICIES.file: around.policies,
        kinds.CNI_NODES.file: nodes.cni_nodes(simulation),
        kinds.CONFIG_MAPS.file: kube_system.config_maps(),
        kinds.SERVICE_ACCOUNTS.file: kube_system.service_accounts(simulation),
        kinds.CALLER.file: eks.caller(),
        kinds.CLUSTER.file: [eks.cluster(simulation, vpc, endpoint, control_plane, cluster_group)],
        kinds.ADDONS.file: [eks.addon(simulation)],
        kinds.NODEGROUP_NAMES.file: [group["nodegroupName"] for group in nodegroups],
        kinds.NODEGROUPS.file: nodegroups,
        kinds.SUBNETS.file: ec2.subnets(simulation, vpc),
        kinds.VPCS.file: ec2.vpcs(vpc, around.cidrs),
        kinds.INSTANCE_TYPES.file: ec2.instance_types({m.group.limits.name for m in simulation.machines}),
        kinds.RESERVATIONS.file: ec2.reservations(simulation),
        kinds.INTERFACES.file: ec2.interfaces(simulation, vpc),
        kinds.SECURITY_GROUPS.file: ec2.security_groups(vpc, groups),
    }
    return World(AT, _target(simulation, endpoint), documents)


def _target(simulation: Simulation, endpoint: str) -> Target:
    return Target(
        context=eks.arn(simulation.cluster),
        cluster=simulation.cluster,
        server=endpoint,
        certificate=hashlib.sha256(eks.certificate(simulation).encode()).hexdigest(),
        region=REGION,
        account=ACCOUNT,
    )
