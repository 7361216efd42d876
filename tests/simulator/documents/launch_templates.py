"""Launch templates of managed node groups, with user data as their owners write it."""

import base64
from random import Random
from typing import Any

from tests.simulator.machine import Group
from tests.simulator.names import Names
from tests.simulator.simulation import Simulation

VERSION = 4
USER_DATA = """\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/sh
export DATABASE_PASSWORD=not-for-any-snapshot
--//
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  cluster:
    name: {cluster}
  kubelet:
    config:
      maxPods: {max_pods}
--//--
"""


def reference(simulation: Simulation, group: Group) -> dict[str, str]:
    """The template as DescribeNodegroup names it."""
    names = Names(Random(f"launch template of {group.name} in {simulation.cluster}"))
    return {"id": names.aws("lt"), "name": f"{group.name}-kubelet", "version": str(VERSION)}


def versions(simulation: Simulation) -> list[dict[str, Any]]:
    """DescribeLaunchTemplateVersions."""
    groups = {machine.group.name: machine.group for machine in simulation.machines}
    return [_version(simulation, group) for group in groups.values() if group.launch_template]


def _version(simulation: Simulation, group: Group) -> dict[str, Any]:
    named = reference(simulation, group)
    text = USER_DATA.format(cluster=simulation.cluster, max_pods=group.max_pods)
    return {
        "LaunchTemplateId": named["id"],
        "LaunchTemplateName": named["name"],
        "VersionNumber": VERSION,
        "DefaultVersion": True,
        "LaunchTemplateData": {
            "ImageId": "ami-0123456789abcdef0",
            "UserData": base64.b64encode(text.encode()).decode(),
        },
    }
