"""The rulebook: the rules and options of one or more folders, by stage of an IP request."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eksdoctor.engine.language.rule_types import suggestion
from eksdoctor.engine.rulebook.compile import read_rule
from eksdoctor.engine.rulebook.lever import LeverRule, read_lever
from eksdoctor.engine.rulebook.rule import Rule
from eksdoctor.errors import UsageError

LEVERS = "levers"
ALL = "List all rules: eksdoctor rules list"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules by id, in order, and the options their fixes refer to."""

    rules: dict[str, Rule]
    levers: dict[str, LeverRule]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules.values())

    def __len__(self) -> int:
        return len(self.rules)

    def get(self, rule_id: str) -> Rule:
        """The rule of that id; raises UsageError with the nearest name."""
        if rule_id not in self.rules:
            raise UsageError(f"unknown rule {rule_id}", suggestion(rule_id, self.rules, ALL))
        return self.rules[rule_id]


def load(folder: Path, *more: Path) -> Rulebook:
    """The rulebook of these folders; raises UsageError for the first file that does not fit."""
    rules: dict[str, Rule] = {}
    levers: dict[str, LeverRule] = {}
    for root in (folder, *more):
        if not root.is_dir():
            raise UsageError(f"no rules folder at {root}", "Give a folder of rule files: --rules DIR.")
        for path in sorted(root.rglob("*.yaml")):
            parts = path.relative_to(root).parts
            if "cases" in parts[:-1]:
                continue
            if parts[0] == LEVERS:
                lever = read_lever(path)
                levers[lever.id] = lever
                continue
            rule = read_rule(path, parts[0] if len(parts) > 1 else "own")
            if rule.id in rules:
                raise UsageError(
                    f"{path}: the id {rule.id} is used by {rules[rule.id].file}", "Choose another id."
                )
            rules[rule.id] = rule
    _check_references(rules, levers)
    return Rulebook(rules, levers)


def _check_references(rules: dict[str, Rule], levers: dict[str, LeverRule]) -> None:
    for rule in rules.values():
        for other in rule.text.yields_to:
            if other not in rules:
                raise UsageError(f"{rule.file}: unknown rule {other} in yields_to", suggestion(other, rules))
        for fix in rule.fix:
            if fix.lever and fix.lever not in levers:
                raise UsageError(f"{rule.file}: unknown `lever` {fix.lever}", suggestion(fix.lever, levers))
