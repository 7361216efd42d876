"""Words and phrases that user text must not use, and how text is prepared for the check."""

import ast
import re

INSTEAD = {
    r"(?<!MAC )(?<!bind )address(es)?(?! famil)": "IP",
    r"mend(s|ed|ing)?": "fix",
    r"heard|listened|listen(s)? to|told": "logged, reported",
    r"testif(y|ies|ied)|testimony": "evidence, log, event",
    r"said|says|voices?|in words": "logged, reported, shows",
    r"blind(ness)?|sight|(was|were|been|is) not asked|unasked": "missing data, not collected",
    r"refusals?": "permission denied, request failed",
    r"starved|starving|hung(ry)?": "waiting for an IP",
    r"draws? on|drawn (on|from)": "use",
    r"(run|runs|is|are) dry|hoard(s|ed|ing)?|idle|spare|idl(es|ing)": "full, unused",
    r"gives? back|gave back|given back|takes? away|goes? back|hands? out": "release, remove",
    r"levers?": "option",
    r"(?-i:See it|Fix it|Do not:)|looks? at|looked at": "Verify, Fix, Don't; check, read",
    r"not a cause now|heals?|by itself": "risk, not the cause; transient; automatically",
    r"(can ?not|could not|cannot be) (be )?t(ell|old)": "inconclusive, unknown",
    r"does not apply": "not applicable",
    r"commonest|anew|for good|of somebody|whence|thereby|nought|lest": "most common, again, permanently",
    r"in trouble": "affected",
    r"gives way|yields? to|not this fault": "superseded by; Rule it out if",
    r"patient|no health|bookkeeping|the books?|shelf": "cluster; missing data is not healthy",
    r"this run|(?-i:Next:)": "Run details, Fix:",
    r"the structure|by structure": "observed state",
    r"what is not known|is not known|not known": "unknown",
}
WORDS = [
    (re.compile(rf"(?<![\w./-])(?:{word})(?![\w/-])", re.IGNORECASE), instead)
    for word, instead in INSTEAD.items()
]

# Names of AWS, Kubernetes and Linux, code, paths and rule ids are quoted as they are.
QUOTED = re.compile(
    r"`[^`]*`|\{\{.*?\}\}|\{%.*?%\}|<[^>\s][^>]*>|https?://\S+|'[^'\s]*'|\"[^\"]*\""
    r"|(?<![\w])[\w.]*[a-z][A-Z]\w*|\b[A-Z][A-Z_]+\b|\b\w+:[A-Z]\w+|--?[a-z][\w-]*|\b[a-z]+(?:-[a-z0-9]+)+\b"
    r"|\bip[46]?[ -]addr\w*|\b[\w.]+\.(?:log|json|yaml)\b|\bEC2 address\b",
    re.DOTALL,
)


def wrong_words(text: str) -> list[str]:
    """The words of a text that the list forbids, each with the word to use."""
    bare = QUOTED.sub(" ~ ", text)
    return [f"{found[0]!r} (use: {use})" for word, use in WORDS if (found := word.search(bare))]


def sentences(text: str) -> list[str]:
    """The sentences of a text; a colon or semicolon does not end one."""
    return [part for part in re.split(r"(?<=[.!?])\s+(?=[A-Z`<{0-9])", " ".join(text.split())) if part]


def count_words(text: str) -> int:
    """The words of a sentence; a placeholder and a code span count as one."""
    one = re.sub(r"\{\{.*?\}\}|`[^`]*`|<[^>\s][^>]*>", "x", text)
    return sum(any(letter.isalnum() for letter in word) for word in one.split())


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of the constants that are docstrings."""
    alone = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    return {id(value) for value in alone if isinstance(value, ast.Constant)}


def string_of(node: ast.AST) -> str:
    """The text of a string expression, `{}` in place of values; empty if it is none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(string_of(part) if isinstance(part, ast.Constant) else "{}" for part in parts)
        case ast.IfExp(body=body, orelse=other):
            return f"{string_of(body)} | {string_of(other)}"
        case ast.BinOp(left=left, right=right):
            return f"{string_of(left)}{string_of(right)}"
    return ""


def strings(tree: ast.AST) -> list[str]:
    """Every string of a module with a blank or an upper-case first letter, without docstrings."""
    skipped = docstrings(tree)
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = [
        string_of(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in skipped | inner
    ]
    return [text for text in found if " " in text.strip() or text[:1].isupper()]


REPORTED = {
    "because", "Reason", "Refusal", "BadParameter",
    "EksDoctorError", "UsageError", "SnapshotError", "StoppedError", "UnreachableError",
}  # fmt: skip


def reported(tree: ast.AST) -> list[str]:
    """The string arguments of calls whose text reaches the user: errors, advice and reasons."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in REPORTED:
            found += [
                string_of(argument) for argument in (*node.args, *(word.value for word in node.keywords))
            ]
    return [text for text in found if " " in text]
