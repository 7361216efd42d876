"""What is assumed about a paste, which sentences of a rule remain, and what a paste shows."""

from eksdoctor.engine.evaluation.finding import Span
from eksdoctor.triage.decode.known_prose import known_sentences, known_sentences_of_source
from eksdoctor.triage.decode.paste_contents import paste_contents
from tests.paste.pasted import decode, snapshot

DESCRIBED = "Labels: node.kubernetes.io/instance-type=m6g.medium\nCapacity:\n  cpu: 1\n  pods: 8\n"


def test_other_settings_are_assumed_to_be_defaults():
    found = decode("ENABLE_PREFIX_DELEGATION=true", DESCRIBED)
    assert (found.cause, str(found.confidence)) == ("max-pods-below-capacity", "likely")


def test_nothing_is_assumed_about_the_most_common_settings():
    assert decode("MINIMUM_IP_TARGET=10").state == "cannot-tell"
    assert decode("ENABLE_PREFIX_DELEGATION=true").state == "cannot-tell"
    assert decode("ENABLE_POD_ENI=true", DESCRIBED).state == "cannot-tell"


def test_addon_configuration_stands_for_the_daemon_set():
    env = 'env = {\n  MINIMUM_IP_TARGET = "14"\n  WARM_IP_TARGET = "0"\n}'
    values = f"configuration_values = jsonencode({{ {env} }})"
    assert decode(values).cause == "minimum-ip-freeze"


def test_a_suspicion_is_never_confirmed():
    found = decode("MINIMUM_IP_TARGET=14\nWARM_IP_TARGET=0\n")
    assert (found.cause, str(found.confidence)) == ("minimum-ip-freeze", "likely")


def test_sentences_with_a_gap_are_left_out():
    gap = Span("unknown (nobody said (really))")
    assert known_sentences((Span("One. Two has "), gap, Span(" free. Three."))) == "One. Three."
    assert known_sentences((Span("One asks ("), gap, Span("), so it waits."))) == "One asks, so it waits."
    assert known_sentences((gap,)) == ""


def test_sentences_of_a_rule_with_a_gap_are_left_out():
    assert known_sentences_of_source("One. Two has <subnet.free_ips | count> free. a < b.") == "One. a < b."


def test_what_a_paste_shows():
    shown = paste_contents(snapshot("WARM_IP_TARGET=5", DESCRIBED, "shop cart-1 0/1 ContainerCreating 0 5m"))
    assert shown == (
        "aws-node runs with WARM_IP_TARGET=5",
        "the node: m6g.medium, 8 pods",
        "waiting pods: cart-1",
    )


def test_a_paste_without_objects_shows_nothing():
    assert paste_contents(snapshot("add cmd: failed to assign an IP address to container")) == ()
