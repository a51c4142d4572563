"""Dagster assets by layer: raw (the log), dbt (staging to marts), published (what readers see), reports (what is sent)."""
