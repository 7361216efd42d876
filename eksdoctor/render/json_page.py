"""The report as JSON in a shape of its own, so that the program may change inside without breaking readers.

`reports/report.schema.json` publishes the shape; a change that is not an addition raises FORMAT. The text is
pure ASCII: whatever cluster or log said is escaped, also for a terminal.
"""

import json
from datetime import UTC, datetime
from typing import Any

from eksdoctor.engine.evaluation.finding import (
    Command,
    Confirmation,
    CouldNotTell,
    Document,
    Finding,
    Remedy,
    plain,
)
from eksdoctor.triage.report import AffectedPod, FailedRequest, LeverAdvice, Report, Run, Verdict

FORMAT = 1


def json_page(report: Report) -> str:
    """The report as one JSON document; the same report gives the same bytes."""
    document = {
        "format": FORMAT,
        "run": _run(report.run, report.counts),
        "summary": plain(report.summary),
        "verdicts": [_verdict(verdict) for verdict in report.verdicts],
        "findings": [_finding(finding) for finding in report.findings],
        "levers": [_lever(lever) for lever in report.levers],
        "could_not_tell": [_could_not_tell(row) for row in report.could_not_tell],
        "asks": list(report.asks),
        "refusals": [_refusal(refusal) for refusal in report.refusals],
        "passed": [
            {"rule": one.rule, "outcome": one.outcome, "subjects": one.subjects} for one in report.passed
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _run(run: Run, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "tool": run.tool,
        "purpose": run.purpose,
        "at": _time(run.at),
        "window_seconds": run.window_seconds,
        "context": run.context,
        "cluster": run.cluster,
        "account": run.account,
        "region": run.region,
        "namespace": run.namespace,
        "pod": run.pod,
        "requests": run.requests,
        "partial": run.partial,
        "snapshot": run.snapshot,
        "warnings": list(run.warnings),
        "counts": dict(sorted(counts.items())),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "state": verdict.state.value,
        "cause": verdict.cause,
        "confidence": verdict.confidence.value if verdict.confidence else None,
        "sentence": plain(verdict.sentence),
        "pods": [_pod(pod) for pod in verdict.pods],
        "next": plain(verdict.next),
        "finding": verdict.finding,
    }


def _pod(pod: AffectedPod) -> dict[str, Any]:
    return {
        "name": pod.name,
        "trouble": pod.trouble,
        "node": pod.node,
        "zone": pod.zone,
        "since": _time(pod.since) if pod.since else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "stage": finding.stage,
        "confidence": finding.confidence.value,
        "verdict": finding.verdict,
        "owner": finding.owner,
        "group": finding.group,
        "subjects": list(finding.subjects),
        "pods": list(finding.pods),
        "title": plain(finding.title),
        "because": plain(finding.because),
        "evidence": [plain(evidence.says) for evidence in finding.evidence],
        "confirm": [_confirmation(confirm) for confirm in finding.confirm],
        "fix": [_remedy(remedy) for remedy in finding.fix],
        "avoid": plain(finding.avoid),
        "docs": list(finding.docs),
        "until": _time(finding.until) if finding.until else None,
    }


def _confirmation(confirm: Confirmation) -> dict[str, Any]:
    return {
        "command": _command(confirm.command),
        "expect": plain(confirm.expect),
        "result": confirm.result,
        "missing": confirm.missing,
    }


def _remedy(remedy: Remedy) -> dict[str, Any]:
    return {
        "title": plain(remedy.title),
        "lever": remedy.lever,
        "command": _command(remedy.command),
        "document": _document(remedy.document),
        "takes_effect": remedy.takes_effect,
        "reversible": remedy.reversible,
        "risk": plain(remedy.risk),
        "missing": remedy.missing,
    }


def _lever(lever: LeverAdvice) -> dict[str, Any]:
    return {
        "id": lever.id,
        "title": plain(lever.title),
        "changes": plain(lever.changes),
        "gains": [plain(gain) for gain in lever.gains],
        "command": _command(lever.command),
        "document": _document(lever.document),
        "takes_effect": lever.takes_effect,
        "reversible": lever.reversible,
        "risk": plain(lever.risk),
        "helps": list(lever.helps),
        "missing": lever.missing,
    }


def _could_not_tell(row: CouldNotTell) -> dict[str, Any]:
    return {
        "rule": row.rule,
        "reason": row.reason,
        "grant": row.grant,
        "count": row.count,
        "subjects": list(row.subjects),
    }


def _refusal(refusal: FailedRequest) -> dict[str, Any]:
    return {
        "action": refusal.action,
        "reason": refusal.reason,
        "words": refusal.words,
        "grant": refusal.grant,
        "count": refusal.count,
    }


def _command(command: Command | None) -> dict[str, Any] | None:
    return {"argv": list(command.argv), "line": command.line} if command else None


def _document(document: Document | None) -> dict[str, Any] | None:
    return {"language": document.language, "body": document.body} if document else None


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
