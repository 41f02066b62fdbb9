"""What stands below a case: the question, the filled-in action or what is said, with its keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from casereview_tui.keys import Hint
from casereview_tui.text import cell, count, cut, day, wrap
from casereview_tui.theme import Palette


@dataclass(frozen=True, slots=True)
class Floor:
    """What is being dealt with on the case in hand.

    Attributes:
        question: the question asked now, None when none is left.
        pending: the filled-in action that waits to be accepted.
        said: what the screen wants to say about the case (done, proposed, confirmed).
        keys: keys for what is being dealt with.
    """

    question: dict[str, Any] | None = None
    pending: dict[str, Any] | None = None
    said: str = ""
    keys: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """How to draw: columns, rows, colours, names shown or not."""

    width: int
    height: int
    colours: Palette
    names: bool


def floor_lines(card: dict[str, Any], floor: Floor, view: View) -> list[Text]:
    """Return the question, the filled-in action or what is to be said, and the keys for it."""
    c = view.colours
    rows = [cell("─" * view.width, c.quiet)]
    if floor.pending is not None:
        rows += _pending(floor.pending, card, view)
    elif floor.question is not None:
        rows += _question(card, floor.question, view)
    if floor.said:
        rows += [cell(x, f"bold {c.ok}") for x in wrap(floor.said, view.width, lines=3)]
    rows += key_rows(floor.keys, view)
    return rows[-max(2, view.height - 3) :]


def _pending(row: dict[str, Any], card: dict[str, Any], view: View) -> list[Text]:
    carried = f", carried {count(row['carried'], 'time')}" if row["carried"] else ""
    doer = f", done by {row['doer']}" if row["doer"] else ""
    due = day(row["due_on"], today=card["on"])
    head = f"Action {row['action']} for {row['owner'] or 'NOBODY'}{doer}, due {due}{carried}:"
    c = view.colours
    rows = [cell(cut(head, view.width), c.level("due"))]
    rows += [cell(x, f"bold {c.head}") for x in wrap(row["text"] or "", view.width, lines=3)]
    if row["leech"]:
        rows.append(
            cell(cut("LEECH: new owner, new words, or an end.", view.width), c.level("over"))
        )
    return rows


def _question(card: dict[str, Any], question: dict[str, Any], view: View) -> list[Text]:
    c = view.colours
    ids = [q["question"] for q in card["questions"]]
    at = ids.index(question["question"]) + 1 if question["question"] in ids else 1
    text = f"{at}/{len(ids)} {question['ask']}"
    rows = [cell(x, f"bold {c.head}") for x in wrap(text, view.width, lines=4)]
    if question["options"]:
        rows += key_rows(
            [Hint(str(n), o["title"]) for n, o in enumerate(question["options"], 1)], view
        )
    return rows


def key_rows(keys: Sequence[Hint], view: View) -> list[Text]:
    """Return keys with their words, as many on a line as fit."""
    c = view.colours
    rows: list[Text] = []
    for key, word in keys:
        wide = cell_len(key) + cell_len(word) + 3
        if not rows or rows[-1].cell_len + wide > view.width + 2:
            rows.append(cell(""))
        rows[-1].append(cell(key, f"bold {c.head}")).append(" ")
        rows[-1].append(cell(cut(word, max(4, view.width - cell_len(key) - 1)), c.text)).append(
            "  "
        )
    return rows


def answer_keys(question: dict[str, Any] | None) -> tuple[Hint, ...]:
    """Return the keys that answer a question, none where there is none."""
    if question is None:
        return ()
    never = (Hint("v", "does not apply"),) if question["may_not_apply"] else ()
    ways = {
        "yesno": (Hint("y", "yes"), Hint("n", "no")),
        "choice": (Hint(f"1-{len(question['options'])}", "choose"),),
    }.get(question["kind"], (Hint("t", "type the answer"),))
    return (*ways, Hint("x", "cannot tell"), *never, Hint("s", "skip"))


def status_words(decision: dict[str, Any], on: date) -> str:
    """Return how far a decision is, and its planned departure as seen from a day."""
    words: str = {
        "proposed": "proposed, somebody who may decide agrees it",
        "needs_countersign": "waits for a second signature",
        "agreed": "agreed",
    }.get(decision["status"], decision["status"])
    planned = decision["effective_on"]
    if planned is None:
        return words
    late = "; that day has passed, and the departure is not recorded" if planned < on else ""
    return f"{words}, planned for {day(planned)}{late}"
