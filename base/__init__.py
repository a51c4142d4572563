"""What both wings (ingestion, exports) and orchestration need, and nothing else: home, config, ops, errors, clock, faults.

Imports nothing of the other packages; the arrows are tested (pyproject.toml, importlinter).
"""
