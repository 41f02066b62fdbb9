"""The words of an action: rows in, words out."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview_tui.text import day

Row = dict[str, Any]
SHORT = {
    "mine": "mine", "team": "team", "overdue": "overdue", "leeches": "leeches",
    "parked": "parked", "accept": "to accept",
}  # fmt: skip
NONE = {
    "mine": "No open action is yours. 2 shows the team's.",
    "team": "Your teams have no open action. On a case, a adds one.",
    "overdue": "Nothing is overdue.",
    "leeches": "Nothing was carried three times.",
    "parked": "Nothing is parked.",
    "accept": "Nobody gave you an action while you were away.",
}


def state(row: Row, today: date) -> tuple[str, str]:
    """Return when an action is due in words, and how much it matters."""
    if row["status"] == "parked":
        until = row["parked_until"]
        return f"till {day(until, today=today)}" if until else "parked", "note"
    if row["overdue"]:
        return f"OVERDUE {(today - row['due_on']).days}d", "over"
    if row["due_on"] is None:
        return "no date", "due"
    if row["due_on"] == today:
        return "due today", "due"
    return f"due {day(row['due_on'], today=today)}", "note"


def more(row: Row) -> str:
    """Return the rest of an action in words: who, since when, how often carried, why."""
    said = [f"{row['owner'] or 'nobody'}{' as ' + row['post'] if row['post'] else ''}"]
    said += [f"done by {row['doer']}"] if row["doer"] else []
    said.append(f"since {day(row['opened_on'])}, {row['effort']} effort")
    said += [f"carried {row['carried']} times"] if row["carried"] else []
    said += [row["cause"]] if row["cause"] != "manual" else []
    said += [f"team {row['team']}"] if row["team"] else []
    return "; ".join(said)
