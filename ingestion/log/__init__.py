"""The log: parts in the lake, versions of records, the ledger of loads, and recovery after a kill."""
