"""The home: every path the product writes. One folder per company; nothing is written outside it.

lake/<source>/source.json                            the instance's kind (the lake describes itself)
lake/<source>/<stream>/load_date=*/<load_id>-<part>.parquet
warehouse.duckdb                                     the build file: one writer, private
spool/<source>/                                      webhook deliveries as they came: the receiver appends, a run loads them
quality/                                             the gate's results, to open in a browser
published/versions/<id>/ , published/current         what BI and reports read
restricted/                                          names, answers about oneself, counts of groups: the owner's alone
reports/                                             rendered editions
configurations/<digest>/                             the configuration of every run, to rebuild a past report with
ops.sqlite                                           the operations database (unless FUNNELCAST_OPS_URL names another)
dagster/                                             Dagster's own storage
run.lock                                             held by the one run that writes
damaged/                                             files that were found damaged, set aside until they are replaced
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from base.errors import ConfigError
from base.personal_data import Place

HOME_VARIABLE = "FUNNELCAST_HOME"
CONFIG_VARIABLE = "FUNNELCAST_CONFIG"
DEFAULT_HOME = "funnelcast_home"
DEFAULT_CONFIG = "config"

#: The checkout: dbt_project/ and config/ lie beside the packages.
PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"


PLACES = (
    Place(
        "damaged files",
        "what was set aside because it is damaged, until it is replaced",
        holds=("payloads",),
        erasure="delete",
        format="any of the above",
        files=("damaged/**",),
    ),
)


@dataclass(frozen=True)
class Home:
    """Paths of one home. Nothing is created until `prepare()`."""

    root: Path

    @classmethod
    def at(cls, path: str | Path | None = None) -> Home:
        """The home at `path`, else FUNNELCAST_HOME, else ./funnelcast_home; always absolute."""
        return cls(_resolved(path or os.environ.get(HOME_VARIABLE) or DEFAULT_HOME, "home folder"))

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    @property
    def readings(self) -> Path:
        return self.root / "readings"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def quality(self) -> Path:
        return self.root / "quality"

    @property
    def restricted(self) -> Path:
        return self.root / "restricted"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def current(self) -> Path:
        return self.published / "current"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def ops_file(self) -> Path:
        return self.root / "ops.sqlite"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def damaged(self) -> Path:
        return self.root / "damaged"

    @property
    def run_lock(self) -> Path:
        return self.root / "run.lock"

    @property
    def dbt_target(self) -> Path:
        return self.root / "dbt_target"

    def prepare(self) -> Home:
        """Create the folders (0700: the lake and the build file hold candidates' data). Safe to repeat. Raises ConfigError when it may not."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o700)
            for folder in (self.lake, self.published, self.reports, self.quality, self.dagster):
                folder.mkdir(exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"The home {self.root} cannot be created or belongs to someone else ({error.strerror})",
                remedy="Choose another folder with --home DIR.",
            ) from error
        return self


def damaged_folder(home: Home) -> Path:
    """`damaged/`, made where it is missing; its owner alone may read it."""
    home.damaged.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.damaged.chmod(0o700)
    return home.damaged


def set_aside(home: Home, path: Path) -> Path:
    """Move a damaged file or folder of the home to `damaged/`, where nothing reads it, under its own path; returns where it is now."""
    place = damaged_folder(home) / path.relative_to(home.root)
    place.parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while os.path.lexists(place):
        number += 1
        place = place.with_name(f"{path.name}.{number}")
    path.rename(place)
    return place


def discard(home: Home, path: Path) -> None:
    """Delete a file that can be written again. A folder in its place is somebody's and is set aside."""
    if path.is_dir() and not path.is_symlink():
        set_aside(home, path)
    else:
        path.unlink()


def config_dir(path: str | Path | None = None) -> Path:
    """The configuration folder: `path`, else FUNNELCAST_CONFIG, else ./config; always absolute."""
    return _resolved(path or os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG, "configuration folder")


def output_folder(path: str | Path, option: str) -> Path:
    """A folder that a person named to write to, made and absolute. Raises ConfigError naming the option."""
    folder = _resolved(path, f"folder for {option}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{option}: {folder} cannot be created ({error.strerror})", remedy="Name a folder that you may write to."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(f"{option}: {folder} cannot be written", remedy="Name a folder that you may write to.")
    return folder


def _resolved(path: str | Path, what: str) -> Path:
    """Raises ConfigError for a name that no folder can have."""
    try:
        resolved = Path(path).resolve()
        resolved.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigError(f"'{str(path)[:60]}' cannot be a {what} ({type(error).__name__})", remedy="Give another one.") from error
    return resolved
