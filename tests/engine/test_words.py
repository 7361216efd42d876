"""Words with holes and commands with atomic words."""

import shlex

from hypothesis import given
from hypothesis import strategies as st

from eksdoctor.engine.evaluation.finding import Span, plain
from eksdoctor.engine.language.prose import compile_prose
from eksdoctor.engine.rulebook.commands import compile_command
from eksdoctor.model.facts.fact import Items, Unknown
from eksdoctor.snapshot.snapshot import Target


class Thing:
    name: str
    parts: Items[str]

    def __init__(self, name, parts=()):
        self.name, self.parts = name, Items(tuple(parts))


SCOPE = {"thing": Thing}


@given(st.text())
def test_a_value_is_one_word_of_a_command_whatever_it_holds(value):
    template = compile_command("aws ec2 describe-subnets --subnet-ids {{ thing.name }} 'a b'", SCOPE)
    command = template.render({"thing": Thing(value)}, Target(region="eu-west-1", profile="p q"))
    prefix = ("aws", "--profile", "p q", "--region", "eu-west-1")
    assert command.argv == (*prefix, "ec2", "describe-subnets", "--subnet-ids", value, "a b")
    assert tuple(shlex.split(command.line)) == command.argv


def test_kubectl_gets_its_context():
    command = compile_command("kubectl get nodes", {}).render({}, Target(context="c d", kubeconfig="/k"))
    assert command.line == "kubectl --kubeconfig /k --context 'c d' get nodes"


@given(st.text())
def test_author_and_value_are_told_apart(value):
    prose = compile_prose("Subnet {{ thing.name }} is  full", SCOPE).render({"thing": Thing(value)})
    assert prose == (Span("Subnet "), Span(value, is_value=True), Span(" is full"))


def test_unknown_reads_as_unknown_with_its_reason():
    prose = compile_prose("has {{ thing.name }} free", SCOPE).render(
        {"thing": Thing(Unknown.because("no grant"))}
    )
    assert plain(prose) == "has unknown (no grant) free"


def test_a_reason_is_said_once():
    prose = compile_prose("{{ thing.name }} of {{ thing.name }} are {{ thing.name }}", SCOPE)
    rendered = prose.render({"thing": Thing(Unknown.because("no grant"))})
    assert plain(rendered) == "unknown (no grant) of unknown are unknown"


def test_words_of_which_nothing_is_known_say_nothing():
    prose = compile_prose("{{ thing.name }} of {{ thing.parts | count }}", SCOPE)
    unknown = Thing(Unknown.because("no grant"))
    assert prose.has_known_value({"thing": unknown})
    assert not prose.is_known({"thing": unknown})
    assert not compile_prose("{{ thing.name }} free", SCOPE).has_known_value({"thing": unknown})
    assert compile_prose("free", SCOPE).has_known_value({"thing": unknown})


def test_lists_fold():
    prose = compile_prose("{{ thing.parts }} / {{ thing.parts | count }}", SCOPE)
    assert plain(prose.render({"thing": Thing("", "abcdefg")})) == "a, b, c, d, e and 2 more / 7"
