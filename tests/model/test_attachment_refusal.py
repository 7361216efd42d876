"""Attachments that EC2 refused: which limit it holds, and what the daemon knows of."""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown

REFUSED = "attachENI: AttachmentLimitExceeded: Interface count 4 exceeds the limit for m5.large"
NO_DEVICE = "awsGetFreeDeviceNumber: no available device number for network card 0"


def stats(total, assigned):
    words = f"Total IPs/Prefixes = {total}/0, AssignedIPs/CooldownIPs: {assigned}/0, c.maxIPsPerENI = 9"
    return f"[debug] IP pool stats: {words}"


def refused(*messages, env=None, words=None, listen=()):
    patch = Patch(
        say={"node-a": list(messages)},
        env=env or {},
        listen=list(listen),
        starve={"shop/cart-1": "node-a"},
        patch={"nodes/words": words or {}},
    )
    return Cluster(patched(patch)).node_named("node-a").attachments.refused


def test_ec2_counts_the_eni_that_it_refused():
    found = refused(REFUSED)
    assert (found.count, found.limit, found.type_limit, found.instance_type) == (1, 3, 3, "m5.large")


def test_without_a_count_the_limit_is_the_types():
    assert refused(NO_DEVICE).limit == 3


def test_a_pool_of_as_many_full_enis_as_fit_tells_of_a_wrong_limit():
    found = refused(stats(27, 27), REFUSED)
    assert found.is_by_wrong_limit is True
    assert found.is_by_unknown_eni is False


def test_a_pool_of_fewer_tells_of_an_eni_that_the_daemon_does_not_know():
    found = refused(stats(9, 9), REFUSED)
    assert found.is_by_wrong_limit is False
    assert found.is_by_unknown_eni is True


def test_custom_networking_keeps_one_eni_out_of_the_pool():
    found = refused(stats(18, 18), REFUSED, env={"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"})
    assert found.is_by_unknown_eni is False
    assert found.is_by_wrong_limit is True


def test_the_daemons_own_book_counts_exactly():
    text = '{"0": {"ENIs": {"eni-a1": {"ID": "eni-a1"}, "eni-a2": {"ID": "eni-a2"}}}}'
    book = {"book": {"kind": "introspection", "node": "node-a", "name": "enis.json", "text": text}}
    assert refused(stats(18, 18), REFUSED, words=book).is_by_unknown_eni is True


def test_a_refusal_stops_nobody_while_addresses_are_left():
    found = refused(REFUSED, stats(27, 20))
    assert found.is_by_wrong_limit is False
    assert found.is_by_unknown_eni is False
    assert found.is_at_type_limit is False
    assert not found.pods.elements


@pytest.mark.parametrize("numbers", ["999999999", "0"])
def test_absurd_numbers_do_no_harm(numbers):
    found = refused(REFUSED.replace("count 4", f"count {numbers}"), stats(27, 27))
    assert found.limit == int(numbers) - 1
    assert isinstance(found.is_by_wrong_limit, bool)


def test_silence_counts_where_the_daemon_was_listened_to():
    assert refused(listen=["node-a"]).count == 0
    assert isinstance(refused().count, Unknown)


def test_the_daemons_own_limit_is_compared_with_ec2s():
    said = "[debug] hasRoomForEni: networkCard=0, currentENIs=3, currentUsableENIs=3, maxENI={}, "
    said += "unmanagedENI=1, trunkEni=0, excludedENI=0, hasRoom=false"
    assert refused(said.format(4)).is_by_wrong_limit is True
    found = refused(said.format(3), listen=["node-a"])
    assert found.is_by_wrong_limit is False
    assert (found.daemon_limit, found.unmanaged_enis, found.unmanaged_take_room) == (3, 1, True)


def test_every_device_number_is_taken():
    assert refused(NO_DEVICE).is_by_device_number is True
    assert refused(REFUSED).is_by_device_number is False
