"""What a kind of source tells the rest of ingestion and what it offers: its entry, its connector, its contracts, its signatures.

Knows no kind. A kind's folder (ingestion/sources/<kind>) is written in these words.
"""
