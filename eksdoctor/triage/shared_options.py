"""The options that the findings refer to, each once, with their effect."""

from eksdoctor.engine.evaluation.finding import Finding, Prose, Span
from eksdoctor.engine.evaluation.write_finding import entries, remedy
from eksdoctor.engine.language.condition import Values
from eksdoctor.engine.language.prose import Template
from eksdoctor.engine.rulebook.lever import LeverRule
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts.fact import NotKnown
from eksdoctor.snapshot.snapshot import Target
from eksdoctor.triage.report import LeverAdvice


def lever_advice(
    cluster: Cluster, rulebook: Rulebook, findings: tuple[Finding, ...], target: Target
) -> tuple[LeverAdvice, ...]:
    """Every option that a finding refers to, in the order of the findings."""
    helps: dict[str, list[str]] = {}
    for finding in findings:
        for fix in finding.fix:
            if fix.lever and finding.rule not in helps.setdefault(fix.lever, []):
                helps[fix.lever].append(finding.rule)
    found = [_advice(cluster, rulebook.levers[lever], tuple(rules), target) for lever, rules in helps.items()]
    return tuple(advice for advice in found if advice is not None)


def _advice(cluster: Cluster, lever: LeverRule, helps: tuple[str, ...], target: Target) -> LeverAdvice | None:
    values: Values = {"cluster": cluster, "cni": cluster.cni}
    way = next((remedy(part, seen, target) for part, seen in entries(lever.ways, values)), None)
    if way is None:
        return None
    title, is_whole = lever.title.render(values), _is_known(lever.title, values)
    return LeverAdvice(
        id=lever.id,
        title=title if is_whole else (Span(lever.name),),
        changes=lever.changes.render(values) if is_whole else (),
        gains=_gains(lever, values),
        command=way.command,
        document=way.document,
        takes_effect=way.takes_effect,
        reversible=way.reversible,
        risk=way.risk,
        helps=helps,
        missing=way.missing,
    )


def _gains(lever: LeverRule, values: Values) -> tuple[Prose, ...]:
    """The effects of the option whose values are all known."""
    shown = [(part.says, seen) for part, seen in entries(lever.gains, values)]
    return tuple(says.render(seen) for says, seen in shown if _is_known(says, seen))


def _is_known(words: Template, values: Values) -> bool:
    try:
        words.render_exact(values)
    except NotKnown:
        return False
    return True
