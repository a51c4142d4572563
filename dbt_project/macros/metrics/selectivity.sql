{#-
    Selectivity: how many pass a stage at somebody's hands, against what is expected of the same candidates elsewhere; below 1 is more selective.

    cells     relation: group_no (figures of one group are compared with each other), member columns, n_count (n, cases decided),
              passed_count (O), expected (E: cases x the rate expected of them)
    members   names of the member columns
    result    its rows with selectivity_ratio, selectivity_ratio_low, selectivity_ratio_high

    Gamma-Poisson shrinkage: ratio = (O + a) / (E + a), so that few cases stay near 1. 1 / a is the variance of true ratios between the members
    of the group beyond chance, by moments: (sum (O - E)^2 - sum E (1 - E / n)) / sum E^2, where E (1 - E / n) is what chance alone makes of n
    cases that pass or not; at least 0.01 (true ratios differ by a tenth or so), so that a group too small to tell does not make everybody alike.
    Bounds: 95 % of the Gamma(a + O, a + E) posterior, by Wilson and Hilferty's cube (1931; doi.org/10.1073/pnas.17.12.684): with k = O + a,
    k (1 - 1 / 9k -+ z / 3 sqrt k)^3 / (E + a). The Poisson variance is larger than that of passing or not, so the bounds are on the safe side.
-#}
{% macro selectivity(cells, members) -%}
    with
        strengths as (
            select
                group_no,
                1 / greatest(
                    0.01,
                    coalesce(
                        (
                            sum((passed_count - expected) * (passed_count - expected))
                            - sum(expected * (1 - expected / n_count))
                        )
                        / nullif(sum(expected * expected), 0),
                        0
                    )
                ) as strength
            from {{ cells }}
            group by group_no
        ),

        posterior as (
            select c.*, c.passed_count + s.strength as shape, c.expected + s.strength as pace
            from {{ cells }} as c
            inner join strengths as s on c.group_no = s.group_no
        )

    select
        group_no,
        {{ members | join(", ") }},
        n_count,
        passed_count,
        expected,
        shape / pace as selectivity_ratio,
        shape
        * power(greatest(1 - 1 / (9 * shape) - {{ z95() }} / (3 * sqrt(shape)), 0), 3)
        / pace as selectivity_ratio_low,
        shape * power(1 - 1 / (9 * shape) + {{ z95() }} / (3 * sqrt(shape)), 3) / pace as selectivity_ratio_high
    from posterior
{%- endmacro %}
