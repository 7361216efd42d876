"""The condition language: a subset of Python, three-valued, checked against the model when loaded.

Names, attributes, constants, comparisons, `and`, `or`, `not`, `in`. No calls and no arithmetic:
what needs more is a fact of the model. Comparisons with an unknown are unknown; `and` is false as
soon as one part is, `or` true as soon as one part is, else unknown with all reasons.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eksdoctor.engine.language import rule_types
from eksdoctor.errors import UsageError
from eksdoctor.model.facts.fact import Items, Unknown, join
from eksdoctor.model.facts.version import Version

Values = Mapping[str, object]  # name → object
Truth = bool | Unknown
Judge = Callable[[Values], Truth]
Getter = Callable[[Values], object]

COMPARISONS: dict[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]  # operands are checked to be ordered
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
    ast.In: lambda left, right: left in right,  # type: ignore[operator]
    ast.NotIn: lambda left, right: left not in right,  # type: ignore[operator]
}
ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition and its source text."""

    text: str
    judge: Judge


@dataclass(frozen=True, slots=True)
class _Operand:
    """One side of a comparison: how to get it, its type, and whether it is a constant."""

    get: Getter
    hint: object
    is_constant: bool = False
    value: object = None


def compile_condition(text: str, scope: rule_types.Scope) -> Condition:
    """The condition in `text` over the names in `scope`; raises UsageError where it does not fit."""
    return Condition(text, _judge(parse(text), scope, text))


def parse(text: str) -> ast.expr:
    """The expression in `text`."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"cannot read the condition {text!r}") from error


def path_of(node: ast.expr, scope: rule_types.Scope, text: str) -> tuple[Getter, object]:
    """How to follow a dotted path, and the type at its end."""
    names = _names(node, text)
    if names[0] not in scope:
        raise UsageError(f"{text!r}: unknown name {names[0]}", rule_types.suggestion(names[0], scope))
    hint, walked = scope[names[0]], names[0]
    for name in names[1:]:
        hint = rule_types.attribute(hint, name, walked)
        walked += f".{name}"
    return _follow(tuple(names)), hint


def every(truths: list[Truth]) -> Truth:
    """Three-valued and."""
    if any(truth is False for truth in truths):
        return False
    unknown = [truth for truth in truths if isinstance(truth, Unknown)]
    return join(unknown) if unknown else True


def some(truths: list[Truth]) -> Truth:
    """Three-valued or."""
    if any(truth is True for truth in truths):
        return True
    unknown = [truth for truth in truths if isinstance(truth, Unknown)]
    return join(unknown) if unknown else False


def opposite(truth: Truth) -> Truth:
    """Three-valued not."""
    return truth if isinstance(truth, Unknown) else not truth


def _names(node: ast.expr, text: str) -> list[str]:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise UsageError(
            f"{text!r} uses syntax that conditions do not have", "Add a fact to the model instead."
        )
    names.append(node.id)
    return names[::-1]


def _follow(names: tuple[str, ...]) -> Getter:
    first, rest = names[0], names[1:]

    def get(values: Values) -> object:
        value = values[first]
        for name in rest:
            if isinstance(value, Unknown) or value is None:
                return value
            value = getattr(value, name)
        return value

    return get


def _judge(node: ast.expr, scope: rule_types.Scope, text: str) -> Judge:
    match node:
        case ast.BoolOp(op=op, values=parts):
            judges = [_judge(part, scope, text) for part in parts]
            combine = every if isinstance(op, ast.And) else some
            return lambda values: combine([judge(values) for judge in judges])
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            judge = _judge(inner, scope, text)
            return lambda values: opposite(judge(values))
        case ast.Compare():
            return _comparison(node, scope, text)
    get, hint = path_of(node, scope, text)
    if rule_types.without_unknown(hint) is not bool and rule_types.element(hint) is None:
        raise UsageError(
            f"{text!r}: {ast.unparse(node)} is {rule_types.describe(hint)}, not true or false", "Compare it."
        )
    return lambda values: truth_of(get(values))


def truth_of(value: object) -> Truth:
    """A bare fact as a truth: a collection is true when it is known to hold something."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Items):
        if value.elements:
            return True
        return False if value.missing is None else value.missing
    return bool(value)


def _comparison(node: ast.Compare, scope: rule_types.Scope, text: str) -> Judge:
    operands = [_operand(part, scope, text) for part in (node.left, *node.comparators)]
    judges: list[Judge] = []
    for left, how, right in zip(operands, node.ops, operands[1:], strict=False):
        if type(how) not in COMPARISONS:
            raise UsageError(f"{text!r} has an unsupported comparison")
        left, right = _matched(left, right, how, text), _matched(right, left, how, text)  # noqa: PLW2901
        judges.append(_compared(left.get, COMPARISONS[type(how)], right.get))
    return lambda values: every([judge(values) for judge in judges])


def _compared(left: Getter, how: Callable[[object, object], bool], right: Getter) -> Judge:
    def judge(values: Values) -> Truth:
        sides = (left(values), right(values))
        unknown = [side for side in sides if isinstance(side, Unknown)]
        return join(unknown) if unknown else how(*sides)

    return judge


def _operand(node: ast.expr, scope: rule_types.Scope, text: str) -> _Operand:
    match node:
        case ast.Constant(value=value) if isinstance(value, str | int):
            return _Operand(lambda _: value, type(value), is_constant=True, value=value)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            constants = tuple(_operand(part, scope, text).value for part in parts)
            return _Operand(lambda _: constants, tuple, is_constant=True, value=constants)
    get, hint = path_of(node, scope, text)
    return _Operand(get, hint)


def _matched(side: _Operand, other: _Operand, how: ast.cmpop, text: str) -> _Operand:
    """A side that fits the other: versions from text, enum values checked, only ordered types ordered."""
    wanted = rule_types.without_unknown(other.hint)
    if isinstance(how, ORDERING) and not side.is_constant:
        ordered = rule_types.without_unknown(side.hint)
        if ordered not in (int, Version):
            raise UsageError(f"{text!r}: {rule_types.describe(ordered)} can't be ordered")
    if not side.is_constant or isinstance(how, ast.In | ast.NotIn):
        return side
    if wanted is Version and isinstance(side.value, str):
        version = Version.parse(side.value)
        if version is None:
            raise UsageError(f"{text!r}: {side.value!r} is not a version")
        return _Operand(lambda _: version, Version, is_constant=True, value=version)
    if rule_types.is_enum(wanted):
        words = [str(member) for member in wanted]  # type: ignore[attr-defined]
        if side.value not in words:
            raise UsageError(f"{text!r}: {side.value!r} is not one of {', '.join(words)}")
        return side
    if wanted is not type(side.value) and not (wanted is int and isinstance(side.value, int)):
        raise UsageError(f"{text!r}: {side.value!r} is not of type {rule_types.describe(wanted)}")
    return side
