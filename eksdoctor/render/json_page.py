"""The report as JSON. `json_format` has the shape, `reports/report.schema.json` its schema.

The shape is independent of the program's own records. The text is ASCII: everything else is escaped, so
that it is safe on a terminal.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from eksdoctor.engine.evaluation.finding import (
    Command,
    Confirmation,
    CouldNotTell,
    Document,
    Finding,
    Prose,
    Remedy,
    plain,
)
from eksdoctor.render.json_format import (
    FORMAT,
    CommandRecord,
    ConfirmationRecord,
    CouldNotTellRecord,
    DocumentRecord,
    FindingRecord,
    LeverRecord,
    PassedRecord,
    PodRecord,
    RefusalRecord,
    RemedyRecord,
    ReportPage,
    RunRecord,
    VerdictRecord,
)
from eksdoctor.triage.report import AffectedPod, FailedRequest, LeverAdvice, Report, Run, Verdict


def json_page(report: Report) -> str:
    """The report as one JSON document; the same report gives the same bytes."""
    page = ReportPage(
        format=FORMAT,
        run=_run(report.run, report.counts),
        summary=plain(report.summary),
        verdicts=tuple(_verdict(verdict) for verdict in report.verdicts),
        findings=tuple(_finding(finding) for finding in report.findings),
        levers=tuple(_lever(lever) for lever in report.levers),
        could_not_tell=tuple(_could_not_tell(row) for row in report.could_not_tell),
        asks=report.asks,
        refusals=tuple(_refusal(refusal) for refusal in report.refusals),
        passed=tuple(PassedRecord(one.rule, one.outcome, one.subjects) for one in report.passed),
    )
    return json.dumps(msgspec.to_builtins(page), indent=2, ensure_ascii=True) + "\n"


def _run(run: Run, counts: dict[str, int]) -> RunRecord:
    return RunRecord(
        tool=run.tool,
        purpose=run.purpose,
        at=_time(run.at),
        window_seconds=run.window_seconds,
        context=run.context,
        cluster=run.cluster,
        account=run.account,
        region=run.region,
        namespace=run.namespace,
        pod=run.pod,
        requests=run.requests,
        partial=run.partial,
        snapshot=run.snapshot,
        warnings=run.warnings,
        counts=dict(sorted(counts.items())),
    )


def _verdict(verdict: Verdict) -> VerdictRecord:
    return VerdictRecord(
        state=verdict.state.value,
        cause=verdict.cause,
        confidence=verdict.confidence.value if verdict.confidence else None,
        sentence=plain(verdict.sentence),
        pods=tuple(_pod(pod) for pod in verdict.pods),
        next=plain(verdict.next),
        finding=verdict.finding,
    )


def _pod(pod: AffectedPod) -> PodRecord:
    return PodRecord(pod.name, pod.trouble, pod.node, pod.zone, _time(pod.since) if pod.since else None)


def _finding(finding: Finding) -> FindingRecord:
    return FindingRecord(
        rule=finding.rule,
        severity=finding.severity.value,
        stage=finding.stage,
        confidence=finding.confidence.value,
        verdict=finding.verdict,
        owner=finding.owner,
        group=finding.group,
        subjects=finding.subjects,
        pods=finding.pods,
        title=plain(finding.title),
        because=plain(finding.because),
        evidence=_texts(evidence.says for evidence in finding.evidence),
        confirm=tuple(_confirmation(confirm) for confirm in finding.confirm),
        fix=tuple(_remedy(remedy) for remedy in finding.fix),
        avoid=plain(finding.avoid),
        docs=finding.docs,
        until=_time(finding.until) if finding.until else None,
    )


def _confirmation(confirm: Confirmation) -> ConfirmationRecord:
    return ConfirmationRecord(
        _command(confirm.command), plain(confirm.expect), confirm.result, confirm.missing
    )


def _remedy(remedy: Remedy) -> RemedyRecord:
    return RemedyRecord(
        title=plain(remedy.title),
        lever=remedy.lever,
        command=_command(remedy.command),
        document=_document(remedy.document),
        takes_effect=remedy.takes_effect,
        reversible=remedy.reversible,
        risk=plain(remedy.risk),
        missing=remedy.missing,
    )


def _lever(lever: LeverAdvice) -> LeverRecord:
    return LeverRecord(
        id=lever.id,
        title=plain(lever.title),
        changes=plain(lever.changes),
        gains=_texts(lever.gains),
        command=_command(lever.command),
        document=_document(lever.document),
        takes_effect=lever.takes_effect,
        reversible=lever.reversible,
        risk=plain(lever.risk),
        helps=lever.helps,
        missing=lever.missing,
    )


def _could_not_tell(row: CouldNotTell) -> CouldNotTellRecord:
    return CouldNotTellRecord(row.rule, row.reason, row.grant, row.count, row.subjects)


def _refusal(refusal: FailedRequest) -> RefusalRecord:
    return RefusalRecord(refusal.action, refusal.reason, refusal.words, refusal.grant, refusal.count)


def _command(command: Command | None) -> CommandRecord | None:
    return CommandRecord(command.argv, command.line) if command else None


def _document(document: Document | None) -> DocumentRecord | None:
    return DocumentRecord(document.language, document.body) if document else None


def _texts(proses: Iterable[Prose]) -> tuple[str, ...]:
    return tuple(plain(prose) for prose in proses)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
