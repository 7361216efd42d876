"""The add-on's configuration as somebody wrote it, and who deploys the DaemonSet."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.collect.kubernetes.field_managers import environment_managers
from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.model.aws_node_settings import addon_configuration
from eksdoctor.model.aws_node_settings.addon_configuration import AWS_NODE, INIT
from eksdoctor.model.aws_node_settings.image_tag import release_of
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import NotKnown, Unknown

NOT_AN_ADDON = {"aws/eks-describe-addon": {"vpc-cni": None}}


def cni(patch, **changes):
    return Cluster(patched(Patch(patch=patch, **changes))).cni


def daemon_set(**metadata):
    return {"kubernetes/daemonsets": {"kube-system/aws-node": {"metadata": metadata}}}


def owning(manager, *names, time="2026-01-01T22:05:00Z"):
    environment = {
        "f:env": {f'k:{{"name":"{name}"}}': {".": {}, "f:value": {}} for name in names} | {".": {}}
    }
    containers = {'k:{"name":"aws-node"}': environment | {"f:image": {}}}
    fields = {"f:spec": {"f:template": {"f:spec": {"f:containers": containers, "f:volumes": {}}}}}
    return {
        "manager": manager,
        "operation": "Update",
        "time": time,
        "fieldsV1": fields,
        "apiVersion": "apps/v1",
    }


@pytest.mark.parametrize("text", ["", "  ", "# nothing yet", "{}", "null"])
def test_no_configuration(text):
    assert addon_configuration.read(text) == {}


@pytest.mark.parametrize(
    "text",
    ["[1]", "env: [", "text", "{" * 5000, "a: &a [1]\nb: *a", "d: 2024-99-99", "? [a]\n: b", "x" * 200_000],
)
def test_what_cannot_be_read_is_not_known(text):
    with pytest.raises(NotKnown):
        addon_configuration.read(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_not_known(text):
    with contextlib.suppress(NotKnown):
        addon_configuration.variables(addon_configuration.read(text))


def test_a_merge_keeps_everything_else():
    document = addon_configuration.read("resources: {limits: {cpu: 1}}\nenv: {A: '1', B: '2'}\n")
    merged = json.loads(
        addon_configuration.merged(document, {AWS_NODE: {"A": "3", "B": None}, INIT: {"C": "x"}})
    )
    assert merged == {"resources": {"limits": {"cpu": 1}}, "env": {"A": "3"}, "init": {"env": {"C": "x"}}}


def test_the_document_with_what_runs():
    values = (
        '{"env":{"WARM_IP_TARGET":"5","MAX_ENI":"2","ENABLE_POD_ENI":"false"},"enableNetworkPolicy":"true"}'
    )
    patch = {"aws/eks-describe-addon": {"vpc-cni": {"configurationValues": values}}}
    addon = cni(patch, env={"WARM_IP_TARGET": "2"}).addon
    assert json.loads(addon.configuration_as_running) == {
        "env": {"WARM_IP_TARGET": "2", "ENABLE_POD_ENI": "false"},
        "enableNetworkPolicy": "true",
    }
    assert json.loads(addon.configuration_as_configured) == json.loads(values)


@pytest.mark.parametrize(
    ("image", "release"),
    [
        ("602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.19.5-eksbuild.1", "v1.19.5"),
        ("registry.example:5000/mirror/cni:v1.20.1@sha256:0f", "v1.20.1"),
        ("registry.example:5000/cni", "None"),
        ("cni@sha256:1.2", "None"),
        ("cni:2026.01.02", "None"),
        ("cni:latest", "None"),
        ("", "None"),
    ],
)
def test_the_release_in_an_image(image, release):
    assert str(release_of(image)) == release


@pytest.mark.parametrize(
    ("metadata", "tool", "place"),
    [
        (
            {"annotations": {"meta.helm.sh/release-name": "aws-vpc-cni"}},
            "helm",
            "the values of the Helm release aws-vpc-cni",
        ),
        (
            {"annotations": {"argocd.argoproj.io/tracking-id": "cni:apps/DaemonSet:kube-system/aws-node"}},
            "argo-cd",
            "the source of the Argo CD application cni",
        ),
        (
            {
                "labels": {"helm.toolkit.fluxcd.io/name": "cni"},
                "annotations": {"meta.helm.sh/release-name": "cni"},
            },
            "flux",
            "the values of the Flux HelmRelease cni",
        ),
        (
            {"managedFields": [owning("Terraform")]},
            "terraform",
            "the Terraform configuration that applies the DaemonSet",
        ),
        (
            {"managedFields": [owning("kubectl-client-side-apply"), owning("kube-controller-manager")]},
            "kubectl",
            "whatever deploys the DaemonSet",
        ),
    ],
)
def test_who_deploys_it(metadata, tool, place):
    deployer = cni(NOT_AN_ADDON | daemon_set(**metadata)).deployer
    assert (deployer.tool, deployer.place) == (tool, place)


@pytest.mark.parametrize(
    "metadata",
    [
        {"labels": {"app.kubernetes.io/managed-by": "Helm", "helm.sh/chart": "aws-vpc-cni-1.19.0"}},
        {"managedFields": []},
        {"managedFields": [owning("kubectl-edit"), owning("somebody")]},
    ],
)
def test_what_proves_nothing(metadata):
    deployer = cni(NOT_AN_ADDON | daemon_set(**metadata)).deployer
    assert isinstance(deployer.tool, Unknown)
    assert deployer.place == "whatever deploys the DaemonSet"


def test_an_addon_is_one_whatever_else_is_marked():
    deployer = cni(daemon_set(annotations={"meta.helm.sh/release-name": "old"})).deployer
    assert deployer.tool == "addon"
    assert deployer.place == "the configurationValues of the EKS add-on vpc-cni"


def test_who_set_a_variable():
    managers = [owning("eks", "MAX_ENI"), owning("kubectl-set", "MAX_ENI"), owning("kubectl-edit", "OTHER")]
    deployer = cni(daemon_set(managedFields=environment_managers(managers))).deployer
    assert deployer.setter_of("aws-node", "MAX_ENI") == "kubectl-set at 2026-01-01 22:05 UTC"
    assert deployer.setter_of("aws-node", "WARM_IP_TARGET") == ""
    assert cni({}).deployer.setter_of("aws-node", "MAX_ENI") == ""
