"""Whether a file is text in UTF-8, and the words about one that is not."""

from __future__ import annotations

import codecs
from typing import IO

from base.errors import SourceError

_BLOCK = 64 * 1024
#: How a file begins that is named like text and is none -> what it is, and what to do.
_SIGNATURES: dict[bytes, tuple[str, str]] = {
    b"PK\x03\x04": ("a workbook of Excel, or a zip archive", "Save the sheet as CSV in UTF-8 (or unpack the archive) and run again."),
    b"\xd0\xcf\x11\xe0": ("a workbook of an old Excel", "Save the sheet as CSV in UTF-8 and run again."),
    b"\x1f\x8b": ("packed by gzip", "Unpack it and run again."),
    b"%PDF": ("a PDF", "Export the table as CSV in UTF-8 and run again."),
}
#: UTF-16 has more zero bytes than this share of a file; one that strayed into text has fewer.
_ZEROS_OF_UTF_16 = 0.1


def check_text(handle: IO[bytes], name: str) -> None:
    """Raises SourceError on UTF-16 and on binary files: line by line they would be nothing but rows that cannot be read."""
    beginning = handle.read(4096)
    handle.seek(0)
    for signature, (what, remedy) in _SIGNATURES.items():
        if beginning.startswith(signature):
            raise SourceError(f"{name} is not text: it is {what}", remedy=remedy)
    zeros = beginning.count(b"\0")
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")) or zeros > _ZEROS_OF_UTF_16 * len(beginning):
        raise SourceError(f"{name} is not UTF-8 text (it is UTF-16, or no text at all)", remedy="Save it in UTF-8 and run again.")
    if zeros:
        line = beginning[: beginning.index(b"\0")].count(b"\n") + 1
        raise SourceError(f"{name} holds a zero byte (line {line})", remedy="Remove it, or write the complete file again; then run again.")


def line_not_utf8(handle: IO[bytes]) -> int:
    """The line of the first byte that is not UTF-8, counting from 1."""
    handle.seek(0)
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    while block := handle.read(_BLOCK):
        try:
            line += decoder.decode(block).count("\n")
        except UnicodeDecodeError as error:
            return line + bytes(error.object[: error.start]).count(b"\n")
    return line
