"""Compile rule files: read strictly, check every name against the model."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from eksdoctor.engine.language import rule_types
from eksdoctor.engine.language.condition import Condition, Getter, compile_condition, parse, path_of
from eksdoctor.engine.language.prose import compile_prose, compile_template
from eksdoctor.engine.rulebook.commands import compile_command, require_read_only
from eksdoctor.engine.rulebook.rule import (
    ConfirmPart,
    ConfirmText,
    EvidencePart,
    EvidenceText,
    Expect,
    FixPart,
    FixText,
    Loop,
    Rule,
    RuleText,
    conditions,
)
from eksdoctor.errors import UsageError
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts.fact import Items
from eksdoctor.model.pods.pod import Pod
from eksdoctor.model.vpc_cni.vpc_cni import CNI

T = TypeVar("T")
BASE: dict[str, object] = {"cluster": Cluster, "cni": CNI}
VERDICTS = ("explained", "passing", "not-ip")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, if present: 6 times faster
TAKES_EFFECT = ("", "at-once", "new-enis", "new-pods", "new-nodes")


def read_rule(path: Path, stage: str) -> Rule:
    """The rule in a file; raises UsageError naming the file and what is wrong in it."""
    text = read_strictly(path, RuleText)
    try:
        return _compiled(text, path, stage)
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", error.advice) from error


def read_strictly(path: Path, kind: type[T]) -> T:
    """A YAML file as `kind`: unknown and misspelt keys are errors."""
    try:
        document: Any = yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 (a safe loader)
        return msgspec.convert(document, kind)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: is not YAML: {error}") from error
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}: {error}", _key_advice(str(error), kind)) from error


def _key_advice(message: str, kind: type) -> str:
    if "unknown field" not in message:
        return ""
    name = message.partition("`")[2].partition("`")[0]
    return rule_types.suggestion(name, [field.encode_name for field in msgspec.structs.fields(kind)])


def _compiled(text: RuleText, path: Path, stage: str) -> Rule:
    _check_shape(text, path)
    loop, scope = loop_of(text.for_, BASE)
    subject: Any = scope[loop.name] if loop is not None else Cluster
    scope = {**scope, "all": Items[subject]}
    explains = _getter(text.explains, scope, Pod) if text.explains else None
    return Rule(
        id=text.id,
        stage=stage,
        file=path.name,
        text=text,
        loop=loop,
        applies_when=compiled_conditions(text.applies_when, scope),
        when=compiled_conditions(text.when, scope),
        seen_when=compiled_conditions(text.seen_when, scope),
        alone_when=compiled_conditions(text.alone_when, scope),
        suspect_when=compiled_conditions(text.suspect_when, scope),
        explains=explains,
        group=path_of(parse(text.group), scope, text.group)[0] if text.group else None,
        title=compile_prose(text.title, scope),
        title_by_testimony=compile_prose(text.title_by_testimony, scope),
        because=compile_prose(text.because, scope),
        avoid=compile_prose(text.avoid, scope),
        evidence=tuple(_evidence(part, scope) for part in text.evidence),
        confirm=tuple(_confirm(part, scope) for part in text.confirm),
        fix=tuple(fix_part(part, scope) for part in text.fix),
    )


def _check_shape(text: RuleText, path: Path) -> None:
    stem = path.stem.partition("-")[2] if path.stem[:1].isdigit() else path.stem
    if text.id != stem:
        raise UsageError(f"id {text.id!r} is not the file name", f"Name the file NN-{text.id}.yaml.")
    if text.verdict not in VERDICTS:
        raise UsageError(f"verdict {text.verdict!r} is not one of {', '.join(VERDICTS)}")
    if not (text.when or text.seen_when):
        raise UsageError("a rule needs `when` or `seen_when`")
    if not text.confirm or not text.fix:
        raise UsageError("a rule needs a confirming command and a fix")


def loop_of(text: str, scope: rule_types.Scope) -> tuple[Loop | None, dict[str, object]]:
    """`name in collection` and the scope inside it; no text, no loop."""
    if not text:
        return None, dict(scope)
    name, _, collection = (part.strip() for part in text.partition(" in "))
    if not name.isidentifier() or not collection:
        raise UsageError(f"for: {text!r} is not `name in collection`")
    path = collection if collection.split(".")[0] in scope else f"cluster.{collection}"
    get, hint = path_of(parse(path), scope, path)
    element = rule_types.element(hint)
    if element is None:
        raise UsageError(f"for: {collection} is {rule_types.describe(hint)}, not a collection")
    return Loop(name, collection, get), {**scope, name: element}


def compiled_conditions(texts: Iterable[str], scope: rule_types.Scope) -> tuple[Condition, ...]:
    """Each condition of a list."""
    return tuple(compile_condition(text, scope) for text in texts)


def _getter(text: str, scope: rule_types.Scope, wanted: type) -> Getter:
    get, hint = path_of(parse(text), scope, text)
    if rule_types.element(hint) is not wanted:
        raise UsageError(
            f"{text} is {rule_types.describe(hint)}, not a collection of {wanted.__name__.lower()}s"
        )
    return get


def _evidence(part: EvidenceText, scope: rule_types.Scope) -> EvidencePart:
    loop, inner = loop_of(part.for_, scope)
    return EvidencePart(
        compile_prose(part.says, inner), loop, compiled_conditions(conditions(part.when), inner)
    )


def _confirm(part: ConfirmText, scope: rule_types.Scope) -> ConfirmPart:
    loop, inner = loop_of(part.for_, scope)
    command = compile_command(part.run, inner)
    require_read_only(command, part.run)
    expect = part.expect if isinstance(part.expect, Expect) else Expect(part.expect)
    return ConfirmPart(
        command,
        compile_prose(expect.says, inner),
        compile_template(expect.is_, inner),
        loop,
        compiled_conditions(conditions(part.when), inner),
    )


def fix_part(part: FixText, scope: rule_types.Scope) -> FixPart:
    """A compiled fix, of a rule or an option."""
    if sum((bool(part.run), part.text is not None, bool(part.lever))) > 1:
        raise UsageError("a fix has at most one of `run`, `text` and `lever`")
    if part.takes_effect not in TAKES_EFFECT:
        raise UsageError(f"takes_effect {part.takes_effect!r} is not one of {', '.join(TAKES_EFFECT[1:])}")
    loop, inner = loop_of(part.for_, scope)
    return FixPart(
        compile_prose(part.title, inner),
        compile_command(part.run, inner) if part.run else None,
        part.text.language if part.text else "",
        compile_template(part.text.body, inner) if part.text else None,
        part.lever,
        part.takes_effect,
        part.reversible,
        compile_prose(part.risk, inner),
        loop,
        compiled_conditions(conditions(part.when), inner),
    )
