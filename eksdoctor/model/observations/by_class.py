"""What was heard of each class, by place; a class is one of `evidence/signatures/signatures.yaml`."""

from collections import defaultdict
from collections.abc import Callable

from eksdoctor.evidence.observed.observation import Statement
from eksdoctor.model.facts.fact import Items, fact
from eksdoctor.model.observations.index import Listening
from eksdoctor.model.observations.observation import Said

CONTROLLER = "vpc-resource-controller"
WINDOWS_PLUGIN = "vpc-bridge"
WEB_IDENTITY = "AssumeRoleWithWebIdentity"
OF_CONTROLLER = ("trunk interface", "branch ENI", "associating branch to trunk")


def said_of(*classes: str, where: Callable[[Statement], bool] | None = None) -> fact[Items[Said]]:
    """A fact: what was said of these classes, by place."""

    def formula(hearing: "Hearing") -> Items[Said]:
        return hearing.about(*classes, where=where)

    formula.__doc__ = f"What was said of: {', '.join(classes)}."
    return fact(formula)


def _is_daemons(said: Statement) -> bool:
    """Whether it is the daemon's matter, and not the controller's, which calls EC2 by the cluster's role.

    What STS refuses is no call of the daemon to EC2: it has no credentials yet.
    """
    if said.action == WEB_IDENTITY or any(source.by == CONTROLLER for source in said.sources):
        return False
    return not any(words in said.evidence for words in OF_CONTROLLER)


def _is_subnet_lookup(said: Statement) -> bool:
    """The lookup itself, denied or throttled."""
    return said.testifies == "subnet-lookup-failed" or said.action == "DescribeSubnets"


def _is_no_mere_check(said: Statement) -> bool:
    """A check that is repeated had no answer; the first of a start may still be waiting for one."""
    return said.testifies != "api-server-check" or said.count > 1


def _is_of_eniconfigs(said: Statement) -> bool:
    """Whether RBAC keeps the daemon from an ENIConfig, or from its node, whose labels name one."""
    if said.testifies != "api-forbidden":
        return True
    is_daemons = said.words.get("user", "").endswith(":aws-node")
    return is_daemons and said.words.get("resource", "") in ("eniconfigs", "nodes")


def _is_no_plugin_of_the_vpc(said: Statement) -> bool:
    """The VPC's own plugin for Windows has another name than the one for Linux."""
    return WINDOWS_PLUGIN not in said.evidence


class Hearing(Listening):
    """What was heard in a cluster, class by class."""

    throttled = said_of("throttled")
    denied = said_of("denied", where=_is_daemons)
    denied_tolerated = said_of("denied-tolerated")
    eni_quota = said_of("eni-quota")
    control_plane_short = said_of("control-plane-subnet-short")
    subnet_lookup_failed = said_of("subnet-lookup-failed", "denied", "throttled", where=_is_subnet_lookup)
    eniconfig_unreadable = said_of("eniconfig-unreadable", "api-forbidden", where=_is_of_eniconfigs)
    ipamd_unreachable = said_of("ipamd-unreachable")
    api_server_silent = said_of("api-server-unreachable", "api-server-check", where=_is_no_mere_check)
    imds_unreachable = said_of("imds-unreachable")
    imds_out_of_sync = said_of("imds-out-of-sync")
    host_network = said_of("host-network-failed", "network-setup-failed", "node-problem")
    plugin_version_mismatch = said_of("plugin-version-mismatch")
    binary_not_found = said_of("binary-not-found")
    config_malformed = said_of("config-malformed")
    env_refused = said_of("env-refused")
    ipv6_config_refused = said_of("ipv6-config-refused")
    branch_budget = said_of("branch-budget")
    trunk_ready = said_of("trunk-ready")
    policy_agent_down = said_of("policy-agent-down")
    image = said_of("image")
    container_config = said_of("container-config")
    other_plugin = said_of("other-plugin", "runtime", where=_is_no_plugin_of_the_vpc)

    def about(self, *classes: str, where: Callable[[Statement], bool] | None = None) -> Items[Said]:
        """What was said of these classes, by place and call."""
        places: defaultdict[tuple[str, ...], list[Statement]] = defaultdict(list)
        for one in self.said(*classes):
            if where is not None and not where(one):
                continue
            places[(one.node or one.pod, one.subnet, one.action)].append(one)
        found = tuple(
            Said(self.cluster, " ".join(part for part in key if part) or "somewhere", places[key])
            for key in sorted(places)
        )
        return Items(found, self.silence(*classes))
