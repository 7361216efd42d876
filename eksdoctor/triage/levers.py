"""The levers that the findings name, each once, with what it would give."""

from eksdoctor.engine.finding import Finding
from eksdoctor.engine.lever import LeverRule
from eksdoctor.engine.rulebook import Rulebook
from eksdoctor.engine.tell import entries, remedy
from eksdoctor.model.cluster import Cluster
from eksdoctor.snapshot.snapshot import Target
from eksdoctor.triage.report import LeverAdvice


def advise(
    cluster: Cluster, rulebook: Rulebook, findings: tuple[Finding, ...], target: Target
) -> tuple[LeverAdvice, ...]:
    """Advice on every lever that a finding names, in the order of the findings."""
    helps: dict[str, list[str]] = {}
    for finding in findings:
        for fix in finding.fix:
            if fix.lever and finding.rule not in helps.setdefault(fix.lever, []):
                helps[fix.lever].append(finding.rule)
    found = [_advice(cluster, rulebook.levers[lever], tuple(rules), target) for lever, rules in helps.items()]
    return tuple(advice for advice in found if advice is not None)


def _advice(cluster: Cluster, lever: LeverRule, helps: tuple[str, ...], target: Target) -> LeverAdvice | None:
    values = {"cluster": cluster, "cni": cluster.cni}
    way = next((remedy(part, seen, target) for part, seen in entries(lever.ways, values)), None)
    if way is None:
        return None
    return LeverAdvice(
        id=lever.id,
        title=lever.title.render(values),
        changes=lever.changes.render(values),
        gains=tuple(part.says.render(seen) for part, seen in entries(lever.gains, values)),
        command=way.command,
        document=way.document,
        takes_effect=way.takes_effect,
        reversible=way.reversible,
        risk=way.risk,
        helps=helps,
        missing=way.missing,
    )
