"""Prose without unknown values: pasted evidence lacks most numbers."""

import re

from eksdoctor.engine.evaluation.finding import Prose

_GAP = "\0"
_UNKNOWN = "unknown ("
_HOLE = re.compile(r"<[a-z_]{1,40}(?:\.[a-z_]{1,40}){0,8}(?: \| [a-z_]{1,40})?>")
_ASIDE = re.compile(rf" ?\({_GAP}\)")
_SENTENCE = re.compile(r"(?<=[.!?]) ")


def known_sentences(prose: Prose) -> str:
    """The sentences without an unknown value; an unknown value in brackets removes only the brackets."""
    return _kept("".join(_GAP if span.text.startswith(_UNKNOWN) else span.text for span in prose))


def known_sentences_of_source(source: str) -> str:
    """The same for the source of a rule's text, where `<path>` is an unknown value."""
    return _kept(_HOLE.sub(_GAP, source))


def _kept(text: str) -> str:
    sentences = _SENTENCE.split(" ".join(_ASIDE.sub("", text).split(" ")))
    return " ".join(sentence for sentence in sentences if _GAP not in sentence).strip()
