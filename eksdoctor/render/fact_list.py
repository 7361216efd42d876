"""What rules may read, for `rules facts`: every type, or the facts of one type."""

import json
from dataclasses import asdict

from rich.text import Text

from eksdoctor.engine.language.fact_catalogue import FactEntry, facts_of, reachable_types
from eksdoctor.engine.rulebook.compile import BASE
from eksdoctor.render.terminal.canvas import Canvas, ColorMode, sanitized


def terminal(name: str = "", width: int = 100, color_mode: ColorMode = "plain") -> str:
    """The list for a terminal; without a name the types, with one its facts. UsageError for no such type."""
    canvas = Canvas(width, color_mode)
    for entry in _entries(name):
        canvas.paragraph(sanitized(entry.name, "bold") + sanitized(f"  ({entry.type})"), 4)
        if entry.sentence:
            canvas.paragraph(sanitized(entry.sentence), 4, Text("    "))
    return canvas.text


def json_list(name: str = "") -> str:
    """The list as JSON: objects with `name`, `type` and `sentence`."""
    return json.dumps([asdict(entry) for entry in _entries(name)], indent=2) + "\n"


def _entries(name: str) -> list[FactEntry]:
    if name:
        return facts_of(name, BASE)
    roots = {kind: name for name, kind in BASE.items()}
    return [
        FactEntry(kind, roots.get(found, "type"), (found.__doc__ or "").strip().partition("\n")[0])
        for kind, found in reachable_types(BASE).items()
    ]
