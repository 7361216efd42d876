"""The encoding of files by other programs: PowerShell's `>` writes UTF-16, others a byte order mark."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def utf8(content: bytes) -> bytes:
    """The text in UTF-8 without a byte order mark; invalid content is returned unchanged."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding).encode()
            except UnicodeDecodeError:
                return content
    return content
