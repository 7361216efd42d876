"""A world: the complete documents of one cluster and account at one moment."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records.node_text import NODE_TEXTS
from eksdoctor.snapshot.snapshot import Target
from tests.simulator.account import ACCOUNT, REGION
from tests.simulator.documents import (
    admission,
    cloudtrail,
    ec2,
    eks,
    events,
    identity,
    karpenter,
    kube_system,
    launch_templates,
    nodes,
    paths,
    pods,
    quotas,
    revisions,
    words,
)
from tests.simulator.network import Subnet
from tests.simulator.simulation import AT, Simulation

CUSTOM_RESOURCES = {kinds.NODE_POOLS.file, kinds.EC2_NODE_CLASSES.file}
"""Kinds that a world may lack because their custom resource is not installed."""


@dataclass(frozen=True, slots=True)
class World:
    """All documents by kind (`kinds.….file`); tests may change them before a capture.

    Of a kind that is not here the custom resource is not installed (`CUSTOM_RESOURCES`), or the simulator
    makes no documents: a request for it is not recorded.
    """

    at: datetime
    target: Target
    documents: dict[str, list[Any]]


@dataclass(slots=True)
class Surroundings:
    """What a world holds besides what the simulation knows.

    `identity` is what gives the daemon its role: `node`, `pod identity` or `annotation`; `quota` the
    interfaces that the account may have, None where AWS's default holds.
    """

    cidrs: tuple[str, ...]
    control_plane: list[Subnet]
    eni_configs: list[dict[str, Any]] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, str] = field(default_factory=dict)
    identity: str = "node"
    quota: float | None = quotas.DEFAULT


def assemble(simulation: Simulation, around: Surroundings) -> World:
    """The simulation's end state as documents."""
    vpc = simulation.names.aws("vpc")
    endpoint = f"https://{simulation.names.hex(32).upper()}.gr7.{REGION}.eks.amazonaws.com"
    cluster_group = simulation.names.aws("sg")
    groups = {cluster_group: f"eks-cluster-sg-{simulation.cluster}"} | around.groups
    control_plane = [subnet.id for subnet in around.control_plane]
    nodegroups = eks.nodegroups(simulation)
    daemon_sets = kube_system.daemon_sets(simulation, vpc, endpoint)
    documents: dict[str, list[Any]] = {
        kinds.NODES.file: nodes.nodes(simulation),
        kinds.PODS.file: identity.with_role(pods.pods(simulation), simulation, around.identity),
        kinds.EVENTS.file: events.events(simulation),
        kinds.DAEMON_SETS.file: daemon_sets,
        kinds.CONTROLLER_REVISIONS.file: revisions.revisions(simulation, daemon_sets),
        kinds.MUTATING_WEBHOOKS.file: admission.webhooks(),
        kinds.ENI_CONFIGS.file: around.eni_configs,
        kinds.SECURITY_GROUP_POLICIES.file: around.policies,
        kinds.CNI_NODES.file: nodes.cni_nodes(simulation),
        NODE_TEXTS.file: words.words(simulation),
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
        kinds.INTERFACES.file: ec2.interfaces(simulation, vpc, cluster_group, list(around.groups)),
        kinds.SECURITY_GROUPS.file: ec2.security_groups(vpc, groups),
        kinds.LAUNCH_TEMPLATE_VERSIONS.file: launch_templates.versions(simulation),
        kinds.TRAIL_EVENTS.file: cloudtrail.events(simulation),
        **_identity(simulation, around),
        **_paths(simulation, around, vpc, cluster_group),
    }
    if karpenter.groups(simulation):
        documents[kinds.NODE_POOLS.file] = karpenter.node_pools(simulation)
        documents[kinds.EC2_NODE_CLASSES.file] = karpenter.node_classes(simulation, cluster_group)
    return World(AT, _target(simulation, endpoint), documents)


def _identity(simulation: Simulation, around: Surroundings) -> dict[str, list[Any]]:
    """Who the daemon is, and how much the account may have."""
    by = around.identity
    associations = identity.pod_identities(simulation, by)
    summaries = [{k: v for k, v in one.items() if k != "roleArn"} for one in associations]
    return {
        kinds.AWS_NODE_ACCOUNT.file: [identity.aws_node_account(simulation, by)],
        kinds.POD_IDENTITY_NAMES.file: summaries,
        kinds.POD_IDENTITIES.file: associations,
        kinds.ROLES.file: identity.roles(simulation, by),
        kinds.ATTACHED_POLICIES.file: identity.attached_policies(simulation, by),
        kinds.INLINE_POLICIES.file: [],
        kinds.QUOTAS.file: quotas.quotas(around.quota),
        kinds.DEFAULT_QUOTAS.file: quotas.defaults(),
    }


def _paths(simulation: Simulation, around: Surroundings, vpc: str, own: str) -> dict[str, list[Any]]:
    """Ways out of the VPC, and what its groups let through."""
    tables = paths.route_tables(simulation, vpc, around.cidrs)
    return {
        kinds.ROUTE_TABLES.file: tables,
        kinds.SECURITY_GROUP_RULES.file: paths.security_group_rules(simulation, own, list(around.groups)),
        kinds.VPC_ENDPOINTS.file: paths.vpc_endpoints(simulation, vpc, tables),
    }


def _target(simulation: Simulation, endpoint: str) -> Target:
    return Target(
        context=eks.arn(simulation.cluster),
        cluster=simulation.cluster,
        server=endpoint,
        certificate=hashlib.sha256(eks.certificate(simulation).encode()).hexdigest(),
        region=REGION,
        account=ACCOUNT,
    )
