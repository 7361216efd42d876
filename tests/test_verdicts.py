"""Causes before consequences: what stops a node's next ENI is the cause, whatever the subnet has left."""

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.triage.build_report import build_report
from eksdoctor.triage.report import State
from tests.shared import rulebook

BOOK = rulebook()
CUSTOM = {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true", "ENI_CONFIG_LABEL_DEF": "topology.kubernetes.io/zone"}
WITHOUT_POD_ENI = {
    "eni-a1": {"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.10", "Primary": True}]},
    "eni-a2": None,
}
DRY_IN_ZONE_B = {
    "SubnetId": "subnet-p", "VpcId": "vpc-1", "CidrBlock": "10.1.0.0/24",
    "AvailabilityZone": "eu-west-1b", "AvailableIpAddressCount": 0,
}  # fmt: skip
DRY = {**DRY_IN_ZONE_B, "AvailabilityZone": "eu-west-1a"}


def custom(config, subnets=None, **more):
    """A pod waits on node-a, which has no pod ENI, under custom networking with this ENIConfig."""
    configs = {"/eu-west-1b": {"spec": {"subnet": "subnet-b"}}}
    if config is not None:
        configs["/eu-west-1a"] = {"spec": config}
    patch = {
        "kubernetes/eniconfigs": configs,
        "kubernetes/pods": {"shop/web-1": None},
        "aws/ec2-describe-network-interfaces": WITHOUT_POD_ENI,
        "aws/ec2-describe-subnets": {
            "subnet-a": {"AvailableIpAddressCount": 0},
            **({"subnet-p": subnets} if subnets else {}),
        },
        **more,
    }
    return {"env": CUSTOM, "starve": {"shop/cart-1": "node-a"}, "patch": patch}


STUCK = {
    "eni-a1": {
        "PrivateIpAddresses": [
            {"PrivateIpAddress": "10.0.0.10", "Primary": True},
            {"PrivateIpAddress": "10.0.0.11"},
        ]
    },
    "eni-a2": {"Attachment": {"Status": "attaching", "AttachTime": "2026-01-02T01:34:00Z"}},
}
INCIDENTS = {
    "eniconfig-missing": custom(None),
    "eniconfig-subnet-missing": custom({"subnet": "subnet-gone"}),
    "eniconfig-wrong-zone": custom({"subnet": "subnet-p"}, DRY_IN_ZONE_B),
    "eniconfig-security-group-missing": custom({"subnet": "subnet-p", "securityGroups": ["sg-gone"]}, DRY),
    "subnet-exhausted": custom({"subnet": "subnet-p"}, DRY),
    "prefix-delegation-ineffective": {
        "env": {"ENABLE_PREFIX_DELEGATION": "true", "MAX_ENI": "3"},
        "starve": {"shop/cart-1": "node-a"},
        "patch": {
            "aws/ec2-describe-instance-types": {
                "m5.large": {"NetworkInfo": {"NetworkCards": [{"MaximumNetworkInterfaces": 2}]}}
            }
        },
    },
    "eni-attach-stuck": {
        "starve": {"shop/cart-1": "node-a"},
        "patch": {
            "aws/ec2-describe-network-interfaces": STUCK,
            "aws/ec2-describe-subnets": {"subnet-a": {"AvailableIpAddressCount": 0}},
        },
    },
}


def causes(incident, refused=()):
    report = build_report(patched(Patch(**incident, refuse=list(refused))), BOOK)
    return {
        verdict.cause
        for verdict in report.verdicts
        if verdict.state != State.CANNOT_TELL and any(pod.name == "shop/cart-1" for pod in verdict.pods)
    }


@pytest.mark.parametrize("cause", INCIDENTS)
def test_the_cause_is_named_alone(cause):
    assert causes(INCIDENTS[cause]) == {cause}


@pytest.mark.parametrize("cause", INCIDENTS)
def test_no_single_refusal_names_another(cause):
    for action in ACTIONS:
        assert causes(INCIDENTS[cause], [action]) <= {cause}, action
