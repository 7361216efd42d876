"""docs/facts.md: every fact is whole, and every release number in the code has one."""

import ast
import re
from functools import cache
from pathlib import Path

from eksdoctor.engine.rulebook.load import load

ROOT = Path(__file__).parent.parent
FACTS, CONSTANTS = (ROOT / "docs" / "facts.md").read_text(encoding="utf-8").split("## Version constants")
PLAYBOOK = "playbook-"  # what others have wrong: nobody uses it
BOOK = load(ROOT / "rules")


def rows(text):
    """The cells of each row that begins with a code span or a number."""
    for line in text.splitlines():
        if re.match(r"\| [`\d]", line):
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


@cache
def facts():
    """Fact id → the cells of its row."""
    found = {cells[0].strip("`"): cells for cells in rows(FACTS)}
    assert len(found) == len(list(rows(FACTS))), "two facts have one id"
    return found


def test_every_fact_has_a_claim_a_source_a_date_and_a_user():
    assert len(facts()) > 100
    for name, cells in facts().items():
        assert re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+", name)
        assert len(cells) == 5, name
        assert all(cells), name


def test_who_uses_a_fact_exists():
    known = {*BOOK.rules, *BOOK.levers}
    for name, cells in facts().items():
        if name.startswith(PLAYBOOK) or cells[4] == "Background":
            continue
        users = re.findall(r"`([^`]+)`", cells[4])
        assert users, name
        assert [user for user in users if user not in known and not (ROOT / user).is_file()] == [], name


def releases_in(tree):
    """`Version(1, 9)`, "v1.9" or "1.9", and `(1, 9)` as a key: each as `1.9`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Version") | ast.Attribute(attr="Version")):
                given = (*node.args, *(keyword.value for keyword in node.keywords))
                numbers = [part.value for part in given if isinstance(part, ast.Constant)]
                if any(numbers):  # 0.0 is before every release
                    yield ".".join(map(str, numbers))
            case ast.Dict(keys=keys):
                yield from (".".join(map(str, key)) for key in map(numbers_of, keys) if key)
            case ast.Constant(value=str(text)) if re.fullmatch(r"v?1\.\d+(?:\.\d+)?", text):
                yield text.removeprefix("v")


def numbers_of(key):
    """The numbers of a tuple of numbers, else nothing."""
    parts = [getattr(part, "value", None) for part in key.elts] if isinstance(key, ast.Tuple) else []
    return parts if all(isinstance(part, int) for part in parts) else []


def version_constants():
    """(release, file) of every release number that the program or a rule compares with."""
    for file in (ROOT / "eksdoctor").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        yield from ((release, file.relative_to(ROOT).as_posix()) for release in releases_in(tree))
    for file in (ROOT / "rules").rglob("*.yaml"):
        compared = re.findall(
            r"""version\s*[<>=!]=?\s*["']v?([\d.]+)["']""", file.read_text(encoding="utf-8")
        )
        yield from ((release, file.relative_to(ROOT).as_posix()) for release in compared)


def test_every_release_number_in_the_code_has_a_fact():
    listed = {(release, file.strip("`")): names for release, file, names in rows(CONSTANTS)}
    found = set(version_constants())
    assert found - listed.keys() == set(), "in the code, not in docs/facts.md"
    assert listed.keys() - found == set(), "in docs/facts.md, not in the code"
    for row, names in listed.items():
        ids = re.findall(r"`([^`]+)`", names)
        assert ids, row
        assert set(ids) <= facts().keys(), row


def test_release_numbers_are_found_in_every_form():
    code = 'Version(1, 22, 0), model.Version(1, minor=9), {(1, 28): 0}, "v1.20.4", "1 2", Version(0, 0)'
    assert set(releases_in(ast.parse(code))) == {"1.22.0", "1.9", "1.28", "1.20.4"}
