"""The cluster's own furniture: aws-node as its release ships it, kube-proxy, the ConfigMap, accounts."""

import json
from typing import Any

from tests.simulator.account import REGION
from tests.simulator.documents import times
from tests.simulator.machine import Service
from tests.simulator.settings import Settings
from tests.simulator.simulation import Simulation

REGISTRY = f"602401143452.dkr.ecr.{REGION}.amazonaws.com"
TAGS = {"kube-proxy": "v1.33.3-eksbuild.10", "eks-node-monitoring-agent": "v1.4.2-eksbuild.1"}
SHIPPED = {  # config of release v1.19
    "ADDITIONAL_ENI_TAGS": "{}",
    "AWS_VPC_CNI_NODE_PORT_SUPPORT": "true",
    "AWS_VPC_ENI_MTU": "9001",
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "false",
    "AWS_VPC_K8S_CNI_EXTERNALSNAT": "false",
    "AWS_VPC_K8S_CNI_LOGLEVEL": "DEBUG",
    "AWS_VPC_K8S_CNI_LOG_FILE": "/host/var/log/aws-routed-eni/ipamd.log",
    "AWS_VPC_K8S_CNI_RANDOMIZESNAT": "prng",
    "AWS_VPC_K8S_CNI_VETHPREFIX": "eni",
    "AWS_VPC_K8S_PLUGIN_LOG_FILE": "/var/log/aws-routed-eni/plugin.log",
    "AWS_VPC_K8S_PLUGIN_LOG_LEVEL": "DEBUG",
    "DISABLE_INTROSPECTION": "false",
    "DISABLE_METRICS": "false",
    "DISABLE_NETWORK_RESOURCE_PROVISIONING": "false",
    "ENABLE_IPv4": "true",
    "ENABLE_IPv6": "false",
    "ENABLE_POD_ENI": "false",
    "ENABLE_PREFIX_DELEGATION": "false",
    "ENABLE_SUBNET_DISCOVERY": "true",
    "NETWORK_POLICY_ENFORCING_MODE": "standard",
    "WARM_ENI_TARGET": "1",
    "WARM_PREFIX_TARGET": "1",
}
WINDOWS = {  # targets for Windows nodes, shipped with every release; nothing on Linux reads them
    "branch-eni-cooldown": "60",
    "enable-network-policy-controller": "false",
    "enable-windows-ipam": "false",
    "enable-windows-prefix-delegation": "false",
    "minimum-ip-target": "3",
    "warm-ip-target": "1",
    "warm-prefix-target": "0",
}
KUBE_PROXY = """apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
ipvs:
  scheduler: ""
mode: "iptables"
"""


def daemon_sets(simulation: Simulation, vpc: str, endpoint: str) -> list[dict[str, Any]]:
    """One for every service that runs on all nodes."""
    return [
        _aws_node(simulation, service, vpc, endpoint)
        if service.name == "aws-node"
        else _daemon_set(simulation, service, {"containers": [_container(service.name, TAGS[service.name])]})
        for service in simulation.daemons
    ]


def configuration(settings: Settings) -> str:
    """The add-on's configurationValues; empty when nothing was set."""
    document: dict[str, Any] = {}
    if settings.changes:
        document["env"] = settings.changes
    if settings.pod_eni:
        document["init"] = {"env": {"DISABLE_TCP_EARLY_DEMUX": "true"}}
    return json.dumps(document, sort_keys=True) if document else ""


def config_maps() -> list[dict[str, Any]]:
    """The ConfigMaps that come with the VPC CNI and with kube-proxy."""
    return [
        _config_map("amazon-vpc-cni", "aws-node", dict(WINDOWS)),
        _config_map("kube-proxy-config", "kube-proxy", {"config": KUBE_PROXY}),
    ]


def _config_map(name: str, app: str, data: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": "kube-system",
            "labels": {"app.kubernetes.io/name": app, "k8s-app": app},
        },
        "data": data,
    }


def service_accounts(simulation: Simulation) -> list[dict[str, Any]]:
    """The accounts pods run under, each once."""
    used = {(pod.service.namespace, pod.service.account or "default") for pod in simulation.pods}
    return [
        {"metadata": {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/name": name}}}
        for namespace, name in sorted(used)
    ]


def _aws_node(simulation: Simulation, service: Service, vpc: str, endpoint: str) -> dict[str, Any]:
    settings = simulation.settings
    placed = {"CLUSTER_ENDPOINT": endpoint, "CLUSTER_NAME": simulation.cluster, "VPC_ID": vpc}
    env: list[dict[str, Any]] = [
        {"name": name, "value": value}
        for name, value in sorted((SHIPPED | placed | settings.changes).items())
    ]
    env += [
        {
            "name": "MY_NODE_NAME",
            "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}},
        },
        {
            "name": "MY_POD_NAME",
            "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}},
        },
    ]
    early_demux = "true" if settings.pod_eni else "false"
    init_env = [
        {"name": "DISABLE_TCP_EARLY_DEMUX", "value": early_demux},
        {"name": "ENABLE_IPv6", "value": "false"},
    ]
    tag = f"{settings.version}-eksbuild.1"
    pod = {
        "containers": [
            _container("amazon-k8s-cni", tag) | {"name": "aws-node", "env": env},
            _container("amazon/aws-network-policy-agent", "v1.2.1-eksbuild.1")
            | {"name": "aws-eks-nodeagent"},
        ],
        "initContainers": [
            _container("amazon-k8s-cni-init", tag) | {"name": "aws-vpc-cni-init", "env": init_env}
        ],
    }
    return _daemon_set(simulation, service, pod)


def _container(name: str, tag: str) -> dict[str, Any]:
    resources = {"requests": {"cpu": "25m"}}
    return {
        "name": name,
        "image": f"{REGISTRY}/{name}:{tag}",
        "imagePullPolicy": "IfNotPresent",
        "resources": resources,
    }


def _daemon_set(simulation: Simulation, service: Service, pod: dict[str, Any]) -> dict[str, Any]:
    nodes = len(simulation.machines)
    labels = {"k8s-app": service.name}
    status = dict.fromkeys(
        (
            "currentNumberScheduled",
            "desiredNumberScheduled",
            "numberAvailable",
            "numberReady",
            "updatedNumberScheduled",
        ),
        nodes,
    )
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {
            "name": service.name,
            "namespace": service.namespace,
            "labels": labels | {"app.kubernetes.io/name": service.name},
            "creationTimestamp": times.kubernetes(simulation.machines[0].joined),
            "generation": 3,
        },
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": pod
                | {
                    "hostNetwork": True,
                    "priorityClassName": "system-node-critical",
                    "serviceAccountName": service.account or "default",
                    "tolerations": [{"operator": "Exists"}],
                },
            },
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}},
        },
        "status": status | {"numberMisscheduled": 0, "observedGeneration": 3},
    }
