"""`python -m benchmarks` (make bench): CPU seconds and memory of extraction, transform and orchestration, beside a floor and the peers.

Not here: correctness (tests/). Every measurement is a process of its own (benchmarks/steps.py) under one temporary folder.
"""
