"""kubeconfig files: where they are, how several are merged, and the entry of one context."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from eksdoctor.collect.refusal import clean
from eksdoctor.errors import UnreachableError

DEFAULT = "~/.kube/config"
SECTIONS = ("contexts", "clusters", "users")
MAX_CONTEXTS_LISTED = 20
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Paths inside a kubeconfig are relative to its own folder, not to the working directory.
_PATHS = {"clusters": ("certificate-authority",), "users": ("client-certificate", "client-key", "tokenFile")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One context with its cluster and user; `folder` is the folder of the file that defines the user."""

    context: str
    namespace: str
    cluster_name: str
    cluster: dict[str, Any]
    user_name: str
    user: dict[str, Any]
    folder: str = ""


@dataclass(slots=True)
class Merged:
    """Several kubeconfig files merged: for each name the first file that defines it counts."""

    files: list[str] = field(default_factory=list)
    current: str = ""
    contexts: dict[str, dict[str, Any]] = field(default_factory=dict)
    clusters: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)


def read_entry(kubeconfig: str, context: str, environment: Mapping[str, str] | None = None) -> Entry:
    """The named or current context of the user's kubeconfig.

    Raises UnreachableError when the file or context is missing or invalid.
    """
    merged = _merge(_files(kubeconfig, os.environ if environment is None else environment))
    name = context or merged.current
    if name not in merged.contexts:
        raise _no_context(name, merged)
    inner = merged.contexts[name]
    cluster_name, user_name = _text(inner, "cluster"), _text(inner, "user")
    cluster = merged.clusters.get(cluster_name, {})
    server = _text(cluster, "server")
    if not _is_server(server):
        fault = f"has an invalid server {clean(server)!r}" if server else "has no server"
        raise UnreachableError(
            f"kubeconfig context {clean(name)}: its cluster {clean(cluster_name) or '(none)'} {fault}",
            "Write the entry again: aws eks update-kubeconfig --name CLUSTER --region REGION",
        )
    return Entry(
        name,
        _text(inner, "namespace"),
        cluster_name,
        cluster,
        user_name,
        merged.users.get(user_name, {}),
        merged.folders.get(user_name, ""),
    )


def _files(kubeconfig: str, environment: Mapping[str, str]) -> list[Path]:
    if kubeconfig:
        return _present([Path(kubeconfig).expanduser()], kubeconfig)
    listed = [part for part in environment.get("KUBECONFIG", "").split(os.pathsep) if part]
    if listed:  # as in kubectl, some of the listed files may be missing
        return _present([Path(part) for part in listed], os.pathsep.join(listed))
    return _present([Path(DEFAULT).expanduser()], DEFAULT)


def _present(paths: list[Path], named: str) -> list[Path]:
    found = [path for path in paths if path.exists()]
    if not found:
        raise UnreachableError(
            f"no kubeconfig at {clean(named)}",
            "Write one: `aws eks update-kubeconfig --name CLUSTER --region REGION`, or set --kubeconfig.",
        )
    return found


def _merge(paths: list[Path]) -> Merged:
    merged = Merged()
    for path in paths:
        document = _read(path)
        merged.files.append(str(path))
        current = document.get("current-context")
        merged.current = merged.current or (current if isinstance(current, str) else "")
        for section in SECTIONS:
            _take(merged, section, document.get(section), path)
    return merged


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506  a safe loader, in C where available
    except OSError as error:
        raise UnreachableError(
            f"cannot read the kubeconfig {path}: {error.strerror or error}", "Use a file that you may read."
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreachableError(
            f"the kubeconfig {path} is not valid YAML: {clean(str(error))}",
            "Correct the file, or set --kubeconfig.",
        ) from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise UnreachableError(f"{path} is not a kubeconfig: it is not a mapping", "Set --kubeconfig FILE.")
    return document


def _take(merged: Merged, section: str, entries: Any, path: Path) -> None:
    known: dict[str, dict[str, Any]] = getattr(merged, section)
    for entry in entries if isinstance(entries, list) else []:
        name = entry.get("name") if isinstance(entry, dict) else None
        inner = entry.get(section.removesuffix("s")) if isinstance(entry, dict) else None
        if not isinstance(name, str) or name in known:
            continue
        known[name] = _anchored(section, inner if isinstance(inner, dict) else {}, path)
        if section == "users":
            merged.folders[name] = str(path.resolve().parent)


def _anchored(section: str, inner: dict[str, Any], path: Path) -> dict[str, Any]:
    anchored = dict(inner)
    for key in _PATHS.get(section, ()):
        if isinstance(anchored.get(key), str) and anchored[key]:
            anchored[key] = str(path.resolve().parent / Path(anchored[key]))
    return anchored


def _no_context(name: str, merged: Merged) -> UnreachableError:
    known = sorted(merged.contexts)
    files = ", ".join(merged.files)
    if not known:
        return UnreachableError(
            f"no context in the kubeconfig {files}",
            "Write one with `aws eks update-kubeconfig --name CLUSTER --region REGION`.",
        )
    listed = ", ".join(clean(known_name) for known_name in known[:MAX_CONTEXTS_LISTED])
    more = f" and {len(known) - MAX_CONTEXTS_LISTED} more" if len(known) > MAX_CONTEXTS_LISTED else ""
    if not name:
        return UnreachableError(
            f"the kubeconfig {files} has no current context", f"Set --context to one of: {listed}{more}."
        )
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"Did you mean {clean(near[0])}? " if near else ""
    return UnreachableError(
        f"no context {clean(name)} in the kubeconfig {files}", f"{meant}Contexts: {listed}{more}."
    )


def _is_server(server: str) -> bool:
    """Whether it has a host; as in kubectl, the scheme is optional."""
    try:
        parts = urlsplit(server if "://" in server else f"//{server}")
        return bool(parts.hostname) and parts.port != 0 and server.isprintable() and " " not in server
    except ValueError:  # an invalid IPv6 address or port
        return False


def _text(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return value if isinstance(value, str) else ""
