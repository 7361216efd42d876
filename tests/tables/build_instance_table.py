"""Write the bundled table of instance limits, and the published numbers that tests hold it to.

    python tests/tables/build_instance_table.py CSV DATE

CSV has one row per instance type and a head line; these columns are read, in any order:

    instance_type               m5.large
    max_enis                    ENIs of the default network card, as eni-max-pods.txt counts them
    ipv4_per_eni                IPv4 addresses per ENI, the primary included
    nitro                       true for Nitro and bare metal: the CNI uses prefixes there
    vcpus                       DefaultVCpus of DescribeInstanceTypes, blank where it is not described
    trunking_compatible         true, false or unknown (IsTrunkingCompatible of limits.go)
    branch_enis                 BranchInterface of limits.go, blank where the type is not in it
    eni_max_pods_txt            the value in eni-max-pods.txt, blank where the type is not in it
    custom_networking_uncapped  )
    prefix_uncapped             ) worked out beside the CSV, not by this program
    recommended_cap             )

Types without ENI numbers (retired ones) are left out: they are unknown, not 0. DATE is the day of
the newest source. Sources: misc/eni-max-pods.txt and pkg/vpc/vpc_ip_resource_limit.go of
aws/amazon-vpc-cni-k8s, zz_generated.vpclimits.go of aws/karpenter-provider-aws (the newest copy of
limits.go of aws/amazon-vpc-resource-controller-k8s), DescribeInstanceTypes.
"""

import csv
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "eksdoctor" / "model" / "instance_types" / "instance_limits.csv"
PUBLISHED = HERE / "published_max_pods.csv"
COLUMNS = ("instance_type", "enis", "ipv4_per_eni", "nitro", "vcpus", "branch_enis")
ORACLES = ("eni_max_pods_txt", "custom_networking_uncapped", "prefix_uncapped", "recommended_cap")
SIZES = ("nano", "micro", "small", "medium", "large", "xlarge")


def main(source, day):
    with Path(source).open(encoding="utf-8", newline="") as file:
        kinds = [kind for kind in csv.DictReader(file) if kind["max_enis"]]
    kinds.sort(key=lambda kind: order(kind["instance_type"]))
    write(TABLE, [f"# as of {day}", ",".join(COLUMNS), *map(line, kinds)])
    head = ",".join(("instance_type", *ORACLES))
    write(PUBLISHED, [head, *(",".join((k["instance_type"], *(k[o] for o in ORACLES))) for k in kinds)])


def line(kind):
    """One type; that a type can trunk is said by its branch ENIs, so the two must agree."""
    trunking = {"": "unknown", "0": "false"}.get(kind["branch_enis"], "true")
    if trunking != kind["trunking_compatible"]:
        raise SystemExit(f"{kind['instance_type']}: trunking and branch ENIs contradict each other")
    nitro = {"true": "yes", "false": "no"}[kind["nitro"]]
    numbers = (kind["vcpus"], kind["branch_enis"])
    return ",".join((kind["instance_type"], kind["max_enis"], kind["ipv4_per_eni"], nitro, *numbers))


def order(name):
    """By family, within it by size: nano to xlarge, 2xlarge and up, metal last."""
    family, _, size = name.partition(".")
    number = int(digits[0]) if (digits := re.findall(r"\d+", size)) else 0
    rank = len(SIZES) + 1 if size.startswith("metal") else len(SIZES)
    return family, SIZES.index(size) if size in SIZES else rank, number


def write(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"wrote {path}: {len(lines):,} lines", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
