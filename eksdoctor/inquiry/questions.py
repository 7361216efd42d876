"""Questions of each round, from the snapshot so far."""

from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Snapshot


def questions(snapshot: Snapshot) -> list[Request]:
    """The requests whose answers the rules still need; empty when nothing is left to ask."""
    raise NotImplementedError
