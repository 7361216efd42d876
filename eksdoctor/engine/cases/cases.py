"""Cases of rules: a cluster on which a rule fires, one on which it is clear, one on which it cannot tell.

A rule needs at least one case of each kind. A `clear` case without a subject in the rule's loop does not
count: nothing was judged in it. Where the loop is over logged evidence, a subject exists only once the
evidence does; there a case also counts in which a pod has trouble and the evidence that was read names
another reason or none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from eksdoctor.engine.cases.patch import Patch, patched
from eksdoctor.engine.evaluation.evaluate import Outcome, evaluate, grouped
from eksdoctor.engine.evaluation.finding import Finding
from eksdoctor.engine.evaluation.write_finding import write_finding
from eksdoctor.engine.rulebook.compile import BASE, loop_of, read_strictly
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.engine.rulebook.rule import Rule
from eksdoctor.errors import UsageError
from eksdoctor.model.branch_enis.controller_failures import BranchFailure
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.observations.observation_group import Utterance

Matches = Callable[[str], bool]
KINDS = ("fires", "clear", "unknown")
EVIDENCE = (Utterance, BranchFailure)
"""Types of subjects that exist only because something was logged."""


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

    def __iter__(self) -> Iterator[tuple[str, Case]]:
        """Every case with its kind."""
        return ((kind, case) for kind in KINDS for case in getattr(self, kind))


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case went; `message` is empty when it passed.

    `counts` is whether it is the case of its kind that the rule needs. A result whose kind is `file` or
    whose name is empty is about a case file, not about one of its cases.
    """

    rule: str
    kind: str
    name: str
    message: str = ""
    counts: bool = True

    @property
    def id(self) -> str:
        """`rule: kind: name`, by which the case is selected."""
        return ": ".join(part for part in (self.rule, self.kind, self.name) if part)

    @property
    def ok(self) -> bool:
        """Whether the rule did what its case says."""
        return not self.message


def run(rulebook: Rulebook, folder: Path) -> list[CaseResult]:
    """Every case of every rule; what a rule's file lacks and a file without a rule are failed results."""
    results = [one for rule in rulebook for one in run_file(rule, folder / f"{rule.id}.yaml")]
    strays = {path.stem for path in folder.glob("*.yaml")} - set(rulebook.rules)
    results += [
        CaseResult(name, "file", f"{name}.yaml", "a case file without a rule") for name in sorted(strays)
    ]
    return results


def run_file(rule: Rule, path: Path) -> list[CaseResult]:
    """The cases of one file; then a failed result for every kind that it lacks."""
    if not path.is_file():
        return [CaseResult(rule.id, "file", path.name, f"there is no case file {path}")]
    results = [run_case(rule, kind, case) for kind, case in read(path)]
    return results + _lacking(rule, results)


def run_matching(rule: Rule, path: Path, matches: Matches) -> list[CaseResult]:
    """Those cases of one file whose id fits; what the file lacks is not looked at."""
    cases = read(path) if path.is_file() else CaseFile()
    return [
        run_case(rule, kind, case) for kind, case in cases if matches(CaseResult(rule.id, kind, case.name).id)
    ]


def read(path: Path) -> CaseFile:
    """The cases of a file, not yet run; raises UsageError for a file that is none."""
    return read_strictly(path, CaseFile)


def _lacking(rule: Rule, results: list[CaseResult]) -> list[CaseResult]:
    shown = {one.kind for one in results}
    real = {one.kind for one in results if one.counts}
    without_subject = f"no clear case has a subject: none has a {rule.loop.name}" if rule.loop else ""
    return [
        CaseResult(rule.id, kind, "", without_subject if kind in shown else f"no case shows it {kind}")
        for kind in KINDS
        if kind not in real
    ]


def run_case(rule: Rule, kind: str, case: Case) -> CaseResult:
    """One case on a fresh cluster."""
    try:
        snapshot = patched(case)
    except UsageError as error:
        return CaseResult(rule.id, kind, case.name, error.message)
    cluster = Cluster(snapshot)
    outcome = evaluate(rule, cluster)
    findings = [write_finding(members, snapshot.target) for members in grouped(outcome.fired)]
    counts = kind != "clear" or _has_subject(outcome) or _is_other_evidence(rule, cluster)
    return CaseResult(rule.id, kind, case.name, _judge(kind, case, outcome, findings), counts)


def _has_subject(outcome: Outcome) -> bool:
    """Whether the rule's loop had a subject, judged or not applicable."""
    return bool(outcome.fired or outcome.undecided or outcome.clear or outcome.not_applicable)


def _is_other_evidence(rule: Rule, cluster: Cluster) -> bool:
    """Whether the rule's subjects are logged evidence, and a pod has trouble of which none speaks."""
    loop, scope = loop_of(rule.text.for_, BASE)
    subject = scope[loop.name] if loop is not None else None
    if not isinstance(subject, type) or not issubclass(subject, EVIDENCE):
        return False
    pods = cluster.pods_in_trouble
    return not isinstance(pods, Unknown) and bool(pods)


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
