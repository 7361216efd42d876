"""Which cluster is looked at: kubeconfig entries as the usual tools write them."""

import base64
import hashlib

import pytest
import yaml

from eksdoctor.collect.dispatch import connect
from eksdoctor.connection_options import ConnectionOptions
from eksdoctor.errors import UnreachableError
from tests.collect.kubeconfigs import exec_user, kubeconfig

ARN = "arn:aws:eks:eu-west-1:111122223333:cluster/pay"
CHINA = "arn:aws-cn:eks:cn-north-1:111122223333:cluster/pay"
EKS_URL = "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com"
EKS_URL_CHINA = "https://0123456789ABCDEF0123456789ABCDEF.yl4.cn-north-1.eks.amazonaws.com.cn"
EKS_URL_DUAL_STACK = "https://ABCD.eks-cluster.eu-west-1.api.aws"


def target(tmp_path, options=None, **config):
    path = kubeconfig(tmp_path / "config", **config)
    return connect(ConnectionOptions(kubeconfig=path, **(options or {}))).target


@pytest.mark.parametrize(
    ("config", "cluster", "region", "profile"),
    [
        pytest.param(
            {
                "user": exec_user(
                    "aws",
                    "--region",
                    "eu-west-1",
                    "eks",
                    "get-token",
                    "--cluster-name",
                    "pay",
                    "--output",
                    "json",
                    AWS_PROFILE="prod",
                )
            },
            "pay",
            "eu-west-1",
            "prod",
            id="aws eks update-kubeconfig",
        ),
        pytest.param(
            {
                "user": exec_user(
                    "aws", "eks", "get-token", "--cluster-name=pay", "--region=eu-west-1", "--profile=prod"
                )
            },
            "pay",
            "eu-west-1",
            "prod",
            id="flags with an equals sign",
        ),
        pytest.param(
            {"user": exec_user("aws-iam-authenticator", "token", "-i", "pay")},
            "pay",
            "",
            "",
            id="authenticator",
        ),
        pytest.param({"cluster_name": ARN, "context": "prod"}, "pay", "eu-west-1", "", id="arn as cluster"),
        pytest.param({"context": ARN}, "pay", "eu-west-1", "", id="arn as context"),
        pytest.param({"context": CHINA}, "pay", "cn-north-1", "", id="arn in China"),
        pytest.param({"context": "ann@pay.us-gov-west-1.eksctl.io"}, "pay", "us-gov-west-1", "", id="eksctl"),
        pytest.param({"server": EKS_URL}, "", "eu-west-1", "", id="server address"),
        pytest.param({"server": EKS_URL_CHINA}, "", "cn-north-1", "", id="server address in China"),
        pytest.param({"server": EKS_URL_DUAL_STACK}, "", "eu-west-1", "", id="dual-stack server address"),
        pytest.param(
            {"server": EKS_URL, "context": ARN.replace("eu-west-1", "us-east-1")},
            "pay",
            "eu-west-1",
            "",
            id="the server's address cannot err about the region",
        ),
        pytest.param({"server": "https://eks.example.com"}, "", "", "", id="nothing to go by"),
    ],
)
def test_names_come_from_wherever_the_kubeconfig_has_them(tmp_path, config, cluster, region, profile):
    found = target(tmp_path, **config)
    assert (found.cluster, found.region, found.profile) == (cluster, region, profile)


def test_options_override_the_kubeconfig(tmp_path):
    found = target(
        tmp_path, {"cluster": "other", "region": "us-east-1", "profile": "mine"}, context=ARN, server=EKS_URL
    )
    assert (found.cluster, found.region, found.profile) == ("other", "us-east-1", "mine")


def test_the_arn_names_the_account(tmp_path):
    assert target(tmp_path, context=ARN).account == "111122223333"


def test_region_of_last_resort_is_the_environment_then_the_profile(tmp_path, monkeypatch, nobody_at_home):
    (nobody_at_home / "aws-config").write_text(
        "[default]\nregion = us-west-2\n[profile prod]\nregion = eu-north-1\n"
    )
    assert target(tmp_path).region == "us-west-2"
    assert target(tmp_path, {"profile": "prod"}).region == "eu-north-1"
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    assert target(tmp_path).region == "ap-south-1"


def test_certificate_is_hashed_as_describe_cluster_writes_it(tmp_path):
    encoded = base64.b64encode(b"the authority").decode()
    expected = hashlib.sha256(encoded.encode()).hexdigest()
    assert (
        target(tmp_path, **{"certificate-authority-data": f"{encoded[:8]}\n {encoded[8:]}\n"}).certificate
        == expected
    )
    (tmp_path / "ca.pem").write_bytes(b"the authority")
    assert target(tmp_path, **{"certificate-authority": "ca.pem"}).certificate == expected
    assert target(tmp_path).certificate == ""


def test_several_files_merge_and_the_first_one_wins(tmp_path, monkeypatch):
    first = kubeconfig(tmp_path / "a", server="https://first", context="shared", cluster_name="one")
    second = kubeconfig(tmp_path / "b", server="https://second", context="other", cluster_name="two")
    third = kubeconfig(tmp_path / "c", server="https://third", context="shared", cluster_name="one")
    monkeypatch.setenv("KUBECONFIG", f"{first}:{tmp_path / 'missing'}:{second}:{third}")
    assert connect(ConnectionOptions()).target.server == "https://first"
    assert connect(ConnectionOptions(context="other")).target.server == "https://second"


def refusal(options):
    with pytest.raises(UnreachableError) as caught:
        connect(options)
    assert caught.value.exit_code == 5
    return caught.value


def test_unknown_context_is_met_with_the_nearest_and_the_list(tmp_path):
    path = kubeconfig(tmp_path / "config", context="production")
    error = refusal(ConnectionOptions(kubeconfig=path, context="prodution"))
    assert "no context prodution" in error.message
    assert error.advice == "Did you mean production? Contexts: production."


def test_no_current_context_lists_what_there_is(tmp_path):
    path = kubeconfig(tmp_path / "config", context="")
    document = yaml.safe_load((tmp_path / "config").read_text())
    document["contexts"][0]["name"] = "production"
    (tmp_path / "config").write_text(yaml.safe_dump(document))
    error = refusal(ConnectionOptions(kubeconfig=path))
    assert "no current context" in error.message
    assert "production" in error.advice


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{unclosed: [", "not valid YAML"),
        ("- a list", "not a kubeconfig"),
        ("", "no context"),
        ("contexts: 7\nusers: {}\n", "no context"),
        ("current-context: a\ncontexts: [{name: a, context: {cluster: gone}}]", "no server"),
        ("current-context: a\ncontexts: [{name: a, context: null}, 3, {name: [x]}]", "no server"),
        ("\x00\x01", "not valid YAML"),
        ("[" * 5000, "not valid YAML"),
    ],
)
def test_a_broken_kubeconfig_is_said_to_be(tmp_path, content, said):
    (tmp_path / "config").write_text(content)
    error = refusal(ConnectionOptions(kubeconfig=str(tmp_path / "config")))
    assert said in error.message
    assert error.advice


def test_no_kubeconfig_says_how_to_write_one(tmp_path, monkeypatch):
    assert "aws eks update-kubeconfig" in refusal(ConnectionOptions()).advice
    assert "no kubeconfig" in refusal(ConnectionOptions(kubeconfig=str(tmp_path / "none"))).message
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    assert str(tmp_path / "none") in refusal(ConnectionOptions()).message


def test_a_kubeconfig_that_may_not_be_read_is_said_to_be(tmp_path):
    assert "cannot read the kubeconfig" in refusal(ConnectionOptions(kubeconfig=str(tmp_path))).message
