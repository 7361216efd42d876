"""What every answer of the account is made from, and how an answered operation is declared."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eksdoctor.snapshot.declaration import Action
from eksdoctor.snapshot.snapshot import Target
from tests.lab.records import Records

Parameters = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """The records, the cluster they are of, and where the lab's own Kubernetes API stands."""

    records: Records
    target: Target
    endpoint: str
    authority: str = ""  # base64 of the PEM, as kubeconfig has it


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is wanted: from where, and (for a replay) up to where."""

    offset: int = 0
    most: int | None = None


Answer = Callable[[Account, Parameters, Part], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation that the lab answers; `absent` is the code of its not-found."""

    action: Action
    answer: Answer
    absent: str = "ResourceNotFoundException"
