"""One Definitions object for the whole product. Loads without a home and without a configuration; parses dbt on demand.

`build_definitions` is what the command line uses; `defs` (built on first access) is what `dagster dev` loads through workspace.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import dagster as dg

    from base.config import Config
    from base.home import Home
    from orchestration.run.session import RunSession


def build_definitions(home: Home | None = None, config: Config | None = None, *, session: RunSession | None = None) -> dg.Definitions:
    """Assets of every stream, dbt model, published state and report; checks; jobs; schedules; sensors.

    Without `home` the environment's is used; without `config` the environment's folder is read if it is there, and only the schedules
    depend on it. `session`: the run that is open already and that the jobs are to go on with; without one, a job opens its own.
    """
    import dagster as dg

    from base.home import Home
    from orchestration.assets.models import build_dbt_assets
    from orchestration.assets.published import published_state
    from orchestration.assets.raw import build_raw_assets
    from orchestration.assets.reports import build_report_assets
    from orchestration.build import dbt
    from orchestration.checks import build_gate
    from orchestration.jobs import build_jobs
    from orchestration.resources import SessionResource, holding
    from orchestration.schedules import build_schedules
    from orchestration.sensors import tell_owner_of_failed_run

    manifest = dbt.manifest_json(home or Home.at())
    return dg.Definitions(
        assets=[*build_raw_assets(), *build_dbt_assets(manifest), published_state(manifest), *build_report_assets()],
        asset_checks=[build_gate(manifest)],
        jobs=build_jobs(),
        schedules=build_schedules(config or _config_if_any()),
        sensors=[tell_owner_of_failed_run],
        resources={"session": holding(session) if session else SessionResource()},
        executor=dg.in_process_executor,
    )


def _config_if_any() -> Config | None:
    """The configuration of the environment, or None: a code location must load before anything is configured."""
    from base.errors import ConfigError
    from base.home import config_dir
    from orchestration.checked_config import load_config

    try:
        return load_config(config_dir())
    except ConfigError:
        return None


def __getattr__(name: str) -> Any:
    """`defs`, built when asked for: importing this module costs nothing and parses nothing."""
    if name == "defs":
        globals()["defs"] = build_definitions()
        return globals()["defs"]
    raise AttributeError(name)


def __dir__() -> list[str]:
    """Dagster looks for a Definitions among the module's names (`dagster dev -m orchestration.definitions`)."""
    return sorted([*globals(), "defs"])
