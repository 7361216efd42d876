"""`rules facts`, the schema of rule files, and the registry of parts."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from eksdoctor.engine.language.fact_catalogue import facts_of, reachable_types
from eksdoctor.engine.rulebook.compile import BASE
from eksdoctor.engine.rulebook.rule_schema import schema
from eksdoctor.errors import EksDoctorError, UsageError
from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.facts import subject
from eksdoctor.resources import reports_folder, rules_folder

SCHEMA = json.loads((reports_folder() / "rule.schema.json").read_text())
RULES = sorted(path for path in rules_folder().rglob("*.yaml") if path.parent.name != "levers")


def test_the_published_schema_is_the_generated_one():
    assert (reports_folder() / "rule.schema.json").read_text() == schema()


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_fits_the_schema(path):
    Draft202012Validator(SCHEMA).validate(yaml.safe_load(path.read_text()))


def test_a_misspelt_key_does_not_fit_the_schema():
    document = yaml.safe_load(RULES[0].read_text()) | {"explians": "subject.pods"}
    assert list(Draft202012Validator(SCHEMA).iter_errors(document))


def test_facts_of_a_subject_and_of_its_parts_are_listed_together():
    names = {entry.name: entry for entry in facts_of("Node", BASE)}
    assert names["instance_type"].type == "text"  # the node's own
    assert names["total_ips"].type == "number"  # of an inline part
    assert names["leak"].type == "Leak"  # a named part
    assert names["pods_at_the_ceiling"].type == "list of Pod"
    assert all(names[name].sentence for name in ("instance_type", "total_ips", "leak"))


def test_every_type_is_reached_from_the_roots_and_has_a_sentence():
    types = reachable_types(BASE)
    assert {"Cluster", "CNI", "Node", "Pod", "Subnet", "Leak"} <= set(types)
    assert [name for name, kind in types.items() if not kind.__doc__] == []


def test_an_unknown_type_says_which_is_near():
    with pytest.raises(UsageError) as caught:
        facts_of("Nod", BASE)
    assert caught.value.advice == "Did you mean Node?"


@pytest.mark.parametrize("taken", ["eni_quota", "nodes", "vpc_id"])  # a part, an inline fact, its own
def test_two_facts_of_one_name_are_an_error_that_names_both_places(taken):
    subject.load_all()
    with pytest.raises(EksDoctorError) as caught:
        type("Second", (ClusterPart,), {"__module__": "my.rules"}, name=taken)
    assert "my.rules.Second" in caught.value.message
    assert "eksdoctor.model." in caught.value.message.replace("my.rules.Second", "")


def test_a_fact_whose_type_is_not_imported_names_the_place(monkeypatch):
    class Other(ClusterPart):
        @property
        def broken(self) -> "NoSuchType":  # noqa: F821
            """A fact."""

    from eksdoctor.engine.language.rule_types import facts_of as types_of  # noqa: PLC0415

    with pytest.raises(EksDoctorError, match="NoSuchType"):
        types_of(Other)


def test_a_part_is_made_once_for_each_subject():
    class Mine(ClusterPart):
        pass

    class Snapshot:
        at = window = None

    one, other = Cluster(Snapshot()), Cluster(Snapshot())
    assert one.part(Mine) is one.part(Mine)
    assert one.part(Mine) is not other.part(Mine)
