"""
What makes the record provable: hashes of acts and events, and trees over them.

`merkle` and `entries` know no framework; `sql` says the same hashes to both databases.
Described for who checks it without the application: docs/ledger.md.
"""
