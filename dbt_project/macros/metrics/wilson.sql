{#-
    Wilson score interval, 95 %, of `successes` out of `trials`: the interval of every simple rate in the marts. Null without trials.
    Brown, Cai and DasGupta 2001 (doi.org/10.1214/ss/1009213286): stays within 0..1 and is honest at 0 successes, where the usual
    plus-minus has no width. Clamped, because floating point leaves a -0.0000...1 there.
-#}
{#- A double by its exponent: as a decimal, its square would make one of 38 digits out of every count (slow, and an error from 10^8 on). -#}
{% macro z95() -%} 1.959963984540054e0 {%- endmacro %}

{% macro wilson_low(successes, trials) -%} {{ wilson_bound(successes, trials, "-", "greatest", 0) }} {%- endmacro %}
{% macro wilson_high(successes, trials) -%} {{ wilson_bound(successes, trials, "+", "least", 1) }} {%- endmacro %}

{% macro wilson_bound(successes, trials, sign, clamp, limit) -%}
    {%- set z = z95() -%}
    case
        when ({{ trials }}) > 0
        then
            {{ clamp }} (
                cast({{ limit }} as double),
                (
                    ({{ successes }})
                    + {{ z }}
                    * {{ z }}
                    / 2 {{ sign }} {{ z }}
                    * sqrt(
                        greatest(
                            cast(({{ successes }}) as double) * (({{ trials }}) - ({{ successes }})) / ({{ trials }}), 0
                        )
                        + {{ z }} * {{ z }} / 4
                    )
                )
                / (({{ trials }}) + {{ z }} * {{ z }})
            )
    end
{%- endmacro %}

{#- successes / trials, null without trials. -#}
{% macro rate(successes, trials) -%} cast({{ successes }} as double) / nullif({{ trials }}, 0) {%- endmacro %}

{#- Three columns: <name>, <name>_low, <name>_high. -#}
{% macro rate_columns(name, successes, trials) -%}
    {{ rate(successes, trials) }} as {{ name }},
    {{ wilson_low(successes, trials) }} as {{ name }}_low,
    {{ wilson_high(successes, trials) }} as {{ name }}_high
{%- endmacro %}

{#- Nearest integer, halves up; the tiny term is for halves that a chain of multiplications left just below. -#}
{% macro half_up(expression) -%} cast(floor(({{ expression }}) + 0.5 + 1e-9) as bigint) {%- endmacro %}
