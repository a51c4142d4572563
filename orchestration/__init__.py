"""Drives the product: the one writing run (runs, session), dbt in process, Dagster's definitions, the command line.

What belongs here: order, retries, recovery, schedules, the command line. What does not: anything about vendors (ingestion), about
metrics (dbt_project) or about reports (exports).
"""
