"""Conditions: one tree read three ways (SQL, one case, English)."""

from casereview.core.conditions.condition import Clause, Condition, load
from casereview.core.conditions.faults import faults
from casereview.core.conditions.unlock import Change, Unlock, unlock

__all__ = ["Change", "Clause", "Condition", "Unlock", "faults", "load", "unlock"]
