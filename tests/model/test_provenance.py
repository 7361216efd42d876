"""Who set a node's max-pods, and in whose words another number is set."""

from dataclasses import replace

import pytest
import yaml

from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.instance_types.limits import bundled_limits
from eksdoctor.model.instance_types.max_pods_formula import Networking
from eksdoctor.model.instance_types.max_pods_origin import candidates, provenance
from eksdoctor.model.instance_types.max_pods_setting import SETTINGS, Provisioner
from eksdoctor.model.instance_types.node_origin import Image, Origin, image_of
from eksdoctor.model.instance_types.provisioner_defaults import KarpenterSettings

M5_LARGE = bundled_limits("m5.large")
PREFIXES = Networking(prefix_delegation=True)


def who(max_pods, image, names=("m5.large",), **facts):
    limits = tuple(bundled_limits(name) for name in names)
    found = provenance(max_pods, candidates(Origin(image, limits, **facts)))
    return [str(candidate) for candidate in found]


@pytest.mark.parametrize(
    ("os_image", "image"),
    [
        ("Amazon Linux 2", Image.AL2),
        ("Amazon Linux 2023.8.20250808", Image.AL2023),
        ("Bottlerocket OS 1.26.1 (aws-k8s-1.31)", Image.BOTTLEROCKET),
        ("Windows Server 2022 Datacenter", Image.WINDOWS),
        ("Ubuntu 24.04.1 LTS", Image.OTHER),
        ("", Image.OTHER),
    ],
)
def test_the_image_by_its_name(os_image, image):
    assert image_of(os_image) is image


def test_a_plain_node_has_its_image_s_number():
    assert who(29, Image.AL2023) == ["nodeadm (ENI formula of m5.large)"]
    assert who(29, Image.AL2) == ["bootstrap.sh (ENI formula of m5.large)"]
    assert who(29, Image.BOTTLEROCKET) == ["Bottlerocket (ENI formula of m5.large)"]


def test_110_on_a_small_node_is_a_fallback():
    assert who(110, Image.AL2023) == ["nodeadm (its fallback: the type could not be looked up)"]
    assert who(110, Image.BOTTLEROCKET) == ["Bottlerocket (its fallback: the type is newer than its list)"]
    assert who(110, Image.AL2) == ["kubelet (its default: --use-max-pods false and no number)"]
    assert who(110, Image.WINDOWS) == ["kubelet (its default on Windows)"]
    assert who(110, Image.OTHER) == ["kubelet (its default)"]


def test_a_number_of_nobody_is_an_override():
    found = provenance(77, candidates(Origin(Image.AL2023, (M5_LARGE,))))
    assert found.elements == ()
    assert found.missing is None


def test_a_number_from_user_data():
    assert who(77, Image.AL2023, user_data_max_pods=77) == [
        "nodeadm (set in the launch template's user data)"
    ]


def test_a_number_in_user_data_leaves_the_kubelet_no_default():
    assert who(110, Image.AL2, user_data_max_pods=110) == [
        "bootstrap.sh (set in the launch template's user data)"
    ]


def test_user_data_that_was_not_read_may_have_set_any_number():
    unread = Unknown.because("not read")
    found = provenance(77, candidates(Origin(Image.AL2023, (M5_LARGE,), unread_user_data=unread)))
    assert (found.elements, found.missing) == ((), unread)


def test_a_managed_node_group_made_before_prefix_delegation():
    group = (M5_LARGE,)
    assert who(29, Image.AL2023, group=group, networking=PREFIXES) == [
        "managed node group (computed for single addresses, which the CNI is not set to now)"
    ]
    assert who(110, Image.AL2023, group=group, networking=PREFIXES) == [
        "managed node group (computed for prefixes)"
    ]


def test_the_mode_the_cni_is_in_comes_first():
    group = (bundled_limits("m5.24xlarge"),)  # 250 in every mode: the first basis is the one shown
    custom = Networking(custom_networking=True)
    assert who(250, Image.AL2023, group=group, networking=custom) == [
        "managed node group (computed for single addresses with custom networking)"
    ]


def test_a_managed_node_group_goes_by_its_smallest_type():
    group = (bundled_limits("m5.24xlarge"), M5_LARGE)
    assert who(29, Image.AL2023, ("m5.24xlarge",), group=group) == [
        "managed node group (computed for single addresses)"
    ]
    assert who(737, Image.AL2023, ("m5.24xlarge",), group=group) == []
    assert who(737, Image.AL2023, ("m5.24xlarge",), group=group, custom_ami=True) == [
        "nodeadm (ENI formula of m5.24xlarge)"
    ]


def test_a_group_whose_launch_template_is_unread_may_be_either():
    assert who(29, Image.AL2023, group=(M5_LARGE,), custom_ami=None) == [
        "managed node group (computed for single addresses)",
        "nodeadm (ENI formula of m5.large)",
    ]


def test_bottlerocket_s_user_data_wins_over_the_managed_node_group():
    assert who(50, Image.BOTTLEROCKET, group=(M5_LARGE,), user_data_max_pods=50) == [
        "Bottlerocket (set in the launch template's user data)"
    ]
    assert who(50, Image.AL2023, group=(M5_LARGE,), user_data_max_pods=50) == []


def test_a_windows_node_group_has_kubelet_s_default():
    assert who(110, Image.WINDOWS, group=(M5_LARGE,)) == ["kubelet (its default on Windows)"]


def test_karpenter_computes_whatever_the_image():
    karpenter = KarpenterSettings()
    for image in (Image.AL2023, Image.BOTTLEROCKET):
        assert who(29, image, karpenter=karpenter) == ["Karpenter (its ENI formula)"]
        assert who(20, image, karpenter=karpenter) == ["Karpenter (its ENI formula with reservedENIs=1)"]
        assert who(110, image, karpenter=karpenter) == []
    assert who(110, Image.WINDOWS, karpenter=karpenter) == ["Karpenter (its default on Windows)"]


def test_karpenter_s_own_settings():
    assert who(29, Image.AL2023, karpenter=KarpenterSettings(reserved_enis=1)) == []
    assert who(110, Image.AL2023, karpenter=KarpenterSettings(max_pods=110)) == [
        "Karpenter (spec.kubelet.maxPods of its EC2NodeClass)"
    ]
    per_core = KarpenterSettings(reserved_enis=0, pods_per_core=4)
    assert who(8, Image.AL2023, karpenter=per_core) == ["Karpenter (its ENI formula)"]
    assert who(29, Image.BOTTLEROCKET, karpenter=per_core) == ["Karpenter (its ENI formula)"]


@pytest.mark.parametrize("number", [27, 29])
def test_auto_mode_by_either_document(number):
    assert who(number, Image.BOTTLEROCKET, is_auto_mode=True) == ["EKS Auto Mode (its formula, at most 110)"]


def test_a_type_whose_list_and_api_differ_may_have_either_number():
    listed = bundled_limits("i7ie.48xlarge")
    both = (replace(listed, enis=8), listed)
    for number in (394, 737):
        found = provenance(number, candidates(Origin(Image.AL2023, both)))
        assert [candidate.provisioner for candidate in found] == [Provisioner.NODEADM]


def test_what_cannot_be_computed_is_not_taken_for_an_override():
    unread = Origin(Image.AL2023, (), group=(), custom_ami=None)
    for origin in (
        Origin(Image.AL2023, (), karpenter=KarpenterSettings()),
        Origin(Image.BOTTLEROCKET, (), is_auto_mode=True),
        Origin(Image.AL2, ()),
        unread,
        Origin(Image.AL2023, (M5_LARGE,), group=(bundled_limits("p3.2xlarge"),)),
    ):
        found = provenance(77, candidates(origin))
        assert found.elements == ()
        assert found.missing is not None
    assert "types are unknown" in str(candidates(unread).missing)


def test_every_provisioner_says_where_its_number_is_set():
    assert set(SETTINGS) == set(Provisioner)
    assert all(setting.place for setting in SETTINGS.values())
    assert all(bool(setting.name) == bool(setting.body) for setting in SETTINGS.values())


def test_documents_set_the_number_under_the_setting_s_name():
    for provisioner in (Provisioner.NODEADM, Provisioner.KARPENTER):
        setting = SETTINGS[provisioner]
        value = yaml.safe_load(setting.document(110))
        for key in setting.name.split("."):
            value = value[key]
        assert value == 110
    assert SETTINGS[Provisioner.BOTTLEROCKET].document(98) == "[settings.kubernetes]\nmax-pods = 98\n"
    assert "'--max-pods=20'" in SETTINGS[Provisioner.BOOTSTRAP].document(20)
