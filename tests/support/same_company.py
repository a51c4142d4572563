"""One small simulated company in the marts, once per system that can tell of it: as vendors serve it over HTTP, and as canonical files.

Rows of two builds are held against each other by what people would call them: ids are those of the simulation (which every double's ids
carry in their last digits), keys of slices become the entity's own id, hashes and the source's name are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from base.environment import home_variables, variables
from base.home import Home
from base.ops import engine
from orchestration.checked_config import load_config
from sandbox.canonical_export import write_canonical
from sandbox.config import write_config
from sandbox.server import Doubles
from sandbox.world import World
from tests.support.company import MAPPINGS

FILES = "canonical_files"
#: Hires, declined, rescinded and open offers, a reneged hire, a transfer, reopened applications, an unmapped stage.
WORLD = {"seed": 87, "years": 1.0, "requisitions": 6}
#: The company's own zone, so that dates which a vendor keeps instead of instants mean what they mean there.
TIME_ZONE = "America/New_York"
#: What no ATS tells and the files leave out too, so that the comparison is about applications.
_BESIDE_THE_ATS = (
    *("sequences", "sequence_jobs", "outreach_messages", "message_links", "email_events", "crm_activities"),
    *("hiring_plan", "sla_agreements"),
)

MARTS = (
    *("funnel_passthrough", "time_in_stage", "time_to_hire", "offer_acceptance", "offer_decline_reasons", "source_of_hire"),
    *("rejection_reasons", "withdrawals", "forecast_expected_hires", "forecast_required_pipeline"),
)
_BESIDE = ("fct_interviews", "fct_openings", "source_limitations")

#: Core tables as people would write them down: name -> (query, columns of the key).
CORE: dict[str, tuple[str, int]] = {
    "fct_applications": (
        """
        select of_world(a.application_id) as application, a.is_prospect, a.status_code, a.applied_at, a.hired_at, a.accepted_at, a.closed_at,
            a.furthest_stage_code, a.current_stage_code, a.current_source_stage_name, a.has_stage_disagreement, a.origin_code,
            a.close_reason_code, a.close_reason_source_name, a.close_direction_code, a.is_closed_for_conduct, a.days_to_hire,
            a.last_activity_at, of_world(j.job_id) as job, j.job_name, j.job_family, j.job_level_code, j.status as job_status,
            d.department_name, o.office_name, s.source_name, s.channel_code,
            r.user_email as recruiter, h.user_email as hiring_manager, c.user_email as coordinator
        from core.fct_applications as a
        left join core.dim_jobs as j using (job_key)
        left join core.dim_departments as d on d.department_key = a.department_key
        left join core.dim_offices as o on o.office_key = a.office_key
        left join core.dim_sources as s on s.source_key = a.source_key
        left join core.dim_users as r on r.user_key = a.recruiter_key
        left join core.dim_users as h on h.user_key = a.hiring_manager_key
        left join core.dim_users as c on c.user_key = a.coordinator_key
        """,
        1,
    ),
    "fct_stage_visits": (
        """
        select of_world(a.application_id) as application, v.visit_number, v.source_stage_name, v.stage_code, v.entered_at, v.exited_at,
            v.is_open, v.exit_code, v.duration_quality_code
        from core.fct_stage_visits as v join core.fct_applications as a using (application_key)
        """,
        2,
    ),
    "fct_offers": (
        """
        select of_world(a.application_id) as application, o.status_code, o.extended_at, o.last_extended_at, o.resolved_at, o.is_reneged,
            o.starts_on, o.version_count, o.decline_reason_code, o.decline_reason_source_name
        from core.fct_offers as o join core.fct_applications as a using (application_key)
        """,
        1,
    ),
    "fct_openings": (
        """
        select of_world(j.job_id) as job, row_number() over (partition by j.job_id order by o.opened_at, o.closed_at) as number, o.opened_at,
            o.closed_at, o.target_start_on, of_world(a.application_id) as filled_by, o.filled_at, o.hold_days, o.days_to_fill
        from core.fct_openings as o join core.dim_jobs as j using (job_key)
        left join core.fct_applications as a on a.application_key = o.filled_application_key
        """,
        2,
    ),
    "fct_interviews": (
        """
        select of_world(a.application_id) as application, i.starts_at, u.user_email as interviewer, i.stage_code, i.scheduled_at, i.ends_at,
            i.status_code, i.rating_code, i.feedback_submitted_at
        from core.fct_interviews as i join core.fct_applications as a using (application_key)
        left join core.dim_users as u on u.user_key = i.interviewer_key
        """,
        3,
    ),
}

#: Marts: columns of the key beside the slice.
MART_KEYS: dict[str, tuple[str, ...]] = {
    "funnel_passthrough": ("cohort_month", "cohort_code", "stage_code"),
    "time_in_stage": ("stage_code",),
    "time_to_hire": ("month",),
    "offer_acceptance": ("quarter",),
    "offer_decline_reasons": ("quarter", "decline_reason_code"),
    "source_of_hire": ("quarter", "source_name"),
    "rejection_reasons": ("quarter", "stage_code", "close_reason_code", "close_reason_name"),
    "withdrawals": ("quarter", "close_reason_code", "close_reason_name"),
    "forecast_expected_hires": ("stage_code",),
    "forecast_required_pipeline": ("hires_wanted", "stage_code"),
}

Rows = dict[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Build:
    """The marts as one system tells the company."""

    system: str
    warehouse: Path
    read: dict[str, Rows] = field(default_factory=dict, compare=False)

    def rows(self, table: str) -> Rows:
        """key -> the other columns, of a core table or a mart, in the simulation's own ids; each is asked for once."""
        if table not in self.read:
            self.read[table] = self._rows(table)
        return self.read[table]

    def _rows(self, table: str) -> Rows:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            connection.execute("create temp macro of_world(id) as ltrim(regexp_extract(id, '(\\d+)$', 1), '0')")
            if table in CORE:
                query, width = CORE[table]
                found = connection.execute(query)
                names = [column[0] for column in found.description or []]
                key = names[:width]
            else:
                found = connection.execute(_mart_query(connection, table))
                names = [column[0] for column in found.description or []]
                key = ["slice_type", "slice", *MART_KEYS[table]]
            rows = [dict(zip(names, _plain(row), strict=True)) for row in found.fetchall()]
        keyed = {tuple(row.pop(name) for name in key): row for row in rows}
        assert len(keyed) == len(rows), f"{table}: two rows of one key"
        return keyed

    def limits(self) -> set[str]:
        """The canonical tables of which data_coverage says that this system cannot tell all."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            found = connection.execute("select table_name from canonical.source_limitations where source_system = ?", [self.system])
            return {table for (table,) in found.fetchall()}


def differences(one: Rows, other: Rows) -> Counter[str]:
    """column -> in how many rows it differs; `(row)` counts the rows that only one of them has."""
    found: Counter[str] = Counter()
    for key in one.keys() | other.keys():
        if key not in one or key not in other:
            found["(row)"] += 1
            continue
        found.update(column for column, value in one[key].items() if value != other[key][column])
    return found


def tell(world: World, system: str, folder: Path) -> Build:
    """Load the company from `system` and build the marts."""
    home = Home(folder / "home").prepare()
    if system == FILES:
        config_folder = _files(world, folder)
        _load(home, config_folder, system, world, {})
    else:
        with Doubles(world, folder, ats=system) as doubles:
            config_folder = write_config(folder / "config", doubles)
            _load(home, config_folder, system, world, doubles.environment)
    _build(home, config_folder, world, [f"+{name}" for name in (*MARTS, *_BESIDE)])
    return Build(system, home.warehouse)


def _files(world: World, folder: Path) -> Path:
    write_canonical(world, folder / "files")
    for table in _BESIDE_THE_ATS:
        (folder / "files" / f"{table}.csv").unlink(missing_ok=True)
    config = folder / "config"
    (config / "mappings").mkdir(parents=True)
    for path in MAPPINGS.glob("*.csv"):
        text = path.read_text(encoding="utf-8").replace("greenhouse,", f"{FILES},")
        (config / "mappings" / path.name).write_text(text, encoding="utf-8")
    source = f"sources: [{{name: {FILES}, kind: canonical_files, path: {folder / 'files'}}}]\n"
    (config / "sources.yml").write_text(source, encoding="utf-8")
    return config


def _load(home: Home, config_folder: Path, system: str, world: World, environment: Mapping[str, str]) -> None:
    from ingestion.extract.run import extract

    config = load_config(config_folder)
    ops = engine(home)
    try:
        with variables(environment):
            source = next(source for source in config.sources if source.name == system)
            extract(config, home, ops, source, window_end=world.now)
    finally:
        ops.dispose()


def _build(home: Home, config_folder: Path, world: World, select: Sequence[str]) -> None:
    from orchestration.build import dbt

    with home_variables(home, config_folder):
        variables = {"as_of": world.now.strftime("%Y-%m-%d %H:%M:%S"), "time_zone": TIME_ZONE}
        results = dbt.build(home, select=select, exclude=["resource_type:test"], variables=variables)
    broken = [f"{node.name}: {node.message}" for node in results if not node.is_ok and not node.is_warning]
    assert not broken, broken


def _mart_query(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    names = [row[0] for row in connection.execute(f"describe marts.{table}").fetchall()]
    wanted = [name for name in names if not name.endswith("_key") and name not in ("slice_name", "as_of")]
    columns = ", ".join(f"m.{name}" for name in wanted)
    return f"""
        with entities as (
            select job_key as key, 'job ' || of_world(job_id) as name from core.dim_jobs
            union all select department_key, department_name from core.dim_departments
            union all select office_key, office_name from core.dim_offices
            union all select user_key, user_email from core.dim_users
            union all select source_key, source_name from core.dim_sources
        )
        select coalesce(e.name, m.slice_key) as slice, {columns} from marts.{table} as m left join entities as e on e.key = m.slice_key
    """


def _plain(row: tuple[Any, ...]) -> list[Any]:
    return [float(f"{value:.9g}") if isinstance(value, float) else value for value in row]


__all__ = ["FILES", "WORLD", "Build", "differences", "tell"]
