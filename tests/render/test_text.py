"""Text from anywhere is harmless once cleaned."""

import unicodedata

from hypothesis import given

from eksdoctor.render.sanitize import command_words, lines, one_line
from tests.render.hostile import TEXT

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(TEXT)
def test_one_line_holds_nothing_invisible(text):
    assert not [letter for letter in one_line(text) if unicodedata.category(letter) in INVISIBLE]


@given(TEXT)
def test_lines_hold_nothing_invisible_but_line_ends(text):
    shown = lines(text).replace("\n", "")
    assert not [letter for letter in shown if unicodedata.category(letter) in INVISIBLE]


@given(TEXT)
def test_cleaning_twice_changes_nothing(text):
    assert one_line(one_line(text)) == one_line(text)


def test_escape_sequences_go_with_their_arguments():
    assert one_line("a\x1b[31;1mred\x1b[0m \x1b]8;;https://evil\x1b\\b \x9b2Jc \x1b(Bd") == "ared b c d"


def test_bidi_and_zero_width_go():
    assert one_line("\u202eabc\u2066\u200b\u200d\ufeff\u00ad\U000e0041") == "abc"


def test_line_ends_become_spaces():
    assert one_line("a\r\nb\u2028c\x85d\te") == "a b c d e"


def test_plain_text_and_other_scripts_stay():
    text = "über 東京 „ok“ 100 %"
    assert one_line(text) == text


def test_a_command_never_names_another_object_than_it_does():
    assert command_words("kubectl get pod 'a\u200bb\x1bc'") == "kubectl get pod 'a\ufffdb\ufffdc'"


def test_half_a_surrogate_can_be_written():
    assert one_line("a\ud800b").encode() == "a\ufffdb".encode()


def test_indentation_of_documents_stays():
    assert lines("a:\n    b\x1b[2J\n\tc") == "a:\n    b\n    c"
