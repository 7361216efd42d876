"""What the CNI can serve, against a count of every slot; the cap; modes."""

from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.model.instance_types.limits import InstanceLimits, bundled_limits
from eksdoctor.model.instance_types.max_pods_formula import (
    Networking,
    PodMode,
    in_mode,
    ip_capacity,
    mode_of,
    pod_limit,
    recommended,
    served,
    usable_enis,
)

LIMITS = st.builds(
    InstanceLimits,
    st.just("x1.large"),
    enis=st.integers(1, 24),
    addresses_per_eni=st.integers(1, 64),
    nitro=st.booleans(),
    vcpus=st.none() | st.integers(1, 900),
    branch_enis=st.none() | st.integers(0, 120),
)
NETWORKING = st.builds(
    Networking,
    prefix_delegation=st.booleans(),
    custom_networking=st.booleans(),
    security_groups_for_pods=st.booleans(),
    max_eni=st.integers(-1, 30),
    other_enis=st.integers(0, 5),
    trunk_on_every_type=st.booleans(),
)
M5_LARGE = bundled_limits("m5.large")


def counted(limits, networking):
    """Every pod address, one by one: cards are filled with what is not for pods first."""
    enis = list(range(limits.enis))
    if networking.max_eni >= 1:
        enis = enis[: networking.max_eni]
    if networking.custom_networking:
        enis = enis[1:]
    if networking.security_groups_for_pods and (networking.trunk_on_every_type or limits.branch_enis != 0):
        enis = enis[1:]
    enis = enis[networking.other_enis :]
    found = 0
    for _eni in enis:
        for address in range(limits.addresses_per_eni):
            if address > 0:  # the first is the ENI's own
                found += 16 if networking.prefix_delegation and limits.nitro else 1
    return found


@given(LIMITS, NETWORKING)
def test_against_a_count_of_every_address(limits, networking):
    assert ip_capacity(limits, networking) == counted(limits, networking)
    assert served(limits, networking) == counted(limits, networking) + 2


@given(LIMITS, NETWORKING)
def test_the_recommended_number_is_the_smaller_of_cap_and_capacity(limits, networking):
    found = recommended(limits, networking)
    if limits.vcpus is None:
        assert found is None
    else:
        capacity, most = served(limits, networking), 250 if limits.vcpus >= 31 else 110
        assert found in (capacity, most)
        assert found <= capacity
        assert found <= most


@given(LIMITS, NETWORKING)
def test_no_setting_but_prefixes_raises_what_is_served(limits, networking):
    plain = Networking(prefix_delegation=networking.prefix_delegation)
    assert served(limits, networking) <= served(limits, plain)
    assert usable_enis(limits, networking) <= limits.enis


@given(NETWORKING, st.sampled_from(PodMode))
def test_a_mode_sets_its_two_switches_only(networking, mode):
    changed = in_mode(networking, mode)
    assert mode_of(changed) is mode
    assert in_mode(changed, mode_of(networking)) == networking


def test_security_groups_for_pods_take_a_slot_for_the_trunk():
    trunk = Networking(security_groups_for_pods=True)
    assert served(M5_LARGE, trunk) == 20
    assert ip_capacity(M5_LARGE, Networking(custom_networking=True, security_groups_for_pods=True)) == 9


def test_a_type_without_trunk_keeps_its_slot_since_1_20_4():
    t3 = bundled_limits("t3.medium")
    assert served(t3, Networking(security_groups_for_pods=True)) == 17
    assert served(t3, Networking(security_groups_for_pods=True, trunk_on_every_type=True)) == 12


def test_a_type_that_is_not_nitro_falls_back_to_single_addresses():
    prefix = Networking(prefix_delegation=True)
    m4 = bundled_limits("m4.large")
    assert served(m4, prefix) == 20
    assert pod_limit(m4, prefix) is None


def test_custom_networking_on_a_one_eni_type_leaves_no_address():
    hpc = bundled_limits("hpc6id.32xlarge")
    assert ip_capacity(hpc, Networking(custom_networking=True)) == 0
    assert served(hpc, Networking(custom_networking=True)) == 2


def test_max_eni_below_one_is_unset():
    assert [served(M5_LARGE, Networking(max_eni=most)) for most in (-1, 0, 1, 2, 3, 9)] == [
        29,
        29,
        11,
        20,
        29,
        29,
    ]
