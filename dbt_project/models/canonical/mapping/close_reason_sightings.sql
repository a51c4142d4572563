-- One row per application with a declined offer x close reason that it was ever seen with: when it was first seen. So a
-- decline that said "Other" and says "Base salary" today is known to have been answered, and since when. first_seen_at
-- is on the clock of knowledge: the end of the load that brought it.
{{ config(materialized="stored_table") }}

{% set columns = ["source_system", "application_id", "close_reason_id", "observed_at"] %}
{% set files %}
    select coalesce(stated_source_system, source_system) as source_system, application_id, close_reason_id, observed_at
    from {{ ref("stg_canonical_files__applications") }}
{% endset %}
{% set queries = {"canonical_files__applications": files} %}
{% do queries.update(queries_of_kinds("close_reason_sightings", columns)) %}

with
    versions as ({{ over_kinds("applications", queries, columns) }}),
    declined as (select distinct source_system, application_id from {{ ref("offers") }} where status_code = 'declined')

select v.source_system, v.application_id, v.close_reason_id, min(v.observed_at) as first_seen_at
from versions as v
inner join declined as d on d.source_system = v.source_system and d.application_id = v.application_id
where v.close_reason_id is not null and v.observed_at < (select known_at from {{ ref("run_clock") }})
group by v.source_system, v.application_id, v.close_reason_id
