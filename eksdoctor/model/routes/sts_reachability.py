"""Whether a node can reach STS, which a daemon with IRSA must before it can call EC2 at all."""

from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import NotKnown, known
from eksdoctor.model.routes.default_route import WayOut, default_route, table_of
from eksdoctor.snapshot.records.network import DESCRIBE_VPC_ENDPOINTS

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
NOWHERE = (WayOut.NONE, WayOut.BLACKHOLE)


def lacks_way_to_sts(node: "Node") -> bool:
    """Whether neither an endpoint in the VPC nor any route out of it leads to STS.

    Raises NotKnown where another network may hold the endpoint. A proxy is a way of its own.
    """
    cluster, environment = node.cluster, known(node.cluster.part(CNI).environment)
    if any(environment.text(name) is not None for name in PROXIES):
        return False
    if _has_endpoint(cluster):
        return False
    subnet = known(node.part(NodeInstance).subnet).id
    if default_route(cluster, subnet).way not in NOWHERE:
        return False
    others = [
        route
        for route in table_of(cluster, subnet).routes
        if route.state != "blackhole"
        and route.gateway_id != "local"
        and not route.gateway_id.startswith("vpce-")
    ]
    if others:
        raise NotKnown.because("routes lead to other networks, which may have an STS endpoint")
    return True


def _has_endpoint(cluster: "Cluster") -> bool:
    vpc = known(cluster.vpc_id)
    endpoints = listed(cluster.snapshot, DESCRIBE_VPC_ENDPOINTS.kind, requests.vpc_endpoints(vpc))
    if any(one.vpc_id == vpc and one.service_name.endswith((".sts", ".sts-fips")) for one in endpoints):
        return True
    endpoints.all()
    return False
