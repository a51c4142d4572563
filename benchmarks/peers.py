"""What others need for comparable work: figures as measured by this project in November 2026, with what, where and how beside each.

All on one shared machine of 2 cores and 24 GB (Python 3.11, DuckDB 2.0.0, PostgreSQL 15.18 with its stock settings), so the ratios to
figures of your machine are of size and not of percent. CPU seconds of the client process tree, start-up included, unless it says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """One published figure. `memory_gb` is the peak of the process tree; None where it was not taken."""

    name: str
    figure: float
    memory_gb: float | None
    how: str


#: Records per CPU second.
EXTRACTION_HOW = (
    "200,000 records of 1,636 bytes, 400 pages of 500 with Link: rel=next, a server of pre-built pages on loopback whose CPU is left out."
)
EXTRACTION = (
    Peer("dlt 1.31 rest_api, its defaults", 560, 12.5, "insert_values, nested lists as 4 tables, into DuckDB; 359 CPU s; one run"),
    Peer(
        "Singer tap into target-duckdb 0.8",
        2_700,
        1.7,
        "singer-sdk 0.54; 75 CPU s; it lost the first record of each batch, silently; one run",
    ),
    Peer("dlt 1.31 rest_api, parquet", 3_800, 0.59, "nested lists as 4 tables; 53 to 60 CPU s; two runs"),
    Peer("dlt 1.31, no nesting, parquet", 5_300, 0.65, "max_table_nesting=0; 37 to 42 CPU s; two runs"),
    Peer("dlt 1.31, each page an Arrow table", 15_000, 0.95, "id and JSON text, normalisation skipped; 13 CPU s; two runs"),
)

#: CPU seconds of a whole transform run, by applications.
TRANSFORM_HOW = (
    "fivetran's dbt_greenhouse 1.3.0 (68 models) over typed raw tables of the shape its connector leaves, 19 rows and 4.5 stage events per"
    " application: no JSON to parse, no funnel, no published copy; `dbt run`, 2 threads, dbt's start-up included."
)
TRANSFORM_FIRST: dict[int, tuple[Peer, ...]] = {
    100_000: (
        Peer("dbt_greenhouse on DuckDB", 20.5, 0.69, "18.3 to 21.7 CPU s in five runs; 12 of them for the same models over 2-row tables"),
        Peer("dbt_greenhouse on PostgreSQL", 74.0, 0.30, "client 10 to 14 and server 55 to 69 CPU s; memory is the server's"),
    ),
    1_000_000: (
        Peer("dbt_greenhouse on DuckDB", 90.0, 5.8, "101 and 79 CPU s in two runs"),
        Peer("dbt_greenhouse on PostgreSQL", 388.2, 0.48, "client 12.3 and server 375.9 CPU s; one run; memory is the server's"),
    ),
}
#: The same after +0.1 % new applications (no changed ones): the package has no incremental model, so it costs the same again.
TRANSFORM_DAILY: dict[int, tuple[Peer, ...]] = {
    100_000: (Peer("dbt_greenhouse on DuckDB", 21.0, 0.61, "one run"),),
    1_000_000: (Peer("dbt_greenhouse on DuckDB", 75.0, 4.1, "one run"),),
}

#: CPU seconds that orchestration adds to `dbt build` of the same.
ORCHESTRATION_HOW = (
    "30 table models and 60 tests over 1,000-row tables, dagster 1.13 with one @dbt_assets, against `dbt build`: 8 to 9 CPU s."
)
ORCHESTRATION = (
    Peer("dagster asset materialize", 20.0, 0.70, "27 to 29 CPU s, of which 19 to 21 over `dbt build`; four runs"),
    Peer("dagster materialize() in one process", 14.0, 0.48, "19 and 26 CPU s, of which 11 to 18 over `dbt build`; two runs"),
)
