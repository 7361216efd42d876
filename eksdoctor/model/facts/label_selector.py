"""Label selectors as Kubernetes reads them."""

from collections.abc import Mapping
from typing import Any

from eksdoctor.snapshot.records.kubernetes import Selector


def selects(selector: Selector, labels: Mapping[str, str]) -> bool:
    """Whether every requirement holds; a selector without requirements selects everything.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
    """
    if any(labels.get(key) != value for key, value in selector.match_labels.items()):
        return False
    return all(_holds(expression, labels) for expression in selector.match_expressions)


def _holds(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression.get("key", ""), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False
