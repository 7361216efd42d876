"""A kubeconfig's exec credential plugin, run here so that its failure is reported.

The kubernetes package only logs a failed plugin and continues anonymously; the user would get a 403 and
look for an RBAC error. Here it also has a time limit and no access to the terminal.
"""

import atexit
import base64
import json
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eksdoctor.collect.deadline import Deadline
from eksdoctor.collect.refusal import refused
from eksdoctor.collect.target.eks_names import names_in
from eksdoctor.collect.target.kubeconfig import Entry
from eksdoctor.collect.target.login_advice import credentials_advice

# Share of the time left for the plugin, so that its own refusal comes before the deadline.
TIME_SHARE = 0.85
_V1 = "client.authentication.k8s.io/v1"
_CLUSTER_KEYS = (
    "server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url",
)  # fmt: skip


def credential(entry: Entry, profile: str, deadline: Deadline) -> dict[str, str]:
    """The credential from the entry's plugin, as kubeconfig user fields: a token or a client certificate.

    `profile` is the user's AWS profile; the plugin gets it unless its entry names another one.
    Raises Refused when the plugin is missing, fails, times out or returns no credential.
    """
    plugin = entry.user["exec"]
    command = plugin.get("command") if isinstance(plugin, dict) else None
    if not isinstance(command, str) or not command:
        raise refused(
            "unauthenticated", f"the exec entry of kubeconfig user {entry.user_name} has no command"
        )
    environment = _environment(entry, plugin, profile)
    arguments = [_located(command, entry, environment), *_arguments(plugin)]
    login_profile = names_in(entry).profile or environment.get("AWS_PROFILE", "")
    return _fields(_run(arguments, environment, entry.folder, deadline, login_profile), command)


def _run(
    arguments: list[str], environment: dict[str, str], folder: str, deadline: Deadline, profile: str
) -> bytes:
    name = Path(arguments[0]).name
    try:
        process = subprocess.Popen(  # noqa: S603  the user's own kubeconfig names it, as for kubectl
            arguments,
            stdin=subprocess.DEVNULL,  # a prompt would mix with the report on the terminal
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder or None,
            env=environment,
            start_new_session=True,  # so that its children end with it
        )
    except (OSError, ValueError) as error:
        raise refused("unauthenticated", f"credential plugin {name} cannot be run: {error}") from error
    out, err = _output(process, arguments, deadline.left * TIME_SHARE)
    if process.returncode != 0:
        message = err.decode(errors="replace").strip()
        raise refused(
            "unauthenticated",
            f"credential plugin {name} failed, exit code {process.returncode}: {message or '(no message)'}",
            credentials_advice(profile, message),
        )
    return out


def _output(process: "subprocess.Popen[bytes]", arguments: list[str], limit: float) -> tuple[bytes, bytes]:
    """The plugin's output; the plugin is killed at its time limit and at the end of this program."""
    atexit.register(_end, process)
    try:
        with process:
            try:
                return process.communicate(timeout=limit)
            finally:
                _end(process)
    except subprocess.TimeoutExpired as error:
        raise refused(
            "unauthenticated",
            f"credential plugin {Path(arguments[0]).name} returned no credential within {limit:.0f} s",
            f"check what it waits for: {shlex.join(arguments)}",
        ) from error
    finally:
        atexit.unregister(_end)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill the plugin and its child processes, if it still runs."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _located(command: str, entry: Entry, environment: Mapping[str, str]) -> str:
    """The plugin's path; a name with a slash is relative to the kubeconfig, others are searched on PATH."""
    named = str(Path(entry.folder) / command) if os.sep in command else command
    found = shutil.which(named, path=environment.get("PATH"))
    if found is None:
        hint = entry.user["exec"].get("installHint")
        raise refused(
            "unauthenticated",
            f"credential plugin {command} (kubeconfig user {entry.user_name}) is not on PATH",
            hint if isinstance(hint, str) else f"install {command}, or fix the kubeconfig's exec entry",
        )
    return found


def _arguments(plugin: Mapping[str, Any]) -> list[str]:
    arguments = plugin.get("args")
    return [str(argument) for argument in arguments] if isinstance(arguments, list) else []


def _environment(entry: Entry, plugin: Mapping[str, Any], profile: str) -> dict[str, str]:
    environment = dict(os.environ)
    if profile:
        environment["AWS_PROFILE"] = profile
    variables = plugin.get("env")
    for variable in variables if isinstance(variables, list) else []:
        if isinstance(variable, dict) and isinstance(variable.get("name"), str):
            environment[variable["name"]] = str(variable.get("value", ""))
    spec: dict[str, Any] = {"interactive": False}
    if plugin.get("provideClusterInfo"):
        spec["cluster"] = {key: entry.cluster[key] for key in _CLUSTER_KEYS if key in entry.cluster}
    information = {"apiVersion": plugin.get("apiVersion") or _V1, "kind": "ExecCredential", "spec": spec}
    environment["KUBERNETES_EXEC_INFO"] = json.dumps(information)
    return environment


def _fields(output: bytes, command: str) -> dict[str, str]:
    try:
        document = json.loads(output)
        status = document["status"] if isinstance(document, dict) else None
    except (ValueError, KeyError):
        status = None
    if isinstance(status, dict):
        token, certificate, key = (
            status.get(name) for name in ("token", "clientCertificateData", "clientKeyData")
        )
        if isinstance(token, str) and token:
            return {"token": token}
        if isinstance(certificate, str) and isinstance(key, str) and certificate and key:
            return {"client-certificate-data": _encoded(certificate), "client-key-data": _encoded(key)}
    raise refused(
        "unauthenticated",
        f"credential plugin {command} returned no ExecCredential with a token or certificate",
    )


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
