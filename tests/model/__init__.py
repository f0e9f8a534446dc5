"""
An explicit-state search over the procedure packs: what the law forbids is never reached, what it
allows at the edge is. Pure Python: no framework, no database.
"""
