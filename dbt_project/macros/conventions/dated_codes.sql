{#-
    Which row of a tenant's mapping holds for a thing, and when: one row per thing and stretch of time between two changes, never two for one
    instant. The most specific row wins (for the job, for the source, for any), then the one that began last.

    `things` and `mapping` are names of CTEs. things: source_system, thing_id, job_key_text ('' = of every job), match_job_id, name_key.
    mapping: source_system, job_id (null = any), name_key, valid_from_at, valid_to_at (exclusive, never null), and the columns `codes`.
    Gives things' key columns, valid_from_at, valid_to_at, `codes` (null where no row holds) and is_mapped.
-#}
{% macro dated_codes(things, mapping, codes) -%}
    with
        candidates as (
            select
                t.source_system,
                t.thing_id,
                t.job_key_text,
                m.valid_from_at,
                m.valid_to_at,
                case when m.job_id is not null then 2 else 0 end
                + case when m.source_system is not null then 1 else 0 end as specificity
                {%- for code in codes %}, m.{{ code }} {%- endfor %}
            from {{ things }} as t
            inner join
                {{ mapping }} as m
                on m.name_key = t.name_key
                and (m.source_system is null or m.source_system = t.source_system)
                and (m.job_id is null or m.job_id = t.match_job_id)
        ),
        changes as (
            select source_system, thing_id, job_key_text, {{ beginning_of_time() }} as from_at
            from {{ things }}
            union
            select source_system, thing_id, job_key_text, valid_from_at
            from candidates
            union
            select source_system, thing_id, job_key_text, valid_to_at
            from candidates
            where valid_to_at < {{ end_of_time() }}
        ),
        stretches as (
            select
                *,
                lead(from_at, 1, {{ end_of_time() }}) over (
                    partition by source_system, thing_id, job_key_text order by from_at
                ) as to_at
            from changes
        ),
        ranked as (
            select
                s.source_system,
                s.thing_id,
                s.job_key_text,
                s.from_at as valid_from_at,
                s.to_at as valid_to_at,
                {% for code in codes -%} c.{{ code }}, {% endfor %}
                c.specificity is not null as is_mapped,
                row_number() over (
                    partition by s.source_system, s.thing_id, s.job_key_text, s.from_at
                    order by
                        c.specificity desc nulls last,
                        c.valid_from_at desc
                        {%- for code in codes %}, c.{{ code }} {%- endfor %}
                ) as mapping_rank
            from stretches as s
            left join
                candidates as c
                on c.source_system = s.source_system
                and c.thing_id = s.thing_id
                and c.job_key_text = s.job_key_text
                and c.valid_from_at <= s.from_at
                and c.valid_to_at >= s.to_at
        )
    select
        source_system,
        thing_id,
        job_key_text,
        valid_from_at,
        valid_to_at,
        {% for code in codes -%} {{ code }}, {% endfor %}
        is_mapped
    from ranked
    where mapping_rank = 1
{%- endmacro %}

{#-
    The row of a tenant's mapping that holds at as_of, one per thing: dated_codes for things and mappings that know no job, without their
    job columns.
-#}
{% macro codes_at_as_of(things, mapping, codes) -%}
    with
        general_things as (
            select *, '' as job_key_text, cast(null as {{ text_type() }}) as match_job_id from {{ things }}
        ),
        general_mapping as (select *, cast(null as {{ text_type() }}) as job_id from {{ mapping }}),
        dated as ({{ dated_codes("general_things", "general_mapping", codes) }})
    select d.source_system, d.thing_id, {% for code in codes -%} d.{{ code }}, {% endfor %} d.is_mapped
    from dated as d
    cross join {{ ref("run_clock") }} as clock
    where {{ holds_at_as_of("d") }}
{%- endmacro %}

{#- Whether a dated row holds at as_of (`clock` is run_clock): what begins at as_of has not begun, what ends there has not ended. -#}
{% macro holds_at_as_of(row) -%}
    {{ row }}.valid_from_at < clock.as_of and clock.as_of <= {{ row }}.valid_to_at
{%- endmacro %}

{#- First instant of a mapping's first day and the end of its last day; open where the tenant gave no date. -#}
{% macro mapping_period() -%}
    coalesce({{ first_instant("valid_from") }}, {{ beginning_of_time() }}) as valid_from_at,
    coalesce({{ first_instant(date_add_days("valid_to", 1)) }}, {{ end_of_time() }}) as valid_to_at
{%- endmacro %}

{% macro beginning_of_time() -%} cast('1900-01-01 00:00:00' as timestamp) {%- endmacro %}
{% macro end_of_time() -%} cast('9999-01-01 00:00:00' as timestamp) {%- endmacro %}
