"""
Programs that try to break the record: kills, crashes, races, tampering. Each has shown red once.

`python -m tests.ledger.proofs --help` runs them for longer than the suite does.
"""
