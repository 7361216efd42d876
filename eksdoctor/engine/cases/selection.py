"""Which cases `rules test` runs: rule ids, case files, and `-k EXPRESSION` as pytest reads it."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from eksdoctor.engine.cases.cases import CaseResult, Matches, run, run_file, run_matching
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.engine.rulebook.rule import Rule
from eksdoctor.errors import UsageError

TOKEN = re.compile(r"[()]|[^\s()]+")
OPERATORS = ("and", "or", "not", "(", ")")


def run_selected(
    rulebook: Rulebook, selected: Sequence[str], keyword: str, folder: Callable[[], Path]
) -> list[CaseResult]:
    """The results of the selected cases; no selection selects all.

    `folder` returns the cases folder and is called only when it is needed. Raises UsageError for an
    unknown rule or file, and where no case matches the keyword.
    """
    if not selected and not keyword:
        return run(rulebook, folder())
    files = _case_files(rulebook, selected, folder)
    if not keyword:
        return [result for rule, path in files for result in run_file(rule, path)]
    matches = matcher(keyword)
    results = [result for rule, path in files for result in run_matching(rule, path, matches)]
    if not results:
        raise UsageError(f"no case matches -k {keyword!r}", "A case id reads `rule: kind: name`.")
    return results


def _case_files(
    rulebook: Rulebook, selected: Sequence[str], folder: Callable[[], Path]
) -> list[tuple[Rule, Path]]:
    """The selected rules with their case files, each once; nothing selected selects all."""
    if not selected:
        return [(rule, folder() / f"{rule.id}.yaml") for rule in rulebook]
    files: dict[Path, Rule] = {}
    for name in selected:
        path = Path(name)
        if path.suffix not in (".yaml", ".yml") and path.name == name:
            rule = rulebook.get(name)
            files[(folder() / f"{rule.id}.yaml").resolve()] = rule
        elif path.is_file():
            files[path.resolve()] = rulebook.get(path.stem)
        else:
            raise UsageError(f"no case file at {path}", "Name a rule, or one file of the cases folder.")
    return [(rule, path) for path, rule in files.items()]


def matcher(expression: str) -> Matches:
    """Whether a case id fits the expression: it contains each word, whatever the case of its letters.

    Raises UsageError for an expression that cannot be read.
    """
    parser = _Parser(TOKEN.findall(expression.lower()), expression)
    found = parser.alternatives()
    if parser.tokens:
        raise parser.unexpected("and, or")
    return lambda case_id: found(case_id.lower())


class _Parser:
    """Reads tokens from the left; each method takes what belongs to it."""

    def __init__(self, tokens: list[str], expression: str) -> None:
        self.tokens = tokens
        self.expression = expression

    def alternatives(self) -> Matches:
        """`a or b`."""
        found = [self._conjunction()]
        while self._takes("or"):
            found.append(self._conjunction())
        return lambda text: any(one(text) for one in found)

    def _conjunction(self) -> Matches:
        found = [self._negation()]
        while self._takes("and"):
            found.append(self._negation())
        return lambda text: all(one(text) for one in found)

    def _negation(self) -> Matches:
        if self._takes("not"):
            inner = self._negation()
            return lambda text: not inner(text)
        if self._takes("("):
            inner = self.alternatives()
            if not self._takes(")"):
                raise self.unexpected(")")
            return inner
        if not self.tokens or self.tokens[0] in OPERATORS:
            raise self.unexpected("a word, not, (")
        word = self.tokens.pop(0)
        return lambda text: word in text

    def _takes(self, token: str) -> bool:
        is_next = self.tokens[:1] == [token]
        if is_next:
            self.tokens.pop(0)
        return is_next

    def unexpected(self, wanted: str) -> UsageError:
        """The error for the next token."""
        found = repr(self.tokens[0]) if self.tokens else "the end"
        return UsageError(
            f"-k {self.expression!r}: expected {wanted}, found {found}",
            'Join words by and, or, not: -k "subnet and not fires".',
        )
