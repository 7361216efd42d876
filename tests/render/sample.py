"""Reports made by hand, as an incident would give them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from eksdoctor.engine.evaluation.finding import (
    Command,
    Confidence,
    Confirmation,
    CouldNotTell,
    Document,
    Evidence,
    Finding,
    Remedy,
    Severity,
    Span,
)
from eksdoctor.triage.report import (
    AffectedPod,
    FailedRequest,
    LeverAdvice,
    Passed,
    Report,
    Run,
    State,
    Verdict,
)

AT = datetime(2026, 10, 17, 2, 14, tzinfo=UTC)
SUBNETS = (
    ("subnet-0a61c3f09d1e4b7a2", "eu-central-1a", 3),
    ("subnet-0b7f19c2e84d05a6c", "eu-central-1b", 1),
    ("subnet-0c9d52ab7713fe480", "eu-central-1c", 0),
)
SERVICES = (
    ("payments", "payments-api", 19),
    ("checkout", "checkout-web", 12),
    ("ledger", "ledger-writer", 7),
    ("fraud", "fraud-score", 2),
    ("batch", "settlement", 1),
)


def prose(*parts):
    """Author's words as text, values as one-element lists."""
    return tuple(
        Span(str(part[0]), is_value=True) if isinstance(part, list) else Span(part) for part in parts
    )


def pods():
    return tuple(
        AffectedPod(
            name=f"{namespace}/{service}-7c9f8d6b5-{index:05x}",
            trouble="starved",
            node=f"ip-10-20-{index % 3}-{17 + index}.eu-central-1.compute.internal",
            zone=SUBNETS[index % 3][1],
            since=AT - timedelta(minutes=4 + index % 9),
        )
        for namespace, service, number in SERVICES
        for index in range(number)
    )


def exhausted(subnet, zone, free, owned):
    at_capture = [
        "aws",
        "ec2",
        "describe-subnets",
        "--subnet-ids",
        subnet,
        "--query",
        "Subnets[].AvailableIpAddressCount",
        "--output",
        "text",
        "--region",
        "eu-central-1",
    ]
    body = f'resource "aws_subnet" "pods_{zone[-1]}" {{\n  availability_zone = "{zone}"\n'
    body += '  cidr_block        = "100.64.0.0/20"\n}\n'
    return Finding(
        rule="subnet-exhausted",
        stage="50-attach",
        severity=Severity.CRITICAL,
        confidence=Confidence.CONFIRMED,
        owner="network",
        group=subnet,
        subjects=(subnet,),
        title=prose("Subnet ", [subnet], " (", [zone], ") has ", [free], " of ", [251], " addresses free"),
        because=prose(
            "Every pod takes an address of its node's subnet. The daemon asks EC2 for ",
            [10],
            " at a time and EC2 refuses a request it cannot serve whole, ",
            "so a handful of free addresses serves nobody.",
        ),
        evidence=(
            Evidence(prose("free addresses: ", [free])),
            Evidence(prose("smallest request: ", [10])),
            Evidence(
                prose("EC2 said InsufficientFreeAddressesInSubnet ", [87], " times since ", ["01:58 UTC"])
            ),
            Evidence(prose("idle warm addresses on ", [60], " nodes: ", [412])),
        ),
        confirm=(
            Confirmation(
                Command(tuple(at_capture)), prose("below ", [10], " confirms; ", [free], " at capture")
            ),
            Confirmation(
                Command(
                    ("kubectl", "get", "events", "-A", "--field-selector", "reason=FailedCreatePodSandBox")
                ),
                prose("lines with 'failed to assign an IP address to container'"),
            ),
            Confirmation(
                None, prose("the reservations of the subnet"), missing="ec2:GetSubnetCidrReservations"
            ),
        ),
        fix=(
            Remedy(
                prose("Give back idle warm addresses"), lever="lower_warm_targets", takes_effect="at-once"
            ),
            Remedy(
                prose("Add pod subnets from a secondary CIDR"),
                document=Document("hcl", body),
                takes_effect="new-enis",
                reversible=False,
                risk=prose("routes and security groups must admit ", ["100.64.0.0/10"]),
            ),
        ),
        avoid=prose("Do not add nodes; each takes ", [11], " more addresses from this subnet."),
        docs=("https://docs.aws.amazon.com/eks/latest/best-practices/ip-opt.html",),
        pods=owned,
    )


def hoarding():
    return Finding(
        rule="subnet-nearly-exhausted",
        stage="50-attach",
        severity=Severity.WARNING,
        confidence=Confidence.PRESSURE,
        owner="platform",
        group="subnet-0dd1",
        subjects=("subnet-0dd1",),
        title=prose("Subnet ", ["subnet-0dd1"], " (", ["eu-central-1a"], ") has ", [19], " addresses left"),
        because=prose("One more node claims ", [20], "."),
        evidence=(Evidence(prose("free addresses: ", [19])),),
        confirm=(
            Confirmation(Command(("aws", "ec2", "describe-subnets", "--subnet-ids", "subnet-0dd1")), ()),
        ),
        avoid=(),
    )


LEVER = LeverAdvice(
    id="lower_warm_targets",
    title=prose("Lower the warm targets for the whole cluster"),
    changes=prose("WARM_ENI_TARGET ", [1], " becomes WARM_IP_TARGET ", [2], " with MINIMUM_IP_TARGET ", [12]),
    gains=(
        prose(["subnet-0a61c3f09d1e4b7a2"], " gets back about ", [138], " addresses"),
        prose(["subnet-0b7f19c2e84d05a6c"], " gets back about ", [141], " addresses"),
        prose(["subnet-0c9d52ab7713fe480"], " gets back about ", [133], " addresses"),
    ),
    command=Command(
        (
            "kubectl",
            "--context",
            "meridian-pay-prod",
            "-n",
            "kube-system",
            "set",
            "env",
            "daemonset/aws-node",
            "WARM_IP_TARGET=2",
            "MINIMUM_IP_TARGET=12",
        )
    ),
    document=None,
    takes_effect="at-once",
    reversible=True,
    risk=prose("aws-node restarts on every node, and EC2 is called more often."),
    helps=("subnet-exhausted", "subnet-nearly-exhausted"),
)


def meridian():
    trouble = pods()
    shares = [tuple(pod for pod in trouble if pod.zone == zone) for _, zone, _ in SUBNETS]
    findings = tuple(
        exhausted(subnet, zone, free, tuple(pod.name for pod in share))
        for (subnet, zone, free), share in zip(SUBNETS, shares, strict=True)
    )
    verdicts = tuple(
        Verdict(
            state=State.EXPLAINED,
            cause="subnet-exhausted",
            confidence=Confidence.CONFIRMED,
            pods=share,
            sentence=prose(
                [len(share)],
                " pods wait for an address of ",
                [subnet],
                " (",
                [zone],
                "), which has ",
                [free],
                " of ",
                [251],
                " free.",
            ),
            next=prose("Give back idle warm addresses; pods start within a minute of it."),
            finding=index,
        )
        for index, ((subnet, zone, free), share) in enumerate(zip(SUBNETS, shares, strict=True))
    )
    return Report(
        run=Run(
            tool="0.1.0",
            purpose="triage",
            at=AT,
            window_seconds=3600.0,
            context="meridian-pay-prod",
            cluster="meridian-pay-prod",
            account="210987654321",
            region="eu-central-1",
            requests=31,
            snapshot="/home/oncall/.cache/eksdoctor/snapshots/meridian-pay-prod-20261017T021400Z"
            ".eksdoctor.tar.gz",
        ),
        summary=prose(
            [41],
            " pods have no IP address because ",
            [3],
            " of ",
            [3],
            " node subnets are dry: ",
            [4],
            " of ",
            [753],
            " addresses are free and the daemon asks for ",
            [10],
            " at a time.",
        ),
        verdicts=verdicts,
        findings=(*findings, hoarding()),
        levers=(LEVER,),
        could_not_tell=(
            CouldNotTell(
                "subnet-fragmented",
                "ec2:DescribeNetworkInterfaces was refused",
                "ec2:DescribeNetworkInterfaces",
                3,
                tuple(subnet for subnet, _, _ in SUBNETS),
            ),
            CouldNotTell(
                "eni-ceiling-reached",
                "ec2:DescribeNetworkInterfaces was refused",
                "ec2:DescribeNetworkInterfaces",
                180,
                ("ip-10-20-0-17.eu-central-1.compute.internal",),
            ),
            CouldNotTell("minimum-ip-freeze", "aws-node metrics were not read", "get nodes/proxy", 180, ()),
        ),
        refusals=(
            FailedRequest(
                "ec2:DescribeNetworkInterfaces",
                "forbidden",
                "User: arn:aws:sts::210987654321:assumed-role/oncall is not authorized",
                "ec2:DescribeNetworkInterfaces",
                3,
            ),
        ),
        passed=(
            Passed("volume-not-mounted", "clear", 41),
            Passed("windows-ipam-disabled", "does-not-apply", 0),
        ),
        asks=("ec2:DescribeNetworkInterfaces for the on-call role", "get nodes/proxy in the cluster"),
        counts={"nodes": 180, "pods": 1640},
    )


def healthy():
    return replace(
        meridian(),
        summary=prose("No pod waits for an address: ", [180], " nodes and ", [1640], " pods seen."),
        verdicts=(),
        findings=(),
        levers=(),
        could_not_tell=(),
        refusals=(),
        asks=(),
    )


def blind():
    """Nothing found, and half of it not seen."""
    rows = tuple(
        CouldNotTell(f"rule-{number:02}", f"reason {number % 30}", f"grant {number % 30}", number, ())
        for number in range(80)
    )
    return replace(healthy(), could_not_tell=rows, asks=("ec2:DescribeSubnets",))


def partial():
    report = meridian()
    return replace(report, run=replace(report.run, partial=True))


def other_account():
    report = meridian()
    return replace(
        report, run=replace(report.run, warnings=("AWS shows another cluster: every AWS fact is unknown",))
    )
