"""Prose without what is not known: of a paste most numbers are missing, and what is left must read well."""

import re

from eksdoctor.engine.evaluation.finding import Prose

_GAP = "\0"
_UNKNOWN = "unknown ("
_HOLE = re.compile(r"<[a-z_]{1,40}(?:\.[a-z_]{1,40}){0,8}(?: \| [a-z_]{1,40})?>")
_ASIDE = re.compile(rf" ?\({_GAP}\)")
_SENTENCE = re.compile(r"(?<=[.!?]) ")


def known_sentences(prose: Prose) -> str:
    """The sentences of which everything is known; an aside in brackets that is not goes alone."""
    return _kept("".join(_GAP if span.text.startswith(_UNKNOWN) else span.text for span in prose))


def known_sentences_of_source(source: str) -> str:
    """The same of a rule's own text, whose values stand as `<path>`."""
    return _kept(_HOLE.sub(_GAP, source))


def _kept(text: str) -> str:
    sentences = _SENTENCE.split(" ".join(_ASIDE.sub("", text).split(" ")))
    return " ".join(sentence for sentence in sentences if _GAP not in sentence).strip()
