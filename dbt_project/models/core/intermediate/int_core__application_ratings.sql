-- One row per application with a rated scorecard: the best rating anybody gave, and whether anybody gave a definite no.
-- All scorecards count, also those that belong to no interview. Ratings outside the list (no decision) say nothing.
select
    a.application_key,
    cast(max(r.rating_order) as integer) as best_rating_order,
    max(case when r.rating_code = 'strong_no' then 1 else 0 end) = 1 as has_strong_no
from {{ ref("feedback") }} as f
inner join {{ ref("feedback_ratings") }} as r on r.rating_code = f.rating_code
inner join
    {{ ref("int_core__application_basis") }} as a
    on a.source_system = f.source_system
    and a.application_id = f.application_id
group by a.application_key
