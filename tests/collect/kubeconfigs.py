"""kubeconfig files for tests."""

import yaml


def kubeconfig(path, server="https://127.0.0.1:1", user=None, context="it", cluster_name="it", **cluster):
    """Write a kubeconfig of one context; returns its path as text."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "contexts": [{"name": context, "context": {"cluster": cluster_name, "user": "someone"}}],
        "clusters": [{"name": cluster_name, "cluster": {"server": server, **cluster}}],
        "users": [{"name": "someone", "user": {"token": "secret-token"} if user is None else user}],
    }
    path.write_text(yaml.safe_dump(document))
    return str(path)


def exec_user(command, *arguments, **variables):
    """A user whose credential comes from a plugin."""
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": command,
            "args": list(arguments),
            "env": [{"name": name, "value": value} for name, value in variables.items()] or None,
        }
    }
