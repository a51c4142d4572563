{#-
    The key's columns are unique together and not null, in one query. Columns in `nullable` are part of the key but may be null (a null is a
    value there: two rows with the same key and null are one too many).
-#}
{% test primary_key(model, columns, nullable=[]) %}
    select {{ columns | join(", ") }}, count(*) as row_count
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1 {% for column in columns if column not in nullable -%} or {{ column }} is null {% endfor %}
{% endtest %}
