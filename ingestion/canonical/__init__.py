"""The canonical tables: their specification and its documents, and what the kinds share whose records are in that shape.

`tables` reads the specification, `documents` writes what is generated from it; `streams` adds what the gate expects, `rows` a company's own names.
"""
