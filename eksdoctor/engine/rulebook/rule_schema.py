"""The JSON Schema of rule files, for editors; generated from the structs that read them.

`python -m eksdoctor.engine.rulebook.rule_schema > reports/rule.schema.json` writes it.
"""

import json

import msgspec

from eksdoctor.engine.rulebook.rule import RuleText

SCHEMA_ID = "https://github.com/eksdoctor/eksdoctor/blob/main/reports/rule.schema.json"


def schema() -> str:
    """The schema as `reports/rule.schema.json` publishes it."""
    _, definitions = msgspec.json.schema_components([RuleText], ref_template="#/$defs/{name}")
    rule = definitions.pop("RuleText")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **rule,
        "title": "eksdoctor rule",
        "$defs": dict(sorted(definitions.items())),
    }
    return json.dumps(document, indent=2) + "\n"


if __name__ == "__main__":
    print(schema(), end="")  # noqa: T201
