"""Cases of rules: a cluster on which it fires, one on which it is clear, one on which it cannot tell."""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from eksdoctor.engine.cases.patch import Asked, Patch, patched
from eksdoctor.engine.evaluation.evaluate import Outcome, evaluate, grouped
from eksdoctor.engine.evaluation.finding import Finding
from eksdoctor.engine.evaluation.write_finding import write_finding
from eksdoctor.engine.rulebook.compile import read_strictly
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.engine.rulebook.rule import Rule
from eksdoctor.errors import UsageError
from eksdoctor.model.cluster.cluster import Cluster

KINDS = ("fires", "clear", "unknown")


class Case(Patch, forbid_unknown_fields=True):
    """One case; `name` says what is special, the rest of the first line is what to expect where it fires."""

    name: str = ""
    confidence: str = ""
    severity: str = ""
    pods: list[str] | None = None
    subjects: list[str] | None = None
    says: str = ""
    grant: str = ""


class CaseFile(msgspec.Struct, forbid_unknown_fields=True):
    """`<rule id>.yaml` of a cases folder."""

    fires: list[Case] = []
    clear: list[Case] = []
    unknown: list[Case] = []


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case went; `message` is empty when it held, `reads` are the actions that were looked up."""

    rule: str
    kind: str
    name: str
    message: str = ""
    reads: frozenset[str] = field(default_factory=frozenset)

    @property
    def ok(self) -> bool:
        """Whether the rule did what its case says."""
        return not self.message


def run(rulebook: Rulebook, folder: Path) -> list[CaseResult]:
    """Every case of every rule; a rule without one of the three kinds is a failed result."""
    results: list[CaseResult] = []
    for rule in rulebook:
        path = folder / f"{rule.id}.yaml"
        if not path.is_file():
            results.append(CaseResult(rule.id, "file", path.name, f"there is no case file {path}"))
            continue
        results += _run_file(rule, read_strictly(path, CaseFile))
    strays = {path.stem for path in folder.glob("*.yaml")} - set(rulebook.rules)
    results += [
        CaseResult(name, "file", f"{name}.yaml", "a case file without a rule") for name in sorted(strays)
    ]
    return results


def _run_file(rule: Rule, file: CaseFile) -> list[CaseResult]:
    results: list[CaseResult] = []
    for kind in KINDS:
        cases: list[Case] = getattr(file, kind)
        if not cases:
            results.append(CaseResult(rule.id, kind, "", f"no case shows it {kind}"))
        results += [run_case(rule, kind, case) for case in cases]
    return results


def run_case(rule: Rule, kind: str, case: Case) -> CaseResult:
    """One case on a fresh cluster."""
    try:
        snapshot = patched(case)
    except UsageError as error:
        return CaseResult(rule.id, kind, case.name, error.message)
    outcome = evaluate(rule, Cluster(snapshot))
    findings = [write_finding(members, snapshot.target) for members in grouped(outcome.fired)]
    asked = snapshot.outcomes
    reads = frozenset(asked.read) if isinstance(asked, Asked) else frozenset()
    return CaseResult(rule.id, kind, case.name, _judge(kind, case, outcome, findings), reads)


def _judge(kind: str, case: Case, outcome: Outcome, findings: list[Finding]) -> str:
    match kind:
        case "fires":
            return _judge_fires(case, findings)
        case "clear":
            if findings:
                return f"it fired: {findings[0].subjects}"
            return "it could not tell: " + str(outcome.undecided[0].unknown) if outcome.undecided else ""
    if findings:
        return f"it fired: {findings[0].subjects}"
    if not outcome.undecided:
        return "it was clear: what is not known must not look like health"
    grants = {reason.grant for one in outcome.undecided for reason in one.unknown.reasons}
    return (
        f"it asks for {sorted(grants)}, not {case.grant}" if case.grant and case.grant not in grants else ""
    )


def _judge_fires(case: Case, findings: list[Finding]) -> str:
    if not findings:
        return "it did not fire"
    finding = findings[0]
    found = {
        "confidence": str(finding.confidence),
        "severity": str(finding.severity),
        "pods": sorted(finding.pods),
        "subjects": sorted(finding.subjects),
    }
    for key, value in found.items():
        wanted = getattr(case, key)
        if wanted not in ("", None) and (sorted(wanted) if isinstance(wanted, list) else wanted) != value:
            return f"{key} is {value}, not {wanted}"
    text = " ".join(
        span.text for prose in (finding.title, *(e.says for e in finding.evidence)) for span in prose
    )
    return (
        f"it does not say {case.says!r}: {text}"
        if case.says and case.says not in " ".join(text.split())
        else ""
    )
