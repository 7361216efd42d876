"""Singular after a number of one, from a table: for rule text that does not give both forms itself.

New text uses the filter `plural('pod waits', 'pods wait')`; this table goes once all rule text does.
"""

import re

from eksdoctor.engine.evaluation.finding import Prose, Span

ONE = {"1", "at least 1"}
SINGULAR = {
    "ENIs": "ENI", "IPs": "IP", "addresses": "address", "calls": "call", "events": "event",
    "failures": "failure", "groups": "group", "interfaces": "interface", "minutes": "minute",
    "nodes": "node", "pods": "pod", "prefixes": "prefix", "refusals": "refusal",
    "reservations": "reservation", "seconds": "second", "slots": "slot", "subnets": "subnet",
    "times": "time",
}  # fmt: skip
OF_ONE = {
    "admit": "admits", "are": "is", "do": "does", "draw": "draws", "get": "gets", "have": "has",
    "hold": "holds", "keep": "keeps", "lie": "lies", "need": "needs", "offer": "offers", "run": "runs",
    "say": "says", "serve": "serves", "stay": "stays", "take": "takes", "use": "uses", "wait": "waits",
    "were": "was",
}  # fmt: skip
THING = re.compile(
    rf"(?P<before> (?:(?:address|ENI|IP) )?)(?P<noun>{'|'.join(SINGULAR)})\b"
    rf"(?:(?P<that>(?: that| still)? )(?P<verb>{'|'.join(OF_ONE)})\b)?"
)
OF = Span(" of ")
BETWEEN = 2  # spans of `1 m5.large nodes` between the number and its noun


def agree_in_number(prose: Prose) -> Prose:
    """The prose with noun and verb in the singular after a value of one."""
    spans = list(prose)
    for index, span in enumerate(spans):
        is_whole = index > 0 and spans[index - 1] == OF  # `0 of 1 addresses`: the noun belongs to the 0
        if not (span.is_value and span.text in ONE) or is_whole:
            continue
        place = index + 1
        if place + BETWEEN < len(spans) and spans[place] == Span(" ") and spans[place + 1].is_value:
            place += BETWEEN
        if place < len(spans) and not spans[place].is_value:
            spans[place] = Span(_singular(spans[place].text))
    return tuple(spans)


def _singular(text: str) -> str:
    """The text after a number of one, in the singular."""
    found = THING.match(text)
    if not found:
        return text
    predicate = f"{found['that']}{OF_ONE[found['verb']]}" if found["verb"] else ""
    return f"{found['before']}{SINGULAR[found['noun']]}{predicate}{text[found.end() :]}"
