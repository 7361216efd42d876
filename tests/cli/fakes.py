"""Clusters that answer as a test wants."""

from eksdoctor.snapshot.request import Answer, Refusal
from eksdoctor.snapshot.snapshot import Target


class Cluster:
    """Answers from a snapshot; what that one never asked is absent."""

    target = Target()

    def __init__(self, snapshot=None, refusal=""):
        self.snapshot, self.refusal, self.asked = snapshot, refusal, []

    def answer(self, request, deadline):
        self.asked.append(request)
        if self.refusal:
            return Answer(request, refusal=Refusal(self.refusal, "said so", "a grant"))
        return Answer(request, absent=True)


def connected(monkeypatch, cluster, **target):
    """Let the command line find this cluster."""
    named = Target(**{"context": "fake", "cluster": "fake", "region": "eu-west-1", **target})
    seen = []
    cluster.target = named
    monkeypatch.setattr("eksdoctor.collect.dispatch.connect", lambda options: seen.append(options) or cluster)
    return seen
