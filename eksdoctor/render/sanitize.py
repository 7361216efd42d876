"""Make text from outside safe to show: no control characters, escape sequences or invisible characters."""

import re
import unicodedata

# CSI, OSC and the other string sequences, then any two-character escape; 0x9b is CSI in one character.
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f]).*?(?:\x07|\x1b\\|\x9c|$)"
    r"|\x1b[ -/]*[0-~]",
    re.DOTALL,
)
_BREAK = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
_NOT_SHOWN = frozenset({"Cc", "Cf", "Co", "Cn"})  # controls; bidi, zero-width, tags; private; unassigned
# Letters and marks that are invisible: grapheme joiner, Hangul and Khmer fillers, blank Braille, selectors.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
REPLACEMENT = "\ufffd"


def one_line(text: str) -> str:
    """The text on one line, without controls, terminal escapes, bidi overrides and zero-width characters."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text
    return _BREAK.sub(" ", _shown(_BREAK.sub(" ", _ESCAPE.sub("", text)), ""))


def lines(text: str) -> str:
    """The same for a text of several lines; line ends and indentation are kept."""
    kept = _ESCAPE.sub("", text).replace("\r\n", "\n").expandtabs(4)
    return "\n".join(_shown(line, "") for line in kept.split("\n"))


def command_words(line: str) -> str:
    """A shell line to show: a character that can't be shown is replaced by U+FFFD, not removed.

    Removing a character could turn an object's name into the name of another object.
    """
    if line.isascii() and line.isprintable():
        return line
    return _shown(line.replace("\n", " "), REPLACEMENT)


def _shown(text: str, instead: str) -> str:
    return "".join(_character(character, instead) for character in text)


def _character(character: str, instead: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":  # half a surrogate pair: no file can contain it
        return REPLACEMENT
    if category in _NOT_SHOWN or character in _BLANK:
        return instead
    return " " if category in {"Zs", "Zl", "Zp"} else character
