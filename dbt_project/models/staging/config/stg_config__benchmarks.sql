-- One row per line of config/benchmarks.csv: figures of others that the company holds itself (a report it bought, a
-- network it is in), in the columns of the seed benchmarks.
{{ config(materialized="stored_table") }}

{{
    mapping_file(
        "benchmarks",
        required=["source_name", "period", "definition_code", "benchmark_value"],
        optional=[
            "segment_type_code",
            "segment_name",
            "report_name",
            "published_year",
            "sample_size",
            "statistic_code",
            "url",
            "confidence_code",
            "source_definition",
            "note",
        ],
        dates=[],
        folder="",
    )
}}
