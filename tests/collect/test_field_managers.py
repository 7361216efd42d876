"""Of who set what of a DaemonSet, aws-node's environment alone is kept."""

from eksdoctor.collect.kubernetes.field_managers import environment_managers
from eksdoctor.collect.kubernetes.scrub import scrub

MAX_ENI = {'k:{"name":"MAX_ENI"}': {".": {}, "f:value": {}}}


def entry(manager):
    containers = {'k:{"name":"aws-node"}': {"f:env": {".": {}, **MAX_ENI}, "f:image": {}}}
    spec = {"f:containers": containers, "f:volumes": {}}
    fields = {"f:spec": {"f:template": {"f:spec": spec}}, "f:metadata": {"f:annotations": {"f:a": {}}}}
    return {"manager": manager, "operation": "Update", "time": "2026-01-01T22:05:00Z", "fieldsV1": fields}


def test_the_environment_is_kept_and_nothing_else():
    (kept,) = environment_managers([entry("kubectl-set") | {"apiVersion": "apps/v1"}, "junk"])
    owned = {'k:{"name":"aws-node"}': {"f:env": {'k:{"name":"MAX_ENI"}': {}}}}
    assert kept == {
        "manager": "kubectl-set",
        "operation": "Update",
        "time": "2026-01-01T22:05:00Z",
        "fieldsV1": {"f:spec": {"f:template": {"f:spec": {"f:containers": owned}}}},
    }


def test_odd_fields():
    nothing = {"f:spec": {"f:template": {"f:spec": {"f:containers": {}}}}}
    for fields in ({"f:spec": []}, None, {"f:spec": {"f:template": {"f:spec": {"f:containers": {"k": 1}}}}}):
        assert environment_managers([{"manager": 1, "fieldsV1": fields}]) == [{"fieldsV1": nothing}]
    assert environment_managers({"not": "a list"}) == []


def test_only_aws_node_keeps_any():
    def scrubbed(name, namespace):
        metadata = {"name": name, "namespace": namespace, "managedFields": [entry("eks")]}
        return scrub({"metadata": metadata})["metadata"]

    assert scrubbed("aws-node", "kube-system")["managedFields"][0]["manager"] == "eks"
    assert "managedFields" not in scrubbed("aws-node", "elsewhere")
    assert "managedFields" not in scrubbed("kube-proxy", "kube-system")
    assert (
        "managedFields"
        not in scrub({"metadata": {"name": "aws-node", "namespace": "kube-system"}})["metadata"]
    )
