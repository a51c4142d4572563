"""Where copies of people's data lie. Each module that writes files or tables declares its places beside its code, in `PLACES`.

The register of all of them is orchestration/personal_data.py; erasure and subject access walk it, and a test refuses a
file or a text column that no place covers. A place without personal data is declared too, with `holds` empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

#: What a place may hold of a person, and what it means in words (docs/privacy.md).
HOLDINGS: dict[str, str] = {
    "payloads": "records as the vendor sent them: anything below, and what people wrote",
    "names": "candidates' names",
    "contacts": "candidates' email addresses, phone numbers and links",
    "answers": "what candidates answered about themselves (gender, ethnicity, disability, veteran status)",
    "texts": "what was written about candidates, or by them",
    "keys": "candidates' ids and keys, without a name",
    "employees": "names, addresses and ids of employees and of recipients of reports",
}

#: How erasing one candidate treats a place.
ERASURES: dict[str, str] = {
    "rewrite": "the person's part is cut out, the rest stays",
    "rebuild": "built again from what has been erased before",
    "delete": "files that hold the person are deleted",
    "keep": "left as it is, for the reason given",
    "tell": "out of the product's reach: the erasure reports it to whoever asked for it",
}

Holding = Literal["payloads", "names", "contacts", "answers", "texts", "keys", "employees"]
Erasure = Literal["rewrite", "rebuild", "delete", "keep", "tell"]


@dataclass(frozen=True)
class Place:
    """One kind of place. Exactly one of: `files`, patterns below the home (`*` within a name, `**` over folders); `columns` of the operations
    database, `table.column`; `elsewhere`, in words, where it is not the product that chooses.
    """

    name: str
    reason: str
    holds: tuple[Holding, ...] = ()
    erasure: Erasure = "keep"
    format: str = ""
    files: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    elsewhere: str = ""

    def __post_init__(self) -> None:
        if sum(map(bool, (self.files, self.columns, self.elsewhere))) != 1:
            raise ValueError(f"place '{self.name}' needs exactly one of files, columns and elsewhere")
        if not set(self.holds) <= set(HOLDINGS) or self.erasure not in ERASURES:
            raise ValueError(f"place '{self.name}' holds or erases what base/personal_data.py does not list")

    def covers(self, file: PurePosixPath) -> bool:
        """Whether the file, given relative to the home, lies in this place."""
        return any(_pattern(pattern).fullmatch(str(file)) for pattern in self.files)


def columns_of(table: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{table}.{name}" for name in names)


def _pattern(glob: str) -> re.Pattern[str]:
    parts = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(parts.get(part) or re.escape(part) for part in re.split(r"(\*\*|\*)", glob)))
