"""`kubectl describe node`, whole or a piece."""

import pytest

from eksdoctor.paste import node_description

WHOLE = """\
Name:               ip-10-0-0-1.ec2.internal
Labels:             node.kubernetes.io/instance-type=m5.large
                    topology.kubernetes.io/zone=eu-west-1a
Unschedulable:      true
Capacity:
  cpu:                        2
  hugepages-1Gi:              0
  memory:                     7934420Ki
  pods:                       29
  vpc.amazonaws.com/pod-eni:  9
Allocatable:
  cpu:                        1930m
  pods:                       29
  vpc.amazonaws.com/pod-eni:  0
System Info:
  OS Image:                   Amazon Linux 2023
"""


def test_a_whole_node():
    node = node_description.parse_node(WHOLE)
    assert node["metadata"]["name"] == "ip-10-0-0-1.ec2.internal"
    assert node["metadata"]["labels"]["topology.kubernetes.io/zone"] == "eu-west-1a"
    assert node["spec"]["unschedulable"] is True
    assert node["status"]["capacity"]["vpc.amazonaws.com/pod-eni"] == "9"
    assert node["status"]["allocatable"]["vpc.amazonaws.com/pod-eni"] == "0"


@pytest.mark.parametrize("section", ["Capacity", "Allocatable"])
def test_capacity_and_allocatable_stand_for_each_other(section):
    node = node_description.parse_node(f"{section}:\n  cpu:  2\n  pods:  8\n")
    assert node["status"]["capacity"] == node["status"]["allocatable"] == {"cpu": "2", "pods": "8"}


@pytest.mark.parametrize("text", ["", "Capacity:\n", "Capacity: 10Gi\n", "Limits:\n  pods: 1\n"])
def test_no_node(text):
    assert node_description.parse_node(text) is None


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("on m5.large", {"m5.large"}),
        ("c7g.medium, u-6tb1.112xlarge", {"c7g.medium"}),
        ("m6i.metal and x2iezn.12xlarge", {"m6i.metal", "x2iezn.12xlarge"}),
        ("v1.18.0-eksbuild.1 ip-10-0-0-1.ec2.internal 3.large", set()),
    ],
)
def test_instance_types(text, types):
    assert node_description.find_instance_types(text) == types
