"""signatures.yaml is checked when it is read: each fault names the file, the entry and the right word."""

import msgspec
import pytest
import yaml

from eksdoctor.engine.rulebook.load import load as load_rules
from eksdoctor.errors import UsageError
from eksdoctor.evidence.signatures.catalogue import build, catalogue, load
from eksdoctor.evidence.signatures.check import check, check_rules
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.evidence.signatures.signature_file import PATH, SignatureFile, parse
from eksdoctor.resources import rules_folder

TEXT = PATH.read_text("utf-8")
CLASS = {"means": "m", "rules": []}
SIGNATURE = {
    "id": "some-id", "source": "ec2", "class": "generic", "means": "A.", "not": "B.", "example": "x",
    "lookalike": "y", "literal": "x",
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped():
    return parse(TEXT)


def fault_of(classes=None, **signature):
    """The error of a file with one signature; a value None removes a key."""
    entry = {key.rstrip("_"): value for key, value in (SIGNATURE | signature).items() if value is not None}
    with pytest.raises(UsageError) as found:
        load(
            yaml.safe_dump({"classes": {"generic": CLASS} | (classes or {}), "signatures": [entry]}),
            "own.yaml",
        )
    return found.value


@pytest.mark.parametrize(
    ("signature", "message", "advice"),
    [
        ({"mean": "A."}, "unknown field `mean`", "Did you mean means?"),
        ({"litteral": "x"}, "unknown field `litteral`", "Did you mean literal?"),
        ({"means": None}, "missing required field `means`", ""),
        ({"class": "generik"}, "Invalid enum value 'generik' - at `$.class`", "Did you mean generic?"),
        ({"ends": ["pool-emty"]}, "Invalid enum value 'pool-emty'", "Did you mean pool-empty?"),
        ({"weight": "causes"}, "Invalid enum value 'causes' - at `$.weight`", "Did you mean cause?"),
        ({"source": "ipam"}, "Invalid enum value 'ipam' - at `$.source`", "Did you mean ipamd?"),
        ({"pattern": "("}, "its pattern is not a regular expression", ""),
        ({"literal": None}, "it needs a code, a literal or a reason", ""),
        ({"literal": None, "reason": "R", "pattern": "x"}, "its pattern needs a literal or code", ""),
        ({"requires": "x"}, "`requires` needs a code", ""),
        ({"class": "volume"}, "`classes` does not define volume", ""),
        ({"literal": 3}, "Expected `str | array`, got `int`", ""),
    ],
)
def test_a_wrong_signature(signature, message, advice):
    fault = fault_of(**signature)
    assert fault.message.startswith("own.yaml: signature some-id: ")
    assert message in fault.message
    assert fault.advice == advice


@pytest.mark.parametrize(
    ("classes", "message", "advice"),
    [
        (
            {"pool-emtpy": CLASS},
            "class pool-emtpy: EvidenceClass has no such member",
            "Did you mean pool-empty?",
        ),
        ({"zzzz": CLASS}, "class zzzz: EvidenceClass", "Add it to EvidenceClass, or remove it."),
        (
            {"pool": CLASS | {"rule": []}},
            "class pool: Object contains unknown field `rule`",
            "Did you mean rules?",
        ),
        ({"pool": {"means": "m"}}, "class pool: Object missing required field `rules`", ""),
    ],
)
def test_a_wrong_class(classes, message, advice):
    fault = fault_of(classes)
    assert fault.message.startswith("own.yaml: ")
    assert message in fault.message
    assert fault.advice == advice


@pytest.mark.parametrize("text", ["", "[]", "classes: {}", "classes: {}\nsignatures: []\nmore: 1\n"])
def test_a_wrong_top_level(text):
    with pytest.raises(UsageError, match=r"own\.yaml: the top level"):
        parse(text, "own.yaml")


def test_broken_yaml():
    with pytest.raises(UsageError, match=r"own\.yaml: not valid YAML"):
        parse("a: [", "own.yaml")


def test_a_class_that_the_code_asks_for_is_defined(shipped):
    classes = {
        name: entry for name, entry in shipped.classes.items() if name is not EvidenceClass.TRUNK_READY
    }
    signatures = tuple(
        one for one in shipped.signatures if one.evidence_class is not EvidenceClass.TRUNK_READY
    )
    with pytest.raises(UsageError, match="class trunk-ready: EvidenceClass names it"):
        check(SignatureFile(classes, signatures))


def test_a_class_that_the_code_asks_for_has_a_signature(shipped):
    signatures = tuple(
        one for one in shipped.signatures if one.evidence_class is not EvidenceClass.TRUNK_READY
    )
    with pytest.raises(UsageError, match="class trunk-ready: no signature has this class"):
        check(SignatureFile(shipped.classes, signatures))


def test_ids_are_unique(shipped):
    with pytest.raises(UsageError, match=f"signature {shipped.signatures[0].id}: 2 signatures have this id"):
        check(SignatureFile(shipped.classes, (*shipped.signatures, shipped.signatures[0])))


def test_a_likely_rule_is_one_of_the_rules(shipped):
    entry = msgspec.structs.replace(shipped.classes[EvidenceClass.POOL], likely_rule="ip-leak")
    with pytest.raises(UsageError, match="class pool: likely_rule ip-leak is not among its rules"):
        check(SignatureFile(shipped.classes | {EvidenceClass.POOL: entry}, shipped.signatures))


def test_every_rule_exists():
    check_rules(catalogue().classes, load_rules(rules_folder()).rules)


@pytest.mark.parametrize("key", ["rules", "likely_rule"])
def test_an_unknown_rule(shipped, key):
    wrong = ("ip-leek",) if key == "rules" else "ip-leek"
    entry = msgspec.structs.replace(shipped.classes[EvidenceClass.POOL], **{key: wrong})
    with pytest.raises(UsageError, match=r"own\.yaml: class pool: no rule has the id ip-leek") as found:
        check_rules({EvidenceClass.POOL: entry}, ["ip-leak", "image-not-pulled"], "own.yaml")
    assert found.value.advice == "Did you mean ip-leak?"


def test_the_records_read_back_from_messagepack(shipped):
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(shipped), type=SignatureFile)
    assert again == shipped
    assert build(again) == catalogue()
