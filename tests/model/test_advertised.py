"""What each provisioner would have advertised, by its documented examples."""

import pytest

from eksdoctor.model.facts.fact import NotKnown
from eksdoctor.model.instance_types.limits import bundled_limits
from eksdoctor.model.instance_types.max_pods_formula import PodMode
from eksdoctor.model.instance_types.provisioner_defaults import (
    KarpenterSettings,
    auto_mode,
    bootstrap,
    bottlerocket,
    eni_max_pods,
    karpenter,
    karpenter_windows,
    managed_node_group,
    nodeadm,
    windows,
    windows_addresses,
)


def kinds(*names):
    return [bundled_limits(name) for name in names]


M5_LARGE = bundled_limits("m5.large")
M5_4XLARGE = bundled_limits("m5.4xlarge")
M5_24XLARGE = bundled_limits("m5.24xlarge")


@pytest.mark.parametrize(
    ("types", "mode", "expected"),
    [
        (["m5.large"], PodMode.SECONDARY, 29),
        (["m5.4xlarge"], PodMode.SECONDARY, 110),  # not 234
        (["m5a.4xlarge"], PodMode.SECONDARY, 110),
        (["m5.8xlarge"], PodMode.SECONDARY, 234),
        (["m5.24xlarge"], PodMode.SECONDARY, 250),  # not 737
        (["t3.small"], PodMode.SECONDARY, 11),
        (["t3.small"], PodMode.PREFIX, 110),
        (["m5.large"], PodMode.CUSTOM_NETWORKING, 20),
        (["m5.24xlarge", "m5.large"], PodMode.SECONDARY, 29),  # the least of the group
        (["m5.24xlarge", "m5.large"], PodMode.PREFIX, 110),
        (["m4.large", "m5.large"], PodMode.PREFIX, 20),  # Xen falls back
    ],
)
def test_a_managed_node_group_takes_the_least_capped_number(types, mode, expected):
    assert managed_node_group(kinds(*types), mode) == expected


def test_a_managed_node_group_of_unknown_size_has_no_number():
    with pytest.raises(NotKnown, match=r"vCPUs of p3\.2xlarge"):
        managed_node_group(kinds("m5.large", "p3.2xlarge"), PodMode.SECONDARY)
    with pytest.raises(NotKnown, match="types are unknown"):
        managed_node_group([], PodMode.SECONDARY)


@pytest.mark.parametrize("provisioner", [bootstrap, nodeadm, bottlerocket, eni_max_pods])
def test_images_do_not_cap(provisioner):
    assert [provisioner(kind) for kind in (M5_LARGE, M5_4XLARGE, M5_24XLARGE)] == [29, 234, 737]


def test_images_that_do_not_know_the_type_say_110():
    assert (nodeadm(None), bottlerocket(None)) == (110, 110)


@pytest.mark.parametrize(
    ("limits", "settings", "reserved", "expected"),
    [
        (M5_LARGE, KarpenterSettings(), 0, 29),
        (M5_LARGE, KarpenterSettings(), 1, 20),
        (M5_LARGE, KarpenterSettings(), 3, 0),  # no ENI left: not even the two on the host network
        (M5_LARGE, KarpenterSettings(), 9, 0),
        (M5_4XLARGE, KarpenterSettings(), 0, 234),
        (M5_24XLARGE, KarpenterSettings(), 0, 737),
        (M5_24XLARGE, KarpenterSettings(efa_only=1), 0, 688),
        (M5_LARGE, KarpenterSettings(max_pods=110), 0, 110),
        (M5_LARGE, KarpenterSettings(max_pods=110), 1, 110),
        (M5_LARGE, KarpenterSettings(max_pods=110, pods_per_core=10), 0, 20),
        (M5_LARGE, KarpenterSettings(pods_per_core=10), 0, 20),
        (M5_LARGE, KarpenterSettings(pods_per_core=100), 0, 29),
    ],
)
def test_karpenter(limits, settings, reserved, expected):
    assert karpenter(limits, settings, reserved) == expected


def test_karpenter_with_pods_per_core_needs_the_vcpus():
    with pytest.raises(NotKnown, match=r"vCPUs of p3\.2xlarge"):
        karpenter(bundled_limits("p3.2xlarge"), KarpenterSettings(pods_per_core=8))


def test_windows_admits_110_and_has_one_eni_of_addresses():
    assert windows() == karpenter_windows(M5_LARGE, KarpenterSettings()) == 110
    assert karpenter_windows(M5_LARGE, KarpenterSettings(max_pods=30, pods_per_core=10)) == 20
    assert windows_addresses(M5_LARGE, prefixes=False) == 9
    assert windows_addresses(M5_LARGE, prefixes=True) == 144
    assert windows_addresses(bundled_limits("m4.large"), prefixes=True) == 9


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("m5.large", (27, 29)),
        ("t3.micro", (2, 4)),
        ("m5.4xlarge", (110, 110)),
        ("m5.24xlarge", (110, 110)),
        ("p5.48xlarge", (98, 100)),
    ],
)
def test_auto_mode_by_both_documents(name, expected):
    assert auto_mode(bundled_limits(name)) == expected
