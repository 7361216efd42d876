"""Every paste gets an answer that an expert accepts, with no more confidence than it supports."""

import random

import pytest

from tests.paste.pasted import answers, decode, pastes

PASTES = pastes()
NAMES = [paste.name for paste in PASTES]


def is_surer_than_allowed(paste, found):
    return paste.at_most == "likely" and str(found.confidence) == "confirmed"


@pytest.mark.parametrize("paste", PASTES, ids=NAMES)
def test_an_expert_accepts_the_answer(paste):
    found = decode(*paste.texts)
    assert answers(found) & set(paste.says), [signal.signature for signal in found.signals]
    assert not is_surer_than_allowed(paste, found)


def test_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("paste", PASTES, ids=NAMES)
def test_a_part_of_a_paste_confirms_nothing_else(paste):
    """An expert accepts for the whole paste what a part of it confirms."""
    chance = random.Random(paste.name)
    for _ in range(3):
        shorter = [_without_some_lines(text, chance) for text in paste.texts]
        found = decode(*shorter)
        if found.state == "explained" and str(found.confidence) == "confirmed":
            assert found.cause in paste.says, shorter
            assert paste.at_most == "confirmed", shorter


@pytest.mark.parametrize("paste", PASTES, ids=NAMES)
def test_every_answer_has_a_next_step(paste):
    found = decode(*paste.texts)
    assert found.next.strip()
    assert (found.cause == "") == (found.state == "cannot-tell")


def _without_some_lines(text, chance):
    lines = text.splitlines(keepends=True)
    share = chance.choice((0.2, 0.5, 0.8))
    return "".join(line for line in lines if chance.random() > share)


def test_the_same_evidence_twice_does_not_raise_confidence():
    text = "Failed to create pod sandbox: add cmd: failed to assign an IP address to container"
    once, twice = decode(text), decode(text, text)
    assert once.state == twice.state == "cannot-tell"


def test_the_order_of_the_files_does_not_matter():
    several = [paste for paste in PASTES if len(paste.texts) > 1]
    assert several
    for paste in several:
        forth, back = decode(*paste.texts), decode(*reversed(paste.texts))
        assert (forth.state, forth.cause, forth.confidence) == (back.state, back.cause, back.confidence)
