-- One row per slice x hires wanted (1 to 20) x stage.
-- The classic backward calculator over the trailing 12 months: need = hires x reached / hired, kept unrounded along
-- the chain and rounded, halves up, only where it is shown. Above job level a stage counts the applications of the
-- jobs that have it on their ladder, because only they have a row there. Without a hire in the window nothing can be
-- said, and the need is null.
with
    wanted as (
        {% for hires in range(1, 21) %}
            select {{ hires }} as hires_wanted
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    exploded as (
        {{
            explode_slices(
                ref("int_marts__stage_observations"),
                ["stage_order", "outcome_number", "is_hire"],
                where="is_trailing",
            )
        }}
    ),

    counted as (
        select
            slice_id,
            stage_order,
            count(*) as reached_count,
            {{ count_where("outcome_number = 1") }} as advanced_count,
            {{ count_where("is_hire") }} as hired_count
        from exploded
        group by slice_id, stage_order
    )

select
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    cast(w.hires_wanted as integer) as hires_wanted,
    stage.stage_code,
    cast(c.stage_order as integer) as stage_order,
    {{ half_up(classic_need("w.hires_wanted", "c.reached_count", "c.hired_count")) }} as candidates_needed,
    {{ classic_need("w.hires_wanted", "c.reached_count", "c.hired_count") }} as candidates_needed_unrounded,
    cast(null as bigint) as candidates_needed_p80,
    case
        when stage.stage_code <> 'hired' then {{ rate("c.advanced_count", "c.reached_count") }}
    end as passthrough_rate,
    {{ rate("c.hired_count", "c.reached_count") }} as hired_of_reached_rate,
    c.reached_count as entrants_count,
    c.hired_count,
    clock.as_of
from counted as c
cross join wanted as w
inner join {{ ref("int_marts__slices") }} as slice on c.slice_id = slice.slice_id
inner join {{ ref("dim_stages") }} as stage on c.stage_order = stage.stage_order
cross join {{ ref("run_clock") }} as clock
