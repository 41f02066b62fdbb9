"""Lines of the card at the end of a review, and its minutes as a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from casereview.report.minutes import minutes_markdown


def why_not(rows: list[dict[str, Any]]) -> list[str]:
    """Return the cases that were not reviewed: one paragraph for each reason, with how many."""
    found: dict[str, list[str]] = {}
    for row in rows:
        reasons = [m["reason"] for m in row["marks"] if m["reason"]]
        why = f": {reasons[-1]}" if reasons else ""
        unanswered = f", not asked: {', '.join(row['unanswered'])}" if row["answers"] else ""
        who = " ".join(x for x in (row["case"], row["person"]) if x)
        found.setdefault(f"{row['progress']}{why}{unanswered}", []).append(who)
    return [f"{why} ({len(who)}): {', '.join(who)}" for why, who in found.items()]


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


def write_minutes(store: Path | None, held: dict[str, Any]) -> Path:
    """Write minutes beside the store, readable by their owner only, and return the file.

    Raises:
        OSError: they cannot be written there.
    """
    if store is None:
        import platformdirs

        folder = Path(platformdirs.user_data_dir("casereview", appauthor=False)) / "minutes"
    else:
        folder = store.parent / "minutes"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    on = held["on"] if isinstance(held["on"], str) else held["on"].isoformat()
    place = folder / f"{held['review']}-{held['team']}-{on}.md"
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(minutes_markdown(held))
    return place
