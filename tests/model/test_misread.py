"""Values of aws-node as it reads them: refused, passed over, or taken."""

import pytest

from eksdoctor.model.aws_node_settings.addon_configuration import AWS_NODE, INIT
from eksdoctor.model.aws_node_settings.environment import Environment
from eksdoctor.model.aws_node_settings.invalid_values import misread
from eksdoctor.model.aws_node_settings.variables import FLAGS
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.facts.version import Version

GROUP_MODE = "POD_SECURITY_GROUP_ENFORCING_MODE"


def found(container=AWS_NODE, **values):
    return list(misread(container, Environment(values)))


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("ENABLE_POD_ENI", "yes", "true"),
        ("ENABLE_POD_ENI", "tRUE", "true"),
        ("ENABLE_POD_ENI", " true", "true"),
        ("ENABLE_POD_ENI", '"false"', "false"),
        ("ENABLE_POD_ENI", "disabled", "false"),
        ("ENABLE_POD_ENI", "", ""),
        ("ENABLE_POD_ENI", "2", ""),
        ("ENABLE_SUBNET_DISCOVERY", "nope", ""),
        ("WARM_IP_TARGET", "five", ""),
        ("WARM_IP_TARGET", "5 ", "5"),
        ("WARM_IP_TARGET", "9" * 40, ""),
        ("WARM_ENI_TARGET", "-1", "0"),
        ("MAX_ENI", "4.0", "4"),
    ],
)
def test_passed_over(name, value, meant):
    (one,) = found(**{name: value})
    assert (one.name, one.value, one.meant, one.is_refused) == (name, value, meant, False)
    assert "default" in one.effect


@pytest.mark.parametrize(
    ("values", "name", "meant"),
    [
        ({"NETWORK_POLICY_ENFORCING_MODE": "on"}, "NETWORK_POLICY_ENFORCING_MODE", "standard"),
        ({"NETWORK_POLICY_ENFORCING_MODE": "strict "}, "NETWORK_POLICY_ENFORCING_MODE", "strict"),
        ({"ENABLE_POD_ENI": "1", GROUP_MODE: ""}, GROUP_MODE, ""),
        ({"ENABLE_POD_ENI": "1", GROUP_MODE: "Strict"}, GROUP_MODE, "strict"),
        ({"IP_COOLDOWN_PERIOD": "-1"}, "IP_COOLDOWN_PERIOD", "30"),
        ({"IP_COOLDOWN_PERIOD": "1.5"}, "IP_COOLDOWN_PERIOD", "30"),
        ({"AWS_VPC_K8S_PLUGIN_LOG_FILE": "stdout"}, "AWS_VPC_K8S_PLUGIN_LOG_FILE", "stderr"),
        ({"AWS_VPC_K8S_CNI_VETHPREFIX": "veths"}, "AWS_VPC_K8S_CNI_VETHPREFIX", "eni"),
        ({"AWS_VPC_K8S_CNI_VETHPREFIX": "vlan"}, "AWS_VPC_K8S_CNI_VETHPREFIX", "eni"),
    ],
)  # fmt: skip
def test_refused(values, name, meant):
    (one,) = found(**values)
    assert (one.name, one.meant, one.is_refused) == (name, meant, True)
    assert "exits at start" in one.effect


@pytest.mark.parametrize(
    ("targets", "since"),
    [
        ({}, Version(1, 9)),
        ({"WARM_PREFIX_TARGET": "0", "WARM_IP_TARGET": "", "MINIMUM_IP_TARGET": "0"}, Version(1, 9)),
        ({"WARM_PREFIX_TARGET": "-1"}, Version(1, 12, 1)),
        ({"WARM_PREFIX_TARGET": " 1"}, Version(1, 12, 1)),
    ],
)
def test_prefixes_without_a_target(targets, since):
    refused = [one for one in found(ENABLE_PREFIX_DELEGATION="t", **targets) if one.is_refused]
    assert [(one.name, one.since) for one in refused] == [("WARM_PREFIX_TARGET", since)]


@pytest.mark.parametrize("target", ["WARM_PREFIX_TARGET", "WARM_IP_TARGET", "MINIMUM_IP_TARGET"])
@pytest.mark.parametrize("value", ["1", "00", "16", "abc"])
def test_any_string_above_0_is_a_target(target, value):
    assert not [one for one in found(ENABLE_PREFIX_DELEGATION="true", **{target: value}) if one.is_refused]


@pytest.mark.parametrize(
    "values",
    [
        {},
        dict.fromkeys(FLAGS, "false") | {"WARM_ENI_TARGET": "0", "WARM_IP_TARGET": "", "MAX_ENI": "-1"},
        {"NETWORK_POLICY_ENFORCING_MODE": "NONE", "POD_SECURITY_GROUP_ENFORCING_MODE": "junk"},
        {"IP_COOLDOWN_PERIOD": "0", "AWS_VPC_K8S_CNI_VETHPREFIX": "eni"},
        {name: "" for name, flag in FLAGS.items() if flag.takes_empty},
    ],
)
def test_taken(values):
    assert found(**values) == []


def test_the_init_container_has_variables_of_its_own():
    assert [one.name for one in found(INIT, DISABLE_TCP_EARLY_DEMUX="on")] == ["DISABLE_TCP_EARLY_DEMUX"]
    assert found(INIT, WARM_IP_TARGET="junk") == []


def test_what_comes_from_elsewhere_is_not_known():
    (one,) = found(ENABLE_POD_ENI=None)
    assert isinstance(one, Unknown)
    (one,) = found(MAX_ENI="$(MOST)")
    assert isinstance(one, Unknown)
    imported = list(misread(AWS_NODE, Environment({}, imports=True)))
    assert all(isinstance(one, Unknown) for one in imported)
