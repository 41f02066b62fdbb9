"""Lines of the card at the end of a review."""

from __future__ import annotations

from typing import Any


def why_not(row: dict[str, Any]) -> str:
    """Return a case that was not reviewed, and why."""
    reasons = [m["reason"] for m in row["marks"] if m["reason"]]
    why = f": {reasons[-1]}" if reasons else ""
    unanswered = f", not asked: {', '.join(row['unanswered'])}" if row["answers"] else ""
    return f"{row['case']} {row['person'] or ''} {row['progress']}{why}{unanswered}"


def decision(row: dict[str, Any]) -> str:
    """Return a decision: where to, how far it is, who."""
    status = str(row["status"]).replace("_", " ")
    when = f", planned for {row['effective_on']}" if row["effective_on"] else ""
    by = f", {row['proposed_by']}"
    second = f" and {row['countersigned_by']}" if row["countersigned_by"] else ""
    return f"{row['case']} to {row['to']}: {status}{when}{by}{second}"


def late(rows: list[dict[str, Any]]) -> str:
    """Return how many of an owner's actions are overdue and when the first is due."""
    late = sum(bool(r["overdue"]) for r in rows)
    first = min((str(r["due_on"]) for r in rows if r["due_on"]), default="")
    return (f"{late} OVERDUE, " if late else "") + (f"first due {first}" if first else "no dates")
