"""What can be wrong with the surroundings of a run, found before anything is asked or written: variables, mapping files, secrets."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from base import clock
from base.config import Config
from base.errors import ConfigError, MissingFolderError
from base.home import Home
from base.settings import check_settings
from orchestration.answers.mapping_files import check_mappings
from orchestration.run.request import RunRequest

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from ingestion.log.loads import Load

FoundT = TypeVar("FoundT")


def check_surroundings(config: Config) -> dict[str, int]:
    """Rows per mapping file. Raises ConfigError for a variable or a mapping file that is wrong."""
    check_settings()
    return check_mappings(config.mappings)


def check_ready(home: Home, config: Config, request: RunRequest) -> None:
    """Raises ConfigError for what was asked wrongly, for what is wrong around the run, and for a source that it will ask: a credential that is not set, a folder that was never there.

    A folder that has been loaded completely before and is gone now is an outage of its source (a share that is not mounted), which stops no other.
    """
    request.resolve(config, now=clock.now())
    check_surroundings(config)
    for source in config.sources:
        if not (request.known_at or request.from_log) and (not request.sources or source.name in request.sources):
            for role in source.credentials:
                source.secret(role)
            is_missing = source.path is not None and "://" not in source.path and not Path(source.path).is_dir()
            if is_missing and not was_loaded(home, source.name):
                raise MissingFolderError(
                    f"{source.place('path')}: source '{source.name}' reads the folder {source.path}, which does not exist",
                    remedy="Correct its 'path' (relative to where the command runs, or to the configuration folder).",
                )


def was_loaded(home: Home, source: str) -> bool:
    """Whether a run over this home has loaded the source whole."""
    from ingestion.log.loads import has_loaded_whole

    return bool(_from_ledger(home, lambda ops: has_loaded_whole(ops, source)))


def check_clock(home: Home, config: Config) -> tuple[str, ...]:
    """Warnings about servers whose clocks are wrong. Raises ConfigError when this machine's clock is, or an earlier run's was, as a run would."""
    from ingestion.preflight.clocks import gather, judge

    evidence = gather(config.sources, _newest_load(home), local=clock.now(), with_files=not clock.is_frozen())
    return judge(evidence, config.company.clock).warnings


def _newest_load(home: Home) -> Load | None:
    from ingestion.log.loads import newest_load

    return _from_ledger(home, newest_load)


def _from_ledger(home: Home, read: Callable[[Engine], FoundT]) -> FoundT | None:
    """From the ledger as it is: a check changes nothing, and makes and migrates no database."""
    import sqlalchemy as sa

    if not home.ops_file.is_file():
        return None
    ops = sa.create_engine(f"sqlite:///file:{home.ops_file}?mode=ro&uri=true")
    try:
        return read(ops)
    except sa.exc.SQLAlchemyError:
        return None  # that it cannot be read is what the run says, and `funnelcast verify`
    finally:
        ops.dispose()


def check_reports(home: Home, config: Config) -> None:
    """Raises ConfigError for a slice that is not published (where something is), and for a secret of a channel that is needed and not set.

    Only a check asks this: in a run, a report that cannot be made or sent stops neither the others nor what is published.
    """
    from exports.editions.registry import EDITIONS
    from exports.marts import Marts

    if config.reports and home.current.exists():
        with Marts.current(home) as marts:
            for report in config.reports:
                EDITIONS[report.edition].check_scope(marts, report)
    _check_channels(config)


def _check_channels(config: Config) -> None:
    from exports.channels.registry import CHANNELS

    if not config.company.delivery.enabled:
        return
    used = {subscriber.channel for report in config.reports for subscriber in report.subscribers if not subscriber.paused}
    used |= {name for name, channel in CHANNELS.items() if channel.owner_key and getattr(config.company.owner, channel.owner_key)}
    for name in sorted(used):
        model = CHANNELS[name].settings_model
        settings = config.company.delivery.section(model) if model else None
        for key, variable in settings or ():
            if key.endswith("_env") and variable and not os.environ.get(variable):
                raise ConfigError(
                    f"{settings.place(key) if settings else ''}: channel {name} reads the environment variable {variable}, which is not set",
                    remedy=f"Set {variable} and run again.",
                )
