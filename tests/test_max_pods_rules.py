"""The rules of max-pods as a reader meets them: each provisioner's fix, and which one a pod waits for."""

from pathlib import Path

import pytest

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.engine.evaluation.evaluate import evaluate, grouped
from eksdoctor.engine.evaluation.write_finding import write_finding
from eksdoctor.engine.rulebook.compile import read_rule
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.triage.build_report import build_report
from eksdoctor.triage.report import State
from tests.shared import rulebook

RULES = Path(__file__).parent.parent / "rules"
ABOVE = "50-attach/30-max-pods-above-capacity.yaml"
BELOW = "10-scheduling/50-max-pods-below-capacity.yaml"
REACHED = "10-scheduling/10-node-max-pods-reached.yaml"
PREFIXES = {"ENABLE_PREFIX_DELEGATION": "true"}
CUSTOM = {"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"}
GROUP, POOL = {"eks.amazonaws.com/nodegroup": "web"}, {"karpenter.sh/nodepool": "default"}
BOTTLEROCKET = "Bottlerocket OS 1.26.1 (aws-k8s-1.33)"


def group(ami_type):
    record = {"nodegroupName": "web", "amiType": ami_type, "instanceTypes": ["m5.large"]}
    return {"aws/eks-list-nodegroups": {"web": "web"}, "aws/eks-describe-nodegroup": {"web": record}}


def karpenter(**kubelet):
    reference = {"template": {"spec": {"nodeClassRef": {"name": "small"}}}}
    return {
        "kubernetes/nodepools": {"/default": {"spec": reference}},
        "kubernetes/ec2nodeclasses": {"/small": {"spec": {"kubelet": kubelet}}},
    }


def words(prose):
    return "".join(span.text for span in prose)


def fixes(file, env, labels, image, files):
    """What the finding about node-a says to do: titles and documents."""
    node = {"metadata": {"labels": labels}, "status": {"nodeInfo": {"osImage": image}}}
    snapshot = patched(Patch({"kubernetes/nodes": {"/node-a": node}} | files, env))
    path = RULES / file
    fired = evaluate(read_rule(path, path.parent.name), Cluster(snapshot)).fired
    (members,) = grouped(one for one in fired if str(one.subject) == "node-a")
    finding = write_finding(members, snapshot.target)
    return [(words(fix.title), fix.document and fix.document.body) for fix in finding.fix]


NODE_CLASS = "kind: EC2NodeClass\nspec:\n  kubelet:\n    maxPods: {}\n"
BOOTSTRAP = "--use-max-pods false --kubelet-extra-args '--max-pods={}'"
PROVISIONERS = [
    ((GROUP, "Amazon Linux 2", group("CUSTOM")), "--max-pods", BOOTSTRAP),
    ((GROUP, "Amazon Linux 2023.8", group("CUSTOM")), "spec.kubelet.config.maxPods", "      maxPods: {}\n"),
    (
        (GROUP, BOTTLEROCKET, group("BOTTLEROCKET_x86_64")),
        "settings.kubernetes.max-pods",
        "[settings.kubernetes]\nmax-pods = {}\n",
    ),
    ((POOL, "Amazon Linux 2023.8", karpenter()), "spec.kubelet.maxPods", NODE_CLASS),
]
FAULTS = [(ABOVE, CUSTOM, 20), (BELOW, PREFIXES, 110)]


@pytest.mark.parametrize(("node", "setting", "document"), PROVISIONERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_every_provisioner_is_told_in_its_own_words(fault, node, setting, document):
    file, env, right = fault
    ((title, body),) = [fix for fix in fixes(file, env, *node) if fix[0].startswith("For new")]
    assert f"set {setting} to {right} in " in title
    assert document.format(right) in body


@pytest.mark.parametrize(("file", "env", "right"), FAULTS)
def test_a_managed_node_group_has_no_number_to_set(file, env, right):
    files = group("AL2023_x86_64_STANDARD")
    found = [fix for fix in fixes(file, env, GROUP, "Amazon Linux 2023.8", files) if "For new" in fix[0]]
    ((title, body),) = found
    assert title.startswith(f"For new nodes of node group web (managed node group), where {right} is right: ")
    assert "make a new version after changing the CNI" in title
    assert body is None


@pytest.mark.parametrize(("file", "env", "right"), FAULTS)
def test_where_the_number_stands_already_only_the_nodes_are_old(file, env, right):
    found = [title for title, _ in fixes(file, env, POOL, "Amazon Linux 2023.8", karpenter(maxPods=right))]
    (title,) = [title for title in found if "Replace" in title]
    assert f"EC2NodeClass small: spec.kubelet.maxPods is {right} there by now" in title
    assert not [title for title in found if "For new" in title]


def unbound(env):
    """One pod, and both nodes full at three."""
    full = {"status": {"allocatable": {"pods": "3"}, "capacity": {"pods": "3"}}}
    event = {
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart-1"},
        "reason": "FailedScheduling",
        "type": "Warning",
        "message": "0/2 nodes are available: 2 Too many pods.",
        "lastTimestamp": "2026-01-02T02:13:30Z",
    }
    pod = {"spec": {"containers": [{"name": "main"}]}, "status": {"phase": "Pending"}}
    patch = {
        "kubernetes/nodes": {"/node-a": full, "/node-b": full},
        "kubernetes/pods": {"shop/cart-1": pod},
        "kubernetes/events": {"shop/cart-1.sched": event},
    }
    return patched(Patch(patch, env))


@pytest.mark.parametrize(
    ("env", "cause"), [({}, "node-max-pods-reached"), (PREFIXES, "max-pods-below-capacity")]
)
def test_a_pod_has_one_cause(env, cause):
    (verdict,) = build_report(unbound(env), rulebook()).verdicts
    assert (verdict.state, verdict.cause) == (State.EXPLAINED, cause)
    assert [pod.name for pod in verdict.pods] == ["shop/cart-1"]


def test_full_nodes_are_told_what_they_could_serve():
    path = RULES / REACHED
    snapshot = unbound({})
    ((fired),) = evaluate(read_rule(path, path.parent.name), Cluster(snapshot)).fired
    finding = write_finding((fired,), snapshot.target)
    said = " ".join(words(evidence.says) for evidence in finding.evidence)
    assert "with the current CNI settings one can serve 29, AWS recommends 29" in said
    assert "full at 3 pods, for example node-a;" in said
    assert [fix.lever for fix in finding.fix if fix.lever] == ["prefix-delegation"]
    assert any("set spec.kubelet.config.maxPods to 29" in words(fix.title) for fix in finding.fix)
