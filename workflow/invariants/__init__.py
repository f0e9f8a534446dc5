"""The law's invariants, told again from what was recorded (procedure note, section 10.8)."""

from workflow.invariants.audit import audit
from workflow.invariants.catalogue import BY_CODE, INVARIANTS, NOT_IN_THIS_VERSION
from workflow.invariants.finding import Breach

__all__ = ["BY_CODE", "INVARIANTS", "NOT_IN_THIS_VERSION", "Breach", "audit"]
