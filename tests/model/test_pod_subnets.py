"""ENIConfig names and discovery candidates, case by case."""

import pytest

from eksdoctor.model.aws_node_settings.discovery_tag import is_candidate
from eksdoctor.model.custom_networking.eniconfig import DEFAULT_KEY, EXTERNAL_LABEL, Via, resolve
from eksdoctor.model.facts.version import Version

ZONE = "topology.kubernetes.io/zone"


@pytest.mark.parametrize(
    ("labels", "annotations", "version", "wanted"),
    [
        ({}, {}, "1.19", ("default", Via.DEFAULT)),
        ({ZONE: "a"}, {}, "1.19", ("a", Via.LABEL)),
        ({ZONE: "a"}, {DEFAULT_KEY: "b"}, "1.19", ("b", Via.ANNOTATION)),  # the default key still wins
        ({ZONE: "a", EXTERNAL_LABEL: "c"}, {DEFAULT_KEY: "b"}, "1.19", ("c", Via.EXTERNAL)),
        ({ZONE: "a", EXTERNAL_LABEL: "c"}, {}, "1.10", ("a", Via.LABEL)),
        ({ZONE: ""}, {}, "1.19", ("", Via.LABEL)),
    ],
)
def test_names(labels, annotations, version, wanted):
    found = resolve(labels, annotations, Version.parse(version), label_key=ZONE)
    assert (found.name, found.via) == wanted


OURS, THEIRS = "cni.networking.k8s.aws/cluster/us", "cni.networking.k8s.aws/cluster/them"
ROLE = "kubernetes.io/role/cni"


@pytest.mark.parametrize(
    ("tags", "version", "own", "wanted"),
    [
        ({}, "1.19", True, True),
        ({}, "1.19", False, False),
        ({ROLE: "1"}, "1.19", False, True),
        ({ROLE: "0"}, "1.19", False, True),  # before v1.22 a 0 opts in
        ({ROLE: ""}, "1.19", False, True),
        ({ROLE: "0"}, "1.22.3", False, False),
        ({ROLE: "0"}, "1.22.3", True, False),
        ({ROLE: ""}, "1.23", True, True),
        ({ROLE: ""}, "1.23", False, False),
        ({ROLE: "1"}, "1.23", False, True),
        ({ROLE: "1", OURS: "x"}, "1.23", False, True),
        ({ROLE: "1", THEIRS: "x"}, "1.23", False, False),
        ({ROLE: "1", THEIRS: "x", OURS: ""}, "1.23", False, True),
        ({THEIRS: "x"}, "1.23", True, True),  # without the role tag cluster tags are not looked at
        ({ROLE: "1", "kubernetes.io/cluster/them": "x"}, "1.22.0", False, False),
        ({ROLE: "1", "kubernetes.io/cluster/them": "x"}, "1.22.1", False, True),
    ],
)
def test_candidates(tags, version, own, wanted):
    assert is_candidate(tags, Version.parse(version), "us", is_own=own) is wanted


def test_cluster_tags_without_a_cluster_name():
    assert is_candidate({ROLE: "1", THEIRS: "x"}, Version(1, 23), "", is_own=False)
