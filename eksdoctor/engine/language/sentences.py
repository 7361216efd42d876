"""The sentences of `reports/sentences.yaml`, filled with values."""

from functools import cache

import msgspec
import yaml

from eksdoctor.engine.evaluation.finding import Prose, Span
from eksdoctor.engine.language.prose import PLACEHOLDER, compile_template
from eksdoctor.resources import reports_folder

FILE = "sentences.yaml"


def sentence(name: str, **values: int | str | Prose) -> Prose:
    """The sentence of that name with its values; a value that is prose itself keeps its spans.

    Raises KeyError if the file has no such sentence, or the sentence needs a value that is not given.
    """
    spans: list[Span] = []
    for index, piece in enumerate(PLACEHOLDER.split(_sentences()[name])):
        if index % 2 == 0:
            spans += [Span(piece)] if piece else []
            continue
        path = piece.partition("|")[0].strip()
        value = values[path]
        if isinstance(value, tuple):
            spans += value
        else:
            spans += compile_template(f"{{{{{piece}}}}}", {path: type(value)}).render({path: value})
    return tuple(spans)


@cache
def _sentences() -> dict[str, str]:
    text = (reports_folder() / FILE).read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[str, str])
