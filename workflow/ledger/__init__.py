"""
What binds the record to the world outside: heads given out, receipts, roots of days, time-stamps.

The chains themselves are written by workflow.machine.apply alone; hashing is cases.ledger.
"""
