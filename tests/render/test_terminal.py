"""The terminal page."""

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from rich.cells import cell_len

from eksdoctor.engine.evaluation.finding import Span
from eksdoctor.render.terminal.page import terminal
from eksdoctor.triage.report import FailedRequest, State
from tests.render import sample
from tests.render.hostile import reports

SGR = re.compile(r"\x1b\[[0-9;]*m")


def rows_on_screen(text, width):
    """How many rows a terminal of that width shows for it."""
    return sum(max(1, -(-cell_len(line) // width)) for line in text.splitlines())


def test_first_screen_is_cluster_verdict_check_fix_and_avoid_on_24_rows():
    page = terminal(sample.meridian(), 100)
    screen = page[: page.index("Verdicts")]
    assert rows_on_screen(screen, 100) <= 24
    lines = screen.splitlines()
    assert lines[0] == "meridian-pay-prod · account 210987654321 · eu-central-1 · 2026-10-17 02:14 UTC"
    assert lines[2].startswith("41 pods have no IP address because 3 of 3 node subnets are dry")
    assert [word for word in ("Verify", "Fix", "Don't") if any(line.startswith(word) for line in lines)] == [
        "Verify",
        "Fix",
        "Don't",
    ]
    assert "Don't   add nodes; each takes 11 more addresses from this subnet." in lines


def test_commands_stand_whole_on_their_line():
    page = terminal(sample.meridian(), 60)
    assert (
        "Verify  aws ec2 describe-subnets --subnet-ids subnet-0a61c3f09d1e4b7a2 --query "
        "'Subnets[].AvailableIpAddressCount' --output text --region eu-central-1\n"
    ) in page
    assert (
        " kubectl --context meridian-pay-prod -n kube-system set env daemonset/aws-node "
        "WARM_IP_TARGET=2 MINIMUM_IP_TARGET=12\n"
    ) in page


def test_prose_keeps_within_the_width():
    page = terminal(replace(sample.meridian(), findings=(), verdicts=(), levers=()), 60)
    long = [line for line in page.splitlines() if cell_len(line) > 60]
    assert all(line.startswith(("meridian-pay-prod", "Snapshot:", "Replay:")) for line in long)


def test_warnings_are_on_the_first_line_with_the_cluster():
    first = terminal(sample.other_account()).splitlines()[0]
    assert first.startswith("WARNING: AWS shows another cluster")
    assert "meridian-pay-prod · account 210987654321" in first


def test_a_partial_report_says_so_at_the_top():
    assert terminal(sample.partial()).splitlines()[1].startswith("PARTIAL REPORT")


def test_pods_are_listed_by_namespace_and_folded():
    page = terminal(sample.meridian())
    assert "payments (7) payments-api-7c9f8d6b5-00000" in page
    assert "and 4 more" in page


def test_a_lever_is_printed_once_below_the_first_screen():
    page = terminal(sample.meridian())
    assert page[page.index("Verdicts") :].count("set env daemonset/aws-node") == 1


def test_text_that_findings_share_is_shown_once():
    page = terminal(sample.meridian())
    assert page.count("so a handful of free addresses serves nobody") == 1
    assert page.count("free addresses: ") == 4


def test_a_missing_command_says_what_to_ask_for():
    assert "the reservations of the subnet: needs ec2:GetSubnetCidrReservations" in terminal(
        sample.meridian()
    )


def test_nothing_found_with_missing_data_does_not_look_healthy():
    page = terminal(sample.blind(), color_mode="color")
    assert "No problem found, but 80 inconclusive checks: rule-00" in page
    assert "\x1b[32m" not in page.split("Inconclusive checks")[0]
    assert "\x1b[1;32m" not in page.split("Inconclusive checks")[0]


def test_eighty_unknown_rules_are_never_eighty_rows():
    page = terminal(sample.blind())
    unknown = page[page.index("Inconclusive checks") : page.index("Passed checks")]
    assert len(unknown.splitlines()) < 24
    assert "and 22 more reasons" in unknown
    assert unknown.splitlines()[1] == "Needs  ec2:DescribeSubnets"


def test_a_healthy_result_is_green_missing_data_and_unexplained_pods_are_not():
    assert "\x1b[1;32mNo pod waits" in terminal(sample.healthy(), color_mode="color")
    report = sample.meridian()
    unexplained = replace(
        report.verdicts[0], state=State.CANNOT_TELL, cause="", finding=None, confidence=None
    )
    page = terminal(replace(sample.healthy(), verdicts=(unexplained,)), color_mode="color")
    assert "\x1b[1;32m" not in page


def test_a_style_does_not_spread_to_what_stands_behind():
    page = terminal(sample.meridian(), color_mode="color")
    assert "\x1b[1;31mDon't\x1b[0m   add nodes; each takes \x1b[1m11\x1b[0m more" in page
    assert "\x1b[1mpayments (7) \x1b[0mpayments-api" in page
    assert "\x1b[1;31mCRITICAL\x1b[0m  \x1b[1mSubnet " in page
    assert "\x1b[1mVerify\x1b[0m  \x1b[32maws ec2" in page


def test_passed_rules_are_shown_when_the_report_holds_them():
    assert "not applicable  windows-ipam-disabled" in terminal(sample.healthy())
    assert "windows-ipam-disabled" not in terminal(replace(sample.healthy(), passed=()))


def test_the_footer_says_how_to_replay():
    snapshot = sample.meridian().run.snapshot
    assert f"Replay:   eksdoctor triage --from {snapshot}\n" in terminal(sample.meridian())


@pytest.mark.parametrize("color_mode", ["plain", "color"])
def test_the_same_report_gives_the_same_text(color_mode):
    assert terminal(sample.meridian(), 90, color_mode) == terminal(sample.meridian(), 90, color_mode)


def test_plain_ink_has_no_escape_at_all():
    assert "\x1b" not in terminal(sample.meridian(), color_mode="plain")


@settings(max_examples=60)
@given(reports(sample.meridian()))
def test_hostile_text_reaches_the_terminal_as_text_only(report):
    page = SGR.sub("", terminal(report, 100, "color"))
    controls = {letter for letter in page if unicodedata.category(letter) in {"Cc", "Cf", "Cs"}}
    assert controls <= {"\n"}


def test_rich_markup_in_data_is_printed_as_it_is():
    report = sample.meridian()
    page = terminal(
        replace(report, summary=sample.prose(["[bold]x[/bold] :smile: [link=https://evil]y[/link]"]))
    )
    assert "[bold]x[/bold] :smile: [link=https://evil]y[/link]" in page


def test_questions_refused_in_the_same_words_are_one_line():
    refused = tuple(
        FailedRequest(f"list-{n}", "unreachable", "no connection", "a VPN", n) for n in range(1, 8)
    )
    page = terminal(replace(sample.blind(), refusals=refused))
    assert page.count("no connection") == 1
    assert (
        "list-1, list-2 (x2), list-3 (x3), list-4 (x4) and 3 more: not reachable: no connection"
        in " ".join(page.split())
    )


def test_when_no_question_had_an_answer_nothing_is_said_of_faults():
    blind = sample.blind()
    refused = (FailedRequest("list-nodes", "unreachable", "", "", blind.run.requests),)
    page = terminal(replace(blind, refusals=refused, verdicts=(), summary=(Span("Cannot be told."),)))
    assert "No data: every API call failed" in page
    assert "No problem found" not in page
