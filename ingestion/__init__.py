"""Pulls from the sources, verifies, appends to the lake. Knows vendors; knows neither Dagster nor dbt.

`extract.extract` is the entry; `preflight.check` looks without changing anything; `gate.gate` judges what staging parsed.
"""
