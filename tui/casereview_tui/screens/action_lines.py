"""The words of an action: rows in, words out."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview_tui.text import count, day

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
    said += [f"carried {count(row['carried'], 'time')}"] if row["carried"] else []
    said += [cause_words(row["cause"])] if row["cause"] != "manual" else []
    said += [f"team {row['team']}"] if row["team"] else []
    return "; ".join(said)


def cause_words(cause: str) -> str:
    """Return why an action was made: the answer, worry, rule or ending that it follows from."""
    kind, _, about = cause.partition(":")
    pack, _, what = about.partition("/")
    words = {
        "answer": f"follows from the answer to {what or pack} in {pack}",
        "rule": f"follows from the rule {what or pack}",
        "worry": f"follows from worry W{about}",
        "follow-up": f"follows from the end of C{about}",
        "undecided": f"a proposal of {about} that nobody decided",
        "declined": f"a decision of {about} that was declined",
        "worry-household": "a worry about somebody of this household",
    }
    return words.get(kind, cause).replace("_", " ").replace("-", " ")
