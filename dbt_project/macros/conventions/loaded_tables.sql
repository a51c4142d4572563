{#-
    Canonical tables that a source has been asked for and has given whole, also without a row: one row per source_system x table_name. A table stands
    on the stream of its own name, else on every stream that feeds it (the graph knows: int_<kind>__<table> and what it is built from); of files and
    databases in canonical shape the stream is the table. It counts from the first complete load. written_count: records that these streams gave;
    is_own_stream: they are of this table alone; read_at: end of the newest window given whole.
-#}
{% macro loaded_tables() -%}
    {%- set needs = [] -%}
    {%- for table in var("canonical_tables") if execute -%}
        {%- for kind in kinds_that_feed(table) if has_source(kind) -%}
            {%- set behind = streams_behind("int_" ~ kind ~ "__" ~ table, kind) -%}
            {%- set streams = [table] if table in behind else behind -%}
            {%- for stream in streams -%}
                {% do needs.append("('" ~ kind ~ "', '" ~ table ~ "', '" ~ stream ~ "', " ~ streams | length ~ ")") %}
            {%- endfor -%}
        {%- endfor -%}
        {%- for kind in kinds_of_shape("canonical_files") -%}
            {% do needs.append("('" ~ kind ~ "', '" ~ table ~ "', '" ~ table ~ "', 1)") %}
        {%- endfor -%}
    {%- endfor -%}
    {%- if needs -%}
        select
            l.source_system,
            n.table_name,
            cast(sum(l.written_count) as bigint) as written_count,
            max(l.read_at) as read_at,
            min(n.stream) = n.table_name as is_own_stream
        from (values {{ needs | join(", ") }}) as n(kind, table_name, stream, streams_count)
        inner join
            (
                select kind, source_system, stream, sum(written_count) as written_count, max(window_end) as read_at
                from quality.load_counts
                where status = 'complete'
                group by kind, source_system, stream
            ) as l
            on l.kind = n.kind
            and l.stream = n.stream
        group by l.source_system, n.table_name, n.streams_count
        having count(*) = n.streams_count
    {%- else -%}
        {{
            no_rows(
                {
                    "source_system": text_type(),
                    "table_name": text_type(),
                    "written_count": "bigint",
                    "read_at": "timestamp",
                    "is_own_stream": "boolean",
                }
            )
        }}
    {%- endif -%}
{%- endmacro %}

{#- The streams of its kind that a model is built from, in order. -#}
{% macro streams_behind(model, kind) -%}
    {%- set found, seen, ahead = [], [], ["model." ~ project_name ~ "." ~ model] -%}
    {#- No model of a kind is built from more than a hundred. -#}
    {%- for _ in range(100) if ahead -%}
        {%- set id = ahead.pop() -%}
        {%- set node = graph.nodes.get(id, {}) -%}
        {%- if id not in seen and node.resource_type == "model" -%}
            {% do seen.append(id) %}
            {%- if node.config.meta.get("kind") == kind -%} {% do found.append(node.config.meta["stream"]) %}
            {%- elif node.name.startswith("int_") -%} {% do ahead.extend(node.depends_on.nodes) %}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found | sort) }}
{%- endmacro %}
