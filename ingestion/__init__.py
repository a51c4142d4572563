"""Pulls from the sources, verifies, appends to the lake. Knows vendors; knows neither Dagster nor dbt.

`extract.run.extract` is the entry; `preflight.check.check` looks without changing anything; `gate.gate` judges what staging parsed.
"""
