"""Commands of rules: split into arguments when loaded, so that a value can't add an argument."""

import re
import shlex
from dataclasses import dataclass

from eksdoctor.engine.evaluation.finding import Command
from eksdoctor.engine.language import rule_types
from eksdoctor.engine.language.condition import Values
from eksdoctor.engine.language.prose import PLACEHOLDER, Template, compile_template
from eksdoctor.errors import UsageError
from eksdoctor.snapshot.snapshot import Target

KUBECTL_READS = {"get", "describe", "logs", "top", "version", "api-resources", "explain"}
AWS_READS = re.compile(r"(describe|get|list|lookup)-[a-z-]+\Z")


@dataclass(frozen=True, slots=True)
class CommandTemplate:
    """A command: one template per argument."""

    words: tuple[Template, ...]

    def render(self, values: Values, target: Target) -> Command:
        """The command for these values; raises NotKnown if one is unknown."""
        argv = tuple(word.render_exact(values) for word in self.words)
        return Command((argv[0], *_surroundings(argv[0], target), *argv[1:]))


def compile_command(text: str, scope: rule_types.Scope) -> CommandTemplate:
    """A command line with holes; raises UsageError when it does not split into words."""
    holes: list[str] = []

    def keep(match: re.Match[str]) -> str:
        holes.append(match[0])
        return f"\0{len(holes) - 1}\0"

    try:
        words = shlex.split(PLACEHOLDER.sub(keep, text))
    except ValueError as error:
        raise UsageError(f"cannot split into arguments: {text!r}") from error
    if not words or words[0] not in ("kubectl", "aws"):
        raise UsageError(f"a command must start with kubectl or aws: {text!r}")
    filled = [re.sub("\0(\\d+)\0", lambda match: holes[int(match[1])], word) for word in words]
    return CommandTemplate(tuple(compile_template(word, scope) for word in filled))


def require_read_only(template: CommandTemplate, text: str) -> None:
    """Raise UsageError unless the command can only read."""
    words = [word.source for word in template.words]
    if words[0] == "kubectl":
        verbs = [word for word in words[1:] if not word.startswith("-")]
        if not any(word in KUBECTL_READS for word in verbs[:3]) or ("--raw" in words and "proxy" not in text):
            raise UsageError(
                f"not a read-only command: {text!r}",
                f"kubectl {'|'.join(sorted(KUBECTL_READS))}",
            )
    elif len(words) < 3 or not AWS_READS.match(words[2]):  # noqa: PLR2004 (aws SERVICE OPERATION)
        raise UsageError(
            f"not a read-only command: {text!r}",
            "aws SERVICE describe-…|get-…|list-…|lookup-…",
        )


def _surroundings(program: str, target: Target) -> tuple[str, ...]:
    if program == "kubectl":
        config = ("--kubeconfig", target.kubeconfig) if target.kubeconfig else ()
        return (*config, *(("--context", target.context) if target.context else ()))
    profile = ("--profile", target.profile) if target.profile else ()
    return (*profile, *(("--region", target.region) if target.region else ()))
