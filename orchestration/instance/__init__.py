"""Dagster's instance: its settings in the home, its event log, and the runs of it that died."""
