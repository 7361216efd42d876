"""Free /28s against a walk over every address."""

from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.model.addresses.free_prefixes import free_prefixes, usable


@st.composite
def subnets(draw):
    length = draw(st.integers(22, 28))
    network = IPv4Network(
        (int(IPv4Address("10.0.0.0")) + draw(st.integers(0, 15)) * 1024, length), strict=False
    )
    addresses = st.integers(int(network.network_address), int(network.broadcast_address))
    held = draw(st.lists(addresses, max_size=80))
    blocks = draw(st.lists(addresses, max_size=6))
    blocked = [IPv4Network((block, draw(st.integers(28, 32))), strict=False) for block in blocks]
    return network, held, blocked


@given(subnets())
def test_against_a_walk_over_every_address(case):
    network, held, blocked = case
    first, last = int(network.network_address), int(network.broadcast_address)
    taken = set(held) | {first, first + 1, first + 2, first + 3, last}
    for block in blocked:
        taken |= set(range(int(block.network_address), int(block.broadcast_address) + 1))
    free = sum(1 for start in range(first, last + 1, 16) if not taken & set(range(start, start + 16)))
    assert free_prefixes(network, held, blocked) == free


def test_aws_keeps_five():
    assert [usable(IPv4Network(f"10.0.0.0/{n}")) for n in (28, 24, 19, 16)] == [11, 251, 8187, 65531]
