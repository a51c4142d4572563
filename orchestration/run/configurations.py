"""The configuration of every run, kept in the home by its digest, so that a past report can be rebuilt with the mappings of that day.

    funnelcast run --as-of 2026-06-30 --known-at 2026-07-03 --config HOME/configurations/<config digest>

The digest stands in the manifest of each published version (and `funnelcast publish list` prints the folder). What is kept are the files that are read,
alone: they name environment variables, never secrets.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from base.config import Config, files_of
from base.home import Home
from base.personal_data import Place

PLACES = (
    Place(
        "kept configurations",
        "rulings on who is one person, and the person's answers to declines; a folder keeps the digest that runs name",
        holds=("keys", "texts", "employees"),
        erasure="rewrite",
        format="YAML, CSV",
        files=("configurations/**",),
    ),
    Place(
        "configuration",
        "rulings on who is one person, and answers to declines: the company wrote them",
        holds=("keys", "texts", "employees"),
        erasure="tell",
        format="YAML, CSV",
        elsewhere="the configuration folder",
    ),
)


def folder_of(home: Home, digest: str) -> Path:
    """Where the configuration of that digest is kept, if it is."""
    return home.root / "configurations" / digest[:16]


def keep(home: Home, config: Config) -> Path:
    """Keep a copy of the configuration's files, once per digest. A copy that was cut short is not taken for one."""
    kept = folder_of(home, config.digest)
    if kept.exists():
        return kept
    unfinished = kept.with_name(f".tmp-{kept.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    for path in files_of(config.folder):
        copy = unfinished / path.relative_to(config.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    unfinished.rename(kept)
    return kept


def newest_kept(home: Home) -> Path | None:
    """The configuration that was kept last, if any is."""
    kept = [folder for folder in (home.root / "configurations").glob("*") if not folder.name.startswith(".tmp-")]
    return max(kept, key=lambda folder: folder.stat().st_mtime, default=None)
