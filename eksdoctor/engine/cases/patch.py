"""A case's cluster: the healthy one with a small patch, of which everything was asked.

A patch names records by file and identity; a mapping is merged into the record, null removes it or
one of its fields, a new identity adds a record. Shorthands say what most cases need: `env` sets
variables of aws-node, `starve` makes a pod wait for an address, `refuse` takes permissions away, `say`
puts messages into a node's ipamd.log, `listen` makes that log reach back over the whole window.
"""

import json
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from eksdoctor.errors import UsageError
from eksdoctor.snapshot.actions import ACTIONS, KINDS
from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.request import Refusal, Request
from eksdoctor.snapshot.snapshot import Outcome, Snapshot, Target, decode

AT = datetime(2026, 1, 2, 2, 14, tzinfo=UTC)
IPAMD_LOG = "/var/log/aws-routed-eni/ipamd.log"
BOUND = "2026-01-02T01:54:00Z"
LAST = "2026-01-02T02:13:30Z"
NO_ADDRESS = (
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "
    '"0f": plugin type="aws-cni" name="aws-cni" failed (add): '
    "add cmd: failed to assign an IP address to container"
)
Records = dict[str, dict[str, Any]]


class Asked(dict[Request, Outcome]):
    """Outcomes of a cluster of which everything was asked, and answered but for what is refused."""

    def __init__(self, refused: list[str]) -> None:
        super().__init__()
        self.refused = refused

    def get(self, key: Request, default: Any = None) -> Any:  # noqa: ARG002 (dict's signature)
        """The outcome of any request."""
        if key.action.name in self.refused:
            return Outcome(Refusal("forbidden", "forbidden in this case", key.action.permission))
        return Outcome()


class Patch(msgspec.Struct, forbid_unknown_fields=True):
    """What a case changes."""

    patch: dict[str, dict[str, Any]] = {}
    env: dict[str, str | None] = {}
    starve: dict[str, str] = {}
    say: dict[str, list[str]] = {}
    listen: list[str] = []
    refuse: list[str] = []


@cache
def _healthy() -> Records:
    text = (Path(__file__).parent / "healthy.yaml").read_text(encoding="utf-8")
    records: Records = yaml.safe_load(text)
    return records


def patched(patch: Patch) -> Snapshot:
    """The snapshot of a case; raises UsageError for a file or action that does not exist."""
    records = deepcopy(_healthy())
    for name, node in patch.starve.items():
        _starve(records, name, node)
    for node in dict.fromkeys((*patch.say, *patch.listen)):
        _speak(records, node, patch.say.get(node, []), whole=node in patch.listen)
    for file, changes in patch.patch.items():
        if file not in {kind.file for kind in KINDS}:
            raise UsageError(f"a case patches {file}, which is not a kind of record")
        held = records.setdefault(file, {})
        for identity, change in changes.items():
            if change is None:
                held.pop(identity, None)
            else:
                held[identity] = merged(held.get(identity, {}), change)
    _set_environment(records, patch.env)
    for action in patch.refuse:
        if action not in ACTIONS:
            raise UsageError(f"a case refuses {action}, which is not an action")
    found = {kind.file: _documents(kind, records.get(kind.file, {}), patch.refuse) for kind in KINDS}
    target = Target(context="example", cluster="example", region="eu-west-1")
    return Snapshot(at=AT, target=target, purpose="audit", records=found, outcomes=Asked(patch.refuse))


def merged(old: Any, new: Any) -> Any:
    """`new` merged into `old`, mappings key by key; null removes a key."""
    if not isinstance(new, dict) or not isinstance(old, dict):
        return new
    result = dict(old)
    for key, value in new.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key, {}), value)
    return result


def _documents(kind: Kind[Any], held: dict[str, Any], refused: list[str]) -> tuple[Any, ...]:
    """The records of a kind; a kind all of whose actions are refused is not seen at all."""
    actions = [action.name for action in ACTIONS.values() if action.kind is kind]
    if actions and all(name in refused for name in actions):
        return ()
    found = []
    for identity, document in held.items():
        whole = _named(document, identity) if kind.file.startswith("kubernetes/") else document
        try:
            record = decode(kind, whole)
        except msgspec.ValidationError as error:
            raise UsageError(f"a case's {kind.file} {identity} is not a valid record: {error}") from error
        found.append(whole if kind.whole else record)
    return tuple(found)


def _named(document: Any, identity: str) -> Any:
    namespace, _, name = identity.partition("/")
    if not isinstance(document, dict) or "cells" in document:
        return document
    return {**document, "metadata": {"namespace": namespace, "name": name, **document.get("metadata", {})}}


def _starve(records: Records, name: str, node: str) -> None:
    """A pod bound twenty minutes ago that has no address, and the event that says so."""
    namespace, _, short = name.partition("/")
    bound = {"type": "PodScheduled", "status": "True", "lastTransitionTime": BOUND}
    records["kubernetes/pods"][name] = {
        "spec": {"nodeName": node, "containers": [{"name": "main"}]},
        "status": {"phase": "Pending", "conditions": [bound]},
    }
    records["kubernetes/events"][f"{name}.sandbox"] = {
        "involvedObject": {"kind": "Pod", "namespace": namespace, "name": short},
        "reason": "FailedCreatePodSandBox",
        "type": "Warning",
        "message": NO_ADDRESS,
        "count": 40,
        "lastTimestamp": LAST,
        "source": {"component": "kubelet", "host": node},
    }


def _speak(records: Records, node: str, messages: list[str], *, whole: bool) -> None:
    """A log of a node's daemon: the messages ten seconds apart, the last shortly before the capture.

    A message may begin with its level in brackets; without one it is an error.
    """
    said = [
        (f"2026-01-02T02:{12 - (len(messages) - i) // 6:02d}:{i % 6}0.000Z", m)
        for i, m in enumerate(messages)
    ]
    if whole:
        said = [("2026-01-02T01:10:00.000Z", "[debug] IP pool is not too low"), *said]
    lines = [_line(at, message) for at, message in said]
    text = "\n".join((*lines, ""))
    records.setdefault("nodes/words", {})[node] = {
        "kind": "ipamd",
        "node": node,
        "name": IPAMD_LOG,
        "text": text,
    }


def _line(at: str, message: str) -> str:
    level, bracket, rest = message.removeprefix("[").partition("] ")
    known = bool(bracket) and message.startswith("[")
    said = {"level": level if known else "error", "ts": at, "caller": "ipamd/ipamd.go:1"}
    return json.dumps({**said, "msg": rest if known else message}, separators=(",", ":"))


def _set_environment(records: Records, changes: dict[str, str | None]) -> None:
    if not changes:
        return
    daemon_set = records["kubernetes/daemonsets"]["kube-system/aws-node"]
    container = daemon_set["spec"]["template"]["spec"]["containers"][0]
    kept = [variable for variable in container["env"] if variable["name"] not in changes]
    container["env"] = kept + [{"name": n, "value": v} for n, v in changes.items() if v is not None]
