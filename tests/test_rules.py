"""Every bundled rule against its cases, and the files that say what a rule is."""

from pathlib import Path

import pytest

from eksdoctor.engine.cases import cases
from eksdoctor.engine.rulebook.load import load
from eksdoctor.errors import UsageError

RULES = Path(__file__).parent.parent / "rules"
CASES = Path(__file__).parent / "rules"
BOOK = load(RULES)
FILES = {path.stem: cases.read(path) for path in sorted(CASES.glob("*.yaml"))}


@pytest.mark.parametrize(
    ("rule", "kind", "case"),
    [
        pytest.param(rule, kind, case, id=f"{rule}: {kind}: {case.name}")
        for rule, file in FILES.items()
        for kind, case in file
    ],
)
def test_case(rule, kind, case):
    assert cases.run_case(BOOK.get(rule), kind, case).message == ""


@pytest.mark.parametrize("rule", BOOK.rules)
def test_every_rule_has_a_case_of_every_kind_that_judges_something(rule):
    for kind in cases.KINDS:
        assert any(cases.run_case(BOOK.get(rule), kind, case).counts for case in getattr(FILES[rule], kind))


def test_every_case_file_has_a_rule():
    assert set(FILES) == set(BOOK.rules)


def test_a_clear_case_in_which_nothing_was_judged_does_not_count(tmp_path):
    healthy = cases.Case(name="healthy")
    waiting = cases.Case(name="a pod waits", starve={"shop/cart-1": "node-a"}, listen=["node-a"])
    for rule, case, counts in (
        ("sgp-policy-too-broad", healthy, False),  # no policy
        ("sgp-policy-too-broad", waiting, False),
        ("cni-binary-not-found", healthy, False),  # nobody waits, so nothing had to be said
        ("cni-binary-not-found", waiting, True),  # its log was read and has nothing of it
        ("subnet-exhausted", healthy, True),
        ("node-max-pods-reached", healthy, True),  # about the cluster, which there always is
    ):
        assert cases.run_case(BOOK.get(rule), "clear", case).counts is counts, (rule, case.name)
    path = tmp_path / "sgp-policy-too-broad.yaml"
    path.write_text("clear: [{name: healthy}]\n")
    messages = {one.kind: one.message for one in cases.run_file(BOOK.get(path.stem), path)}
    assert messages["clear"] == "no clear case has a subject: none has a policy"
    assert messages["fires"] == "no case shows it fires"


def test_a_case_that_expects_the_wrong_thing_fails():
    rule = BOOK.get("subnet-exhausted")
    healthy = cases.Case(name="healthy")
    assert cases.run_case(rule, "fires", healthy).message == "it did not fire"
    assert "must not look like health" in cases.run_case(rule, "unknown", healthy).message
    dry = cases.Case(patch={"aws/ec2-describe-subnets": {"subnet-a": {"AvailableIpAddressCount": 0}}})
    assert "it fired" in cases.run_case(rule, "clear", dry).message
    wrong = cases.Case(patch=dry.patch, severity="critical")
    assert cases.run_case(rule, "fires", wrong).message == "severity is warning, not critical"
    blind = cases.Case(refuse=["ec2:DescribeSubnets"], grant="ec2:DescribeVpcs")
    assert "not ec2:DescribeVpcs" in cases.run_case(rule, "unknown", blind).message


def test_a_rule_without_cases_and_cases_without_a_rule_fail(tmp_path):
    (tmp_path / "no-such-rule.yaml").write_text("fires: []\n")
    results = cases.run(BOOK, tmp_path)
    assert all(not result.ok for result in results)
    assert {result.rule for result in results} == {*BOOK.rules, "no-such-rule"}


RULE = """\
id: own-rule
severity: warning
owner: network
for: subnet in pod_subnets
when: [subnet.free_ips < 50]
title: "{{ subnet.id }} is small"
because: A test.
confirm:
  - run: aws ec2 describe-subnets --subnet-ids {{ subnet.id }}
    expect: few
fix:
  - title: enlarge it
"""


def own(tmp_path, text):
    (tmp_path / "10-own-rule.yaml").write_text(text)
    return load(tmp_path)


def test_a_rule_of_ones_own_loads(tmp_path):
    assert [rule.id for rule in own(tmp_path, RULE)] == ["own-rule"]


@pytest.mark.parametrize(
    ("old", "new", "message", "advice"),
    [
        ("owner:", "ownr:", "unknown field `ownr`", "owner"),
        ("subnet.free_ips", "subnet.free_ip", "no fact free_ip", "Did you mean free_ips?"),
        ("{{ subnet.id }} is small", "{{ subnet.idd }}", "no fact idd", ""),
        ("subnet in pod_subnets", "subnet in pod_subnet", "no fact pod_subnet", "Did you mean pod_subnets?"),
        ("subnet.free_ips < 50", "subnet.zone < 50", "can't be ordered", ""),
        ("subnet.free_ips < 50", "subnet.free_ips < 'many'", "is not of type int", ""),
        ("subnet.free_ips < 50", "subnet.free_ips", "not true or false", "Compare it."),
        (
            "subnet.free_ips < 50",
            "subnet.free_ips + 1 < 50",
            "syntax that conditions do not have",
            "Add a fact",
        ),
        (
            "subnet.free_ips < 50",
            "len(subnet.nodes) < 50",
            "syntax that conditions do not have",
            "Add a fact",
        ),
        ("subnet.free_ips < 50", "cni.version < 'soon'", "is not a version", ""),
        ("subnet.free_ips < 50", "cni.manager == 'helm'", "is not one of addon, self-managed", ""),
        ("id: own-rule", "id: other", "is not the file name", "NN-other.yaml"),
        ("aws ec2 describe-subnets", "aws ec2 delete-subnet", "not a read-only command", ""),
        ("aws ec2 describe-subnets --subnet-ids", "kubectl delete node", "not a read-only command", ""),
        ("aws ec2 describe-subnets", "sh -c", "must start with kubectl or aws", ""),
        ("severity: warning", "severity: fatal", "Invalid enum value 'fatal'", ""),
        ("{{ subnet.id }} is small", "{% if x %}", "only {{ name | filter }} is allowed", ""),
    ],
)
def test_a_rule_that_does_not_fit_says_where_and_what(tmp_path, old, new, message, advice):
    with pytest.raises(UsageError) as caught:
        own(tmp_path, RULE.replace(old, new))
    assert message in caught.value.message
    assert "10-own-rule.yaml" in caught.value.message
    assert advice in caught.value.advice
    assert caught.value.exit_code == 2


def test_two_rules_of_one_id(tmp_path):
    (tmp_path / "20-own-rule.yaml").write_text(RULE)
    with pytest.raises(UsageError, match="is used by"):
        own(tmp_path, RULE)


def test_misspelt_yields_to_and_lever(tmp_path):
    with pytest.raises(UsageError, match="unknown rule own-ruel in yields_to"):
        own(tmp_path, RULE + "yields_to: [own-ruel]\n")
    with pytest.raises(UsageError, match="unknown `lever` more"):
        own(tmp_path, RULE.replace("  - title: enlarge it", "  - lever: more"))
