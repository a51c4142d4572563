{#-
    The parts of a URL by its grammar (RFC 3986): scheme, authority, path, query, fragment. A link keeps host and path; query and fragment are
    never kept, because they may hold a person's token. Which hosts and paths mean the same is data: the seed link_folding_rules
    (int_core__folded_urls applies it).
-#}
{#- Host (and port) of a URL in lower case; null when it is not a web address (mailto: and tel: would carry a person's contact). Without a scheme a colon or an @ means something else. -#}
{% macro url_host(url) -%}
    nullif(
        case
            when
                lower(trim({{ url }})) like 'http://%'
                or lower(trim({{ url }})) like 'https://%'
                or trim({{ url }}) like '//%'
                or (
                    {{ _authority(_trimmed(url)) }} like '%.%'
                    and {{ _authority(_trimmed(url)) }} not like '%:%'
                    and {{ _authority(_trimmed(url)) }} not like '%@%'
                )
            then lower({{ _authority(_without_scheme(url)) }})
        end,
        ''
    )
{%- endmacro %}

{#- Path of a URL without query and fragment; '' at the root. The path keeps its case. -#}
{% macro url_path(url) -%}
    {{ replace_pattern(replace_pattern(_without_scheme(url), "[?#].*$", ""), "^[^/]+", "") }}
{%- endmacro %}

{% macro _trimmed(url) -%} trim({{ url }}) {%- endmacro %}

{% macro _without_scheme(url) -%}
    {{ replace_pattern(_trimmed(url), "^([A-Za-z][A-Za-z0-9+.-]*:)?//", "") }}
{%- endmacro %}

{% macro _authority(rest) -%} {{ replace_pattern(rest, "[/?#].*$", "") }} {%- endmacro %}
