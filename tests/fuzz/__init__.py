"""A seeded generator of hostile configurations, arguments, files and requests, and what must hold for each: `make fuzz`.

The same seed gives the same cases. A case is named by its family and number (`configuration 17`), so that one that fails can be run alone:
`python -m tests.fuzz --only "configuration 17"`. tests/faults/test_fuzz.py runs a small sample of each family.
"""
