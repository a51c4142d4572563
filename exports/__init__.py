"""The outgoing side: publishes core and marts, renders reports from what is published, delivers them through a ledger.

Reads the build file only to publish it (publish/); everything else reads `published/current` through marts.py. Knows neither Dagster,
nor dbt (but its manifest.json), nor ingestion.
"""
