"""CSV files for people, who open them in a spreadsheet: what would run there as a formula is written as text.

Whoever fills in a form can name a candidate, a job or a source; a cell that begins with `=` is computed by the spreadsheet that opens the file.
"""

from __future__ import annotations

import csv
import os
import re
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from base.errors import FunnelcastError

#: What makes a spreadsheet compute a cell, also in the wide forms that East Asian editions read; a tab or line break hides it from the eye.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: All but tab and line breaks.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def cell(value: object) -> object:
    """The value as a cell that is never computed: such a text gets an apostrophe in front; a number stays one.

    Control characters, which a terminal obeys when the file is shown there, become U+FFFD.
    """
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("\ufffd", value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV that its owner alone may read. Raises FunnelcastError where the file cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.fchmod(descriptor, 0o600)  # it may have been there with other rights
            writer = csv.writer(file, lineterminator="\n")
            for row in (header, *rows):
                writer.writerow([cell(value) for value in row])
    except OSError as error:
        raise FunnelcastError(
            f"{path} cannot be written ({error.strerror})", remedy="Name a file in a folder that you may write to."
        ) from error
