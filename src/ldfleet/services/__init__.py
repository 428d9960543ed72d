"""Use cases: check, decide, record, return. Quick: slow work is recorded as an operation."""
