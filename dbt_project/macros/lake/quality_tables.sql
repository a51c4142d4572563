{#-
    The gate's tables (written by ingestion/gate, load_counts a copy of the ledger's, between the two dbt selections), created at the start of a run if absent, so that a plain
    `dbt build` works: what the gate has not judged counts as passed.
-#}
{% macro create_quality_tables() -%}
    create schema if not exists quality;
    create table if not exists quality.quarantine (
        source_system varchar,
        stream varchar,
        record_id varchar,
        payload_hash varchar,
        load_id varchar,
        load_file varchar,
        rule varchar,
        reason varchar,
        judged_at timestamp
    );
    {%- for column, type in quarantine_columns_added().items() %}
        alter table quality.quarantine add column if not exists {{ column }} {{ type }};
    {%- endfor %}
    create table if not exists quality.gated_loads (
        kind varchar,
        source_system varchar,
        stream varchar,
        load_file varchar,
        row_count bigint,
        failed_count bigint,
        status varchar,
        judged_at timestamp
    );
    create table if not exists quality.stopped_sources (source_system varchar, stale_since timestamp, reason varchar);
    create table if not exists quality.load_counts (
        kind varchar,
        source_system varchar,
        stream varchar,
        load_id varchar,
        window_end timestamp,
        status varchar,
        fetched_count bigint,
        written_count bigint,
        duplicate_count bigint
    );
{%- endmacro %}

{#- Columns that the first version of quality.quarantine did not have; a build file made by it gets them here or at the gate (ingestion/gate/quarantine.py). -#}
{% macro quarantine_columns_added() -%}
    {{
        return(
            {
                "kind": "varchar",
                "observed_at": "timestamp",
                "record_key": "varchar",
                "column_names": "varchar",
                "place": "varchar",
                "line": "bigint",
                "cleared_code": "varchar",
            }
        )
    }}
{%- endmacro %}
