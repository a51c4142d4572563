"""The run: what was asked, the lock, the ledger of runs, the session that steps share, and what a person sees of it.

What belongs here: everything about a run that is true whoever started it. What does not: Dagster (the modules above) and dbt (build).
"""
