"""Values of aws-node's variables that it refuses or does not take, by the rules that it reads them by.

Sources: amazon-vpc-cni-k8s v1.23.1, cmd/aws-vpc-cni/main.go (the container's first process, which checks
and exits), pkg/ipamd/ipamd.go, utils/utils.go and pkg/networkutils/network.go (booleans).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from eksdoctor.model.aws_node_settings.addon_configuration import AWS_NODE, INIT
from eksdoctor.model.aws_node_settings.environment import FALSE, TRUE, Environment, is_number
from eksdoctor.model.aws_node_settings.variables import ANY, FLAGS, INIT_FLAGS, NUMBERS, Flag
from eksdoctor.model.facts.fact import NotKnown, Unknown
from eksdoctor.model.facts.version import Version

TARGETS = ("WARM_PREFIX_TARGET", "WARM_IP_TARGET", "MINIMUM_IP_TARGET")
LENGTH_OF_VETH_PREFIX = 4
YES = {"true", "yes", "y", "on", "enable", "enabled", "1", "t"}
NO = {"false", "no", "n", "off", "disable", "disabled", "0", "f", "none"}


@dataclass(frozen=True, slots=True)
class Misread:
    """A value that is not taken as it is written.

    `effect` is what the daemon does with it, `meant` what was probably meant (empty when nobody can tell),
    `is_usual` that this is no reading of the value but what most clusters have, `since` the release that
    first reads the variable.
    """

    container: str
    name: str
    value: str | None
    effect: str
    meant: str = ""
    is_refused: bool = False
    is_usual: bool = False
    since: Version = ANY

    def __str__(self) -> str:
        return f"{self.name} unset" if self.value is None else f'{self.name}="{self.value}"'

    @property
    def advice(self) -> str:
        """What to write instead, in words."""
        if not self.meant:
            return "the intended value is unclear"
        return f'"{self.meant}" is usual' if self.is_usual else f'"{self.meant}" was probably meant'


Check = Callable[[Environment], Misread | None]


def misread(container: str, environment: Environment) -> Iterator[Misread | Unknown]:
    """Every value of a container that is refused or not taken, whichever release reads it."""
    flags = FLAGS if container == AWS_NODE else INIT_FLAGS if container == INIT else {}
    checks: list[Check] = [partial(_of_flag, container, name, flag) for name, flag in flags.items()]
    if container == AWS_NODE:
        checks += [partial(_of_number, name) for name in NUMBERS]
        checks += [_targets, _policy_mode, _group_mode, _cool_down, _plugin_log, _veth_prefix]
    for check in checks:
        try:
            found = check(environment)
        except NotKnown as missing:
            yield missing.unknown
            continue
        if found is not None:
            yield found


def _of_flag(container: str, name: str, flag: Flag, environment: Environment) -> Misread | None:
    value = environment.text(name)
    if value is None or value in TRUE or value in FALSE or (not value and flag.takes_empty):
        return None
    default = "true" if flag.default else "false"
    word = value.strip().strip("\"'").lower()
    meant = "true" if word in YES else "false" if word in NO else ""
    effect = f"not a boolean that Go can parse, so the default {default} applies"
    return Misread(container, name, value, effect, meant, since=flag.since)


def _of_number(name: str, environment: Environment) -> Misread | None:
    value = environment.text(name)
    if not value:  # empty is unset, and nobody is misled
        return None
    if is_number(value):
        if name == "WARM_ENI_TARGET" and int(value) < 0:
            return Misread(AWS_NODE, name, value, "below 0, so the default 1 applies", "0")
        return None
    effect = f"not a whole number, so the default applies: {NUMBERS[name]}"
    bare = value.strip().strip("\"'").removesuffix(".0")
    return Misread(AWS_NODE, name, value, effect, bare if is_number(bare) else "")


def _targets(environment: Environment) -> Misread | None:
    """Prefix delegation without any target above 0; strings are compared, so " 1" counts as none.

    It holds on every instance type and on IPv6 clusters, where the targets count for nothing else.
    """
    if not environment.flag("ENABLE_PREFIX_DELEGATION", default=False):
        return None
    values = [environment.text(name) for name in TARGETS]
    if any((value or "") > "0" for value in values):
        return None
    written = [
        f"{name} unset" if value is None else f'{name}="{value}"'
        for name, value in zip(TARGETS, values, strict=True)
    ]
    effect = f"aws-node exits at start: prefix delegation is on with {', '.join(written)}, none above 0"
    # Up to v1.12.0 a shell script asked for exactly these.
    since = Version(1, 9) if all(value in (None, "", "0") for value in values) else Version(1, 12, 1)
    return Misread(AWS_NODE, TARGETS[0], values[0], effect, "1", is_refused=True, is_usual=True, since=since)


def _policy_mode(environment: Environment) -> Misread | None:
    name = "NETWORK_POLICY_ENFORCING_MODE"
    value = environment.text(name)
    if value is None or value.lower() in ("none", "strict", "standard"):
        return None
    effect = "ipamd exits at start: it accepts none, strict and standard"
    bare = value.strip().lower()
    usual = bare not in ("none", "strict", "standard")
    meant = "standard" if usual else bare
    since = Version(1, 17, 1)
    return Misread(AWS_NODE, name, value, effect, meant, is_refused=True, is_usual=usual, since=since)


def _group_mode(environment: Environment) -> Misread | None:
    name = "POD_SECURITY_GROUP_ENFORCING_MODE"
    value = environment.text(name)
    if value is None or value in ("strict", "standard"):
        return None
    if not environment.flag("ENABLE_POD_ENI", default=False):
        return None
    effect = "aws-node exits at start: with ENABLE_POD_ENI it accepts strict and standard, in lower case"
    bare = value.strip().lower()
    meant = bare if bare in ("strict", "standard") else ""
    return Misread(AWS_NODE, name, value, effect, meant, is_refused=True, since=Version(1, 11))


def _cool_down(environment: Environment) -> Misread | None:
    name = "IP_COOLDOWN_PERIOD"
    value = environment.text(name)
    if value is None or (is_number(value) and int(value) >= 0):
        return None
    effect = "aws-node exits at start: it needs whole seconds, 0 or more"
    bare = value.strip().removesuffix("s")
    usual = not (is_number(bare) and int(bare) >= 0)
    meant = "30" if usual else bare
    since = Version(1, 15)
    return Misread(AWS_NODE, name, value, effect, meant, is_refused=True, is_usual=usual, since=since)


def _plugin_log(environment: Environment) -> Misread | None:
    name = "AWS_VPC_K8S_PLUGIN_LOG_FILE"
    if environment.text(name) != "stdout":
        return None
    effect = "aws-node exits at start: the plugin's response uses stdout, so its log can't"
    return Misread(AWS_NODE, name, "stdout", effect, "stderr", is_refused=True, since=Version(1, 12, 1))


def _veth_prefix(environment: Environment) -> Misread | None:
    name = "AWS_VPC_K8S_CNI_VETHPREFIX"
    value = environment.text(name)
    if value is None or (
        len(value.encode("utf-8", "replace")) <= LENGTH_OF_VETH_PREFIX and value not in ("eth", "vlan", "lo")
    ):
        return None
    effect = "aws-node exits at start: at most 4 characters, and not eth, vlan or lo"
    since = Version(1, 12, 1)
    return Misread(AWS_NODE, name, value, effect, "eni", is_refused=True, is_usual=True, since=since)
