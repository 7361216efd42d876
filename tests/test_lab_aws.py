"""The lab's AWS account by boto3: ids, filters, pages and the services' own errors."""

import base64
import json
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import boto3
import msgspec
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from eksdoctor.collect.user_data.reductions import launch_template_version
from eksdoctor.snapshot.actions import ACTIONS
from eksdoctor.snapshot.records.launch_template import LaunchTemplateVersion
from tests.lab import Fault, Lab
from tests.lab.aws.api import OPERATIONS
from tests.lab.example import ACCOUNT, CLUSTER, REGION, SERVER, instance_type, interface, snapshot
from tests.process import PATIENCE


def client(lab, service, region=REGION):
    return boto3.session.Session().client(
        service,
        region_name=region,
        endpoint_url=lab.aws_endpoint,
        aws_access_key_id="AKIALAB",
        aws_secret_access_key="lab",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=PATIENCE, read_timeout=PATIENCE),
    )


@pytest.fixture(scope="module")
def lab():
    with Lab(snapshot()) as running:
        yield running


@pytest.fixture(scope="module")
def ec2(lab):
    return client(lab, "ec2")


@pytest.fixture(scope="module")
def eks(lab):
    return client(lab, "eks")


def refused(call, **parameters):
    """The code, words and status of an error."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    answer = raised.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]


def interfaces(ec2, **filters):
    wanted = [{"Name": name.replace("__", ":"), "Values": values} for name, values in filters.items()]
    found = ec2.describe_network_interfaces(
        Filters=[one | {"Name": one["Name"].replace("_", "-")} for one in wanted]
    )
    return [one["NetworkInterfaceId"] for one in found["NetworkInterfaces"]]


def test_every_aws_action_of_the_snapshot_is_answered():
    assert set(OPERATIONS) == {action.name for action in ACTIONS.values() if action.source == "aws"}


def test_who_asks(lab):
    answer = client(lab, "sts").get_caller_identity()
    assert (answer["Account"], answer["Arn"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/oncall")


def test_the_cluster_stands_where_the_kubeconfig_says(lab, eks):
    cluster = eks.describe_cluster(name=CLUSTER)["cluster"]
    assert cluster["endpoint"] == lab.kubernetes_endpoint
    assert cluster["certificateAuthority"]["data"] in lab.kubeconfig.read_text()
    assert cluster["resourcesVpcConfig"] == {"vpcId": "vpc-1", "subnetIds": ["subnet-a", "subnet-b"]}
    assert cluster["createdAt"] == datetime(2024, 3, 1, 10, tzinfo=UTC)


def test_another_cluster_of_the_snapshot_stays_another():
    other = {
        "name": CLUSTER,
        "endpoint": SERVER.replace("0", "F"),
        "certificateAuthority": {"data": "b3RoZXI="},
    }
    with Lab(snapshot(eks_describe_cluster=[other])) as lab:
        cluster = client(lab, "eks").describe_cluster(name=CLUSTER)["cluster"]
    assert cluster["endpoint"] == other["endpoint"]


def test_what_eks_does_not_have(eks):
    code, words, status = refused(eks.describe_cluster, name="nope")
    assert (code, words, status) == ("ResourceNotFoundException", "No cluster found for name: nope.", 404)
    code, words, _ = refused(eks.describe_addon, clusterName=CLUSTER, addonName="coredns")
    assert (code, words) == ("ResourceNotFoundException", f"No addon: coredns found in cluster: {CLUSTER}")
    assert refused(eks.describe_addon, clusterName="nope", addonName="vpc-cni")[1].startswith(
        "No cluster found"
    )
    assert refused(eks.describe_nodegroup, clusterName=CLUSTER, nodegroupName="nope")[2] == 404


def test_node_groups_in_pages(lab, eks):
    assert eks.describe_addon(clusterName=CLUSTER, addonName="vpc-cni")["addon"]["status"] == "ACTIVE"
    assert eks.describe_nodegroup(clusterName=CLUSTER, nodegroupName="group-0")["nodegroup"]["subnets"] == [
        "subnet-a"
    ]
    pages = list(
        eks.get_paginator("list_nodegroups").paginate(clusterName=CLUSTER, PaginationConfig={"PageSize": 2})
    )
    assert [page["nodegroups"] for page in pages] == [
        ["group-0", "group-1"],
        ["group-2", "group-3"],
        ["group-4"],
    ]


def test_subnets_by_id_and_filter(ec2):
    def ids(**parameters):
        return [one["SubnetId"] for one in ec2.describe_subnets(**parameters)["Subnets"]]

    assert ids() == ["subnet-a", "subnet-b"]
    assert ids(SubnetIds=["subnet-b"]) == ["subnet-b"]
    assert ids(
        Filters=[{"Name": "vpc-id", "Values": ["vpc-1"]}, {"Name": "availability-zone", "Values": ["*1b"]}]
    ) == ["subnet-b"]
    assert ids(Filters=[{"Name": "tag:kubernetes.io/role/cni", "Values": ["1"]}]) == ["subnet-a", "subnet-b"]
    assert ids(Filters=[{"Name": "tag-key", "Values": ["Nam?"]}]) == ["subnet-a", "subnet-b"]
    assert ids(Filters=[{"Name": "tag:Name", "Values": ["nodes <b> & more"]}]) == ["subnet-b"]
    assert ids(Filters=[{"Name": "vpc-id", "Values": ["vpc-2"]}]) == []
    whole = ec2.describe_subnets(SubnetIds=["subnet-a"])["Subnets"][0]
    assert whole["AvailableIpAddressCount"] == 0
    assert whole["Tags"][0] == {"Key": "Name", "Value": "nodes <a> & more"}


def test_ids_that_do_not_exist_fail_the_whole_call(ec2):
    assert refused(ec2.describe_subnets, SubnetIds=["subnet-a", "subnet-z"]) == (
        "InvalidSubnetID.NotFound",
        "The subnet ID 'subnet-z' does not exist",
        400,
    )
    code, words, _ = refused(ec2.describe_instance_types, InstanceTypes=["m5.large", "x9.mega", "y1.nano"])
    assert (code, words) == (
        "InvalidInstanceType",
        "The following supplied instance types do not exist: [x9.mega, y1.nano]",
    )
    assert refused(ec2.describe_vpcs, VpcIds=["vpc-2"])[0] == "InvalidVpcID.NotFound"
    assert refused(ec2.describe_security_groups, GroupIds=["sg-2"])[0] == "InvalidGroup.NotFound"
    assert refused(ec2.get_subnet_cidr_reservations, SubnetId="subnet-z")[0] == "InvalidSubnetID.NotFound"


def test_the_other_describes(ec2):
    types = ec2.describe_instance_types(InstanceTypes=["c5.xlarge", "m5.large"])["InstanceTypes"]
    assert [(one["InstanceType"], one["NetworkInfo"]["Ipv4AddressesPerInterface"]) for one in types] == [
        ("c5.xlarge", 15),
        ("m5.large", 10),
    ]
    assert ec2.describe_vpcs()["Vpcs"][0]["CidrBlockAssociationSet"][0]["CidrBlockState"] == {
        "State": "associated"
    }
    held = ec2.get_subnet_cidr_reservations(SubnetId="subnet-a")["SubnetIpv4CidrReservations"]
    assert [one["Cidr"] for one in held] == ["10.0.0.240/28"]
    assert ec2.get_subnet_cidr_reservations(SubnetId="subnet-b")["SubnetIpv4CidrReservations"] == []
    assert ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": ["sg-1"]}])["SecurityGroups"]


def test_interfaces_by_filter(ec2):
    assert len(interfaces(ec2, subnet_id=["subnet-a"])) == 12
    assert interfaces(ec2, subnet_id=["subnet-b"]) == ["eni-0012"]
    assert interfaces(ec2, **{"attachment.instance-id": ["i-0003", "i-0004"]}) == ["eni-0003", "eni-0004"]
    assert len(interfaces(ec2, vpc_id=["vpc-1"], status=["in-use"])) == 13
    assert interfaces(ec2, private_ip_address=["10.1.0.9"]) == ["eni-0005"], "a secondary address"
    assert interfaces(ec2, **{"tag__node.k8s.amazonaws.com/instance_id".replace("__", ":"): ["i-0007"]}) == []
    tagged = ec2.describe_network_interfaces(
        Filters=[{"Name": "tag:node.k8s.amazonaws.com/instance_id", "Values": ["i-0007"]}]
    )["NetworkInterfaces"]
    assert [one["NetworkInterfaceId"] for one in tagged] == ["eni-0007"]
    assert tagged[0]["Attachment"]["DeviceIndex"] == 0, "zero is said"
    assert tagged[0]["AvailabilityZone"] == "eu-west-1a", "it follows from the subnet"


def test_the_paths_of_the_vpc(ec2):
    of_vpc = [{"Name": "vpc-id", "Values": ["vpc-1"]}]
    (table,) = ec2.describe_route_tables(Filters=of_vpc)["RouteTables"]
    assert table["Associations"][0]["Main"] is True
    assert table["Routes"][1]["NatGatewayId"] == "nat-1"
    (endpoint,) = ec2.describe_vpc_endpoints(Filters=of_vpc)["VpcEndpoints"]
    assert (endpoint["ServiceName"], endpoint["SubnetIds"]) == (f"com.amazonaws.{REGION}.ec2", ["subnet-a"])
    wanted = [{"Name": "group-id", "Values": ["sg-1", "sg-2"]}]
    rules = ec2.describe_security_group_rules(Filters=wanted)["SecurityGroupRules"]
    assert [(rule["IsEgress"], rule["FromPort"]) for rule in rules] == [(False, 53), (True, -1)]
    assert rules[0]["ReferencedGroupInfo"]["GroupId"] == "sg-1"


def test_launch_templates_have_user_data_with_the_setting_that_was_kept(ec2):
    found = ec2.describe_launch_template_versions(LaunchTemplateId="lt-1", Versions=["4"])
    (version,) = found["LaunchTemplateVersions"]
    assert "maxPods: 110" in base64.b64decode(version["LaunchTemplateData"]["UserData"]).decode()
    code, words, _ = refused(
        ec2.describe_launch_template_versions, LaunchTemplateId="lt-1", Versions=["4", "9"]
    )
    assert (code, words.split()[6]) == ("InvalidLaunchTemplateId.VersionNotFound", "9")
    code, _, _ = refused(ec2.describe_launch_template_versions, LaunchTemplateId="lt-2")
    assert code == "InvalidLaunchTemplateId.NotFound"


def test_every_setting_comes_back_as_it_was_kept():
    kept = [
        {"UserData": "none"},
        {"UserData": "read"},
        {"UserData": "unclear", "ImageId": True},
        {"UserData": "read", "MaxPods": 58},
        {"UserData": "read", "MaxPodsExpression": "max_pods - '1'"},
        {"UserData": "read", "MaxPods": 17, "UseMaxPods": False, "ImageId": True},
        {"UserData": "read", "UseMaxPods": True},
    ]
    versions = [{"LaunchTemplateId": "lt-1", "VersionNumber": n, **one} for n, one in enumerate(kept, 1)]
    with Lab(snapshot(ec2_describe_launch_template_versions=versions)) as lab:
        served = client(lab, "ec2").describe_launch_template_versions(LaunchTemplateId="lt-1")
    found = [launch_template_version(one) for one in served["LaunchTemplateVersions"]]
    records = [msgspec.convert(one, LaunchTemplateVersion) for one in found]
    assert records == [msgspec.convert(one, LaunchTemplateVersion) for one in versions]


def test_pod_identity(eks):
    named = {"clusterName": CLUSTER, "namespace": "kube-system"}
    (one,) = eks.list_pod_identity_associations(**named, serviceAccount="aws-node")["associations"]
    assert eks.list_pod_identity_associations(**named, serviceAccount="coredns")["associations"] == []
    whole = eks.describe_pod_identity_association(clusterName=CLUSTER, associationId=one["associationId"])[
        "association"
    ]
    assert whole["roleArn"] == f"arn:aws:iam::{ACCOUNT}:role/cni"
    code, _, status = refused(
        eks.describe_pod_identity_association, clusterName=CLUSTER, associationId="a-nope"
    )
    assert (code, status) == ("ResourceNotFoundException", 404)


@pytest.mark.parametrize("region", [REGION, "us-east-2"])
def test_roles_are_the_same_everywhere(lab, region):
    iam = client(lab, "iam", region)
    role = iam.get_role(RoleName="cni")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
        "Service": "pods.eks.amazonaws.com"
    }
    assert iam.list_attached_role_policies(RoleName="cni")["AttachedPolicies"] == [
        {"PolicyName": "AmazonEKS_CNI_Policy", "PolicyArn": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"}
    ]
    pages = iam.get_paginator("list_role_policies").paginate(RoleName="cni", PaginationConfig={"PageSize": 1})
    assert [page["PolicyNames"] for page in pages] == [["extra"], ["more"]]
    for call in (iam.get_role, iam.list_attached_role_policies, iam.list_role_policies):
        assert refused(call, RoleName="nope")[::2] == ("NoSuchEntity", 404)


def test_quotas(lab):
    quotas = client(lab, "service-quotas")
    named = {"ServiceCode": "vpc", "QuotaCode": "L-DF5E4CA3"}
    assert quotas.get_service_quota(**named)["Quota"]["Value"] == 6000.0
    assert quotas.get_aws_default_service_quota(**named)["Quota"]["Value"] == 5000.0
    wrong = named | {"ServiceCode": "ec2"}
    assert refused(quotas.get_service_quota, **wrong)[0] == "NoSuchResourceException"
    elsewhere = client(lab, "service-quotas", "us-east-2")
    assert refused(elsewhere.get_service_quota, **named)[0] == "NoSuchResourceException"


def test_filters_that_cannot_be_answered(ec2):
    wrong = [{"Name": "colour", "Values": ["red"]}]
    assert refused(ec2.describe_subnets, Filters=wrong)[:2] == (
        "InvalidParameterValue",
        "The filter 'colour' is invalid",
    )
    unheld = [{"Name": "description", "Values": ["nodes"]}]
    assert refused(ec2.describe_security_groups, Filters=unheld)[0] == "UnsupportedOperation"
    many = [{"Name": "subnet-id", "Values": [f"subnet-{number}" for number in range(201)]}]
    assert refused(ec2.describe_network_interfaces, Filters=many)[0] == "FilterLimitExceeded"


def test_pages_of_interfaces(ec2):
    paginator = ec2.get_paginator("describe_network_interfaces")
    pages = [page["NetworkInterfaces"] for page in paginator.paginate(PaginationConfig={"PageSize": 5})]
    assert [len(page) for page in pages] == [5, 5, 3]
    assert len({one["NetworkInterfaceId"] for page in pages for one in page}) == 13
    assert refused(ec2.describe_network_interfaces, MaxResults=1001)[0] == "InvalidParameterValue"
    assert refused(ec2.describe_network_interfaces, NextToken="nope")[0] == "InvalidParameterValue"
    both = {"MaxResults": 5, "NetworkInterfaceIds": ["eni-0001"]}
    assert refused(ec2.describe_network_interfaces, **both)[0] == "InvalidParameterCombination"


def test_a_long_list_comes_in_pages_even_unasked():
    many = [interface(number) for number in range(2300)]
    types = [instance_type(f"m{number}.large") for number in range(130)]
    with Lab(snapshot(ec2_describe_network_interfaces=many, ec2_describe_instance_types=types)) as lab:
        ec2 = client(lab, "ec2")
        first = ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": ["subnet-a"]}])
        assert len(first["NetworkInterfaces"]) == 1000
        assert first["NextToken"]
        assert len(ec2.describe_instance_types()["InstanceTypes"]) == 100


def test_elsewhere_there_is_nothing(lab):
    assert client(lab, "ec2", "us-east-2").describe_subnets()["Subnets"] == []
    assert (
        refused(client(lab, "eks", "us-east-2").describe_cluster, name=CLUSTER)[0]
        == "ResourceNotFoundException"
    )
    assert client(lab, "sts", "us-east-2").get_caller_identity()["Account"] == ACCOUNT


def test_denied_as_each_service_says_it():
    with Lab(snapshot(), deny={"ec2:*", "eks:DescribeCluster", "sts:GetCallerIdentity"}) as lab:
        code, words, status = refused(client(lab, "ec2").describe_subnets)
        assert (code, status) == ("UnauthorizedOperation", 403)
        assert "is not authorized to perform: ec2:DescribeSubnets because no identity-based policy" in words
        eks = client(lab, "eks")
        assert refused(eks.describe_cluster, name=CLUSTER)[::2] == ("AccessDeniedException", 403)
        assert eks.list_nodegroups(clusterName=CLUSTER)["nodegroups"]
        assert refused(client(lab, "sts").get_caller_identity)[::2] == ("AccessDenied", 403)


def test_denied_by_services_of_the_other_protocols():
    with Lab(snapshot(), deny={"iam:*", "servicequotas:*"}) as lab:
        assert refused(client(lab, "iam").get_role, RoleName="cni")[::2] == ("AccessDenied", 403)
        quota = client(lab, "service-quotas").get_service_quota
        answer = refused(quota, ServiceCode="vpc", QuotaCode="L-DF5E4CA3")
    assert answer[::2] == ("AccessDeniedException", 403)
    assert "is not authorized to perform: servicequotas:GetServiceQuota" in answer[1]


def test_throttled_and_expired_as_each_service_says_it():
    faults = {"*:Describe*": Fault.throttled(times=2), "*": Fault.unauthenticated()}
    with Lab(snapshot(), faults=faults) as lab:
        assert refused(client(lab, "ec2").describe_subnets)[::2] == ("RequestLimitExceeded", 503)
        assert refused(client(lab, "eks").describe_cluster, name=CLUSTER)[::2] == ("ThrottlingException", 429)
        assert refused(client(lab, "ec2").describe_subnets)[0] == "RequestExpired"
        assert refused(client(lab, "eks").list_nodegroups, clusterName=CLUSTER)[0] == "ExpiredTokenException"
        assert refused(client(lab, "sts").get_caller_identity)[::2] == ("ExpiredToken", 403)


def test_botocore_gets_through_a_short_throttle():
    with Lab(snapshot(), faults={"ec2:DescribeVpcs": Fault.throttled(times=1, retry_after=0)}) as lab:
        ec2 = boto3.session.Session().client(
            "ec2",
            region_name=REGION,
            endpoint_url=lab.aws_endpoint,
            aws_access_key_id="AKIALAB",
            aws_secret_access_key="lab",
            config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
        )
        assert ec2.describe_vpcs()["Vpcs"][0]["VpcId"] == "vpc-1"
        assert [one.action for one in lab.requests] == ["ec2:DescribeVpcs"] * 2


def test_any_error_may_be_told():
    faults = {"ec2:DescribeVpcs": Fault.error(503, "Unavailable", "try <later>")}
    with Lab(snapshot(), faults=faults) as lab:
        assert refused(client(lab, "ec2").describe_vpcs) == ("Unavailable", "try <later>", 503)


def test_garbage_is_no_client_error():
    with (
        Lab(snapshot(), faults={"ec2:DescribeVpcs": Fault.garbage()}) as lab,
        pytest.raises(ResponseParserError),
    ):
        client(lab, "ec2").describe_vpcs()


def test_a_dry_run_tells_of_the_permission(ec2):
    assert refused(ec2.describe_vpcs, DryRun=True)[::2] == ("DryRunOperation", 412)


def test_what_the_lab_does_not_answer_is_said(lab, ec2):
    assert refused(ec2.describe_key_pairs)[0] == "InvalidAction"
    assert lab.requests[-1].action == "ec2:DescribeKeyPairs"


def test_requests_are_recorded_in_the_words_of_the_api(lab, ec2):
    ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": ["subnet-b"]}], MaxResults=50)
    assert lab.requests[-1] == (
        "aws",
        "ec2:DescribeNetworkInterfaces",
        {"filter:subnet-id": ("subnet-b",), "MaxResults": 50},
    )


def test_the_wire_is_that_of_the_service(lab):
    scope = f"AWS4-HMAC-SHA256 Credential=AKIALAB/20251012/{REGION}/ec2/aws4_request, Signature=0"
    body = urlencode(
        {"Action": "DescribeSubnets", "Version": "2016-11-15", "SubnetId.1": "subnet-b"}
    ).encode()
    with urlopen(Request(lab.aws_endpoint, body, {"Authorization": scope}), timeout=PATIENCE) as answer:
        text = answer.read().decode()
        assert answer.headers["Content-Type"] == "text/xml"
    assert "<subnetId>subnet-b</subnetId>" in text
    assert "<availableIpAddressCount>113</availableIpAddressCount>" in text
    assert "nodes &lt;b&gt; &amp; more" in text


def test_an_unsigned_call_is_refused(lab):
    with pytest.raises(HTTPError) as raised:
        urlopen(f"{lab.aws_endpoint}/clusters/{CLUSTER}", timeout=PATIENCE)
    with raised.value as error:
        assert error.code == 403
        assert error.headers["x-amzn-ErrorType"] == "MissingAuthenticationToken"
        assert json.loads(error.read()) == {"message": "Request is missing Authentication Token"}
