"""
The auditor's bench (bàn kiểm tra): searching, telling and replaying what was recorded.

Everything is told from acts, events and papers, never from what a case says now; nothing here
writes a case. Findings ask; they judge nobody.
"""
