"""The page of `decode`: verdict first, what is not known is not printed, nothing pasted is obeyed."""

import json

import pytest

from eksdoctor.engine.evaluation.finding import Confidence
from eksdoctor.render import decode_page
from eksdoctor.triage.decode.decode import DecodeResult, Signal
from eksdoctor.triage.report import State
from tests.paste.pasted import decode, pastes
from tests.render.hostile import NASTY


def signal(evidence="words", **more):
    names = dict.fromkeys(("node", "subnet", "eni", "pod"), "")
    return Signal(
        "plugin-generic", "generic", "It says so.", "A cause.", 1, evidence, None, None, **names, **more
    )


def page(found, width=80):
    return decode_page.terminal(found, width, "plain")


def test_the_verdict_stands_first():
    found = DecodeResult(
        State.EXPLAINED, "eni-quota-reached", Confidence.CONFIRMED, (), "Ask for more", "Because.", "No."
    )
    assert page(found).splitlines() == [
        "explained: eni-quota-reached",
        "confirmed by the pasted evidence",
        "",
        "Because.",
        "",
        "No.",
        "",
        "Next    Ask for more",
        "More    eksdoctor explain eni-quota-reached",
        "",
        "No line matches a known message of the VPC CNI, EC2 or Kubernetes about pod IPs.",
    ]


def test_a_line_is_shown_by_its_beginning_and_its_end():
    shown = page(
        DecodeResult(State.CANNOT_TELL, "", None, (signal("begins " + "x" * 500 + " ends"),), "look"), 400
    )
    assert "begins x" in shown
    assert "x ends" in shown
    assert "x" * 300 not in shown


def test_what_is_over_says_so():
    assert "words, resolved since" in page(
        DecodeResult(State.PASSING, "", None, (signal(is_over=True),), "wait")
    )


def test_of_many_lines_the_first():
    shown = page(DecodeResult(State.CANNOT_TELL, "", None, (signal(),) * 50, "look"))
    assert "and 30 more (-o json shows all)" in shown


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_pasted_is_obeyed(nasty):
    found = DecodeResult(State.CANNOT_TELL, "", None, (signal(nasty),), nasty, shows=(nasty,))
    for shown in (page(found), decode_page.terminal(found, 80, "color")):
        assert not {"\x07", "\x9b", "\u202e", "\u200b"} & set(shown)
        assert "\x1b]" not in shown
    assert json.loads(decode_page.json_page(found))["signals"][0]["evidence"] == nasty


@pytest.mark.parametrize("paste", pastes(), ids=[paste.name for paste in pastes()])
def test_no_gap_is_printed(paste):
    found = decode(*paste.texts)
    for text in (found.because, found.avoid, found.next):
        assert "unknown (" not in text
        assert "<" not in text.replace("<nil>", "")
        assert "the-node" not in text
        assert "the-pod" not in text
    assert all("the-pod" not in shown for shown in found.shows)
