"""The law's invariants, told again from what was recorded (procedure note, section 10.8)."""

from workflow.invariants.audit import audit
from workflow.invariants.catalogue import BY_CODE, INVARIANTS, By, Invariant
from workflow.invariants.finding import Breach, checks_of

__all__ = ["BY_CODE", "INVARIANTS", "Breach", "By", "Invariant", "audit", "checks_of"]
