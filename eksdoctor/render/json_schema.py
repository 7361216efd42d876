"""The published schema of the JSON page, generated from `json_format`.

`python -m eksdoctor.render.json_schema > reports/report.schema.json` writes it.
"""

import json
import re

import msgspec

from eksdoctor.render.json_format import FORMAT, ReportPage

SCHEMA_ID = "https://github.com/eksdoctor/eksdoctor/blob/main/reports/report.schema.json"


def schema() -> str:
    """The JSON schema of the page, as `reports/report.schema.json` publishes it."""
    _, definitions = msgspec.json.schema_components([ReportPage], ref_template="#/$defs/{name}")
    page = definitions.pop("ReportPage")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **page,
        "title": f"eksdoctor report, format {FORMAT}",
        "$defs": dict(sorted(definitions.items())),
    }
    text = json.dumps(document, indent=2) + "\n"
    for name in definitions:
        text = text.replace(f'"{name}"', f'"{_key(name)}"').replace(f'/{name}"', f'/{_key(name)}"')
    return text


def _key(name: str) -> str:
    """`could_not_tell` for CouldNotTellRecord."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Record")).lower()


if __name__ == "__main__":
    print(schema(), end="")  # noqa: T201
