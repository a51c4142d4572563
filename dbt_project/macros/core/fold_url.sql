{#-
    One spelling per link, so that variants of a URL count together: no scheme, user, www., query, fragment or trailing slash, the host in lower
    case; the path keeps its case. Null for what is not a web address (mailto: and tel: would carry a person's contact).
-#}
{% macro fold_url(url) -%} {{ url_host(url) }} || {{ url_path(url) }} {%- endmacro %}

{#- Host (and port) of a URL, folded; null when it is not a web address. Without a scheme a colon or an @ means something else. -#}
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
            then
                {{
                    replace_pattern(
                        replace_pattern("lower(" ~ _authority(_without_scheme(url)) ~ ")", "^.*@", ""), "^www[.]", ""
                    )
                }}
        end,
        ''
    )
{%- endmacro %}

{#- Path of a URL without query, fragment and trailing slashes; '' at the root. -#}
{% macro url_path(url) -%}
    {{
        replace_pattern(
            replace_pattern(replace_pattern(_without_scheme(url), "[?#].*$", ""), "^[^/]+", ""), "/+$", ""
        )
    }}
{%- endmacro %}

{% macro _trimmed(url) -%} trim({{ url }}) {%- endmacro %}

{% macro _without_scheme(url) -%}
    {{ replace_pattern(_trimmed(url), "^([A-Za-z][A-Za-z0-9+.-]*:)?//", "") }}
{%- endmacro %}

{% macro _authority(rest) -%} {{ replace_pattern(rest, "[/?#].*$", "") }} {%- endmacro %}
