"""A configuration folder with one file changed, through the command line in this process."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from orchestration.cli import run_cli

SOURCES = "sources:\n  - name: acme\n    kind: canonical_files\n    path: exports/acme\n"
MAIL = "delivery:\n  enabled: true\n  smtp: {host: mail.example.com, from_address: reports@example.com}\n"
REPORT = "reports:\n  - id: weekly\n    edition: weekly_funnel\n    cron: '0 8 * * 1'\n"
#: With a line of its own, for `format`: a source with a credential, a report, a subscriber of it.
GEM = "sources:\n  - name: crm\n    kind: gem\n    credentials: {{api_key: GEM_KEY}}\n    {}\n"
OWN = REPORT + "    {}\n"
TO = REPORT + "    subscribers:\n      - {{id: a, {}}}\n"


class Output(NamedTuple):
    """What a command printed in this process, and its exit code."""

    code: int
    out: str
    err: str


def write_folder(folder: Path, **files: str | bytes) -> Path:
    """A configuration: each file by its name with `_` for the dot and `__` for the slash (mappings__stages_csv), sources.yml if none is given."""
    for name, content in {"sources_yml": SOURCES, **files}.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def funnelcast(*arguments: str) -> Output:
    """`funnelcast ARGUMENTS` without a process of its own."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = run_cli(list(arguments))
    sys.stdout.flush()
    texts = []
    for stream in (out, err):
        stream.seek(0)
        texts.append(stream.read())
    return Output(code, *texts)
