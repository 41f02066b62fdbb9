"""One case set out in the lines there are: who, why here, what changed, answers, actions, question.

Pure: rows of text from what the service gave, for a width and a height. What does not fit is left
out in a fixed order and counted; the question and its keys always stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from casereview_tui.keys import Hint
from casereview_tui.text import cell, count, cut, day, fit, known_as, wrap
from casereview_tui.theme import Palette

TALL = 24
"""Rows over which a case is set out; a taller screen leaves the rest empty."""
LABEL, TODAY, MORE = 20, 12, 10
"""Most columns of a question's name, of today's answer beside it, of how much is left out."""


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


def case_lines(card: dict[str, Any], floor: Floor, view: View) -> list[Text]:
    """Return the lines of a case, as many as there is room for."""
    bottom = floor_lines(card, floor, view)
    room = view.height - len(bottom)
    parts = [
        who_lines(card, view),
        flag_lines(card, view),
        stage_lines(card, view),
        answer_lines(card, floor, view),
        changed_lines(card, view),
        why_lines(card, view),
        note_lines(card, view),
    ]
    kept: list[list[Text]] = []
    for part in parts:
        kept.append(part if len(part) <= room else part[: max(0, room)])
        room -= len(kept[-1])
    first, flags, stage, answers, changed, why, notes = kept
    actions = action_lines(card, view, room - 1 if room > 1 else room)
    room -= len(actions)
    top = [*first, *flags, *why, *stage, *changed, *answers, *actions, *notes]
    # On a tall screen the question stays near the case, where the eye is.
    gap = max(0, min(room, TALL - len(top) - len(bottom)))
    return [*top, *[cell("")] * gap, *bottom][: max(0, view.height)]


def _part(label: str, words: str, view: View, *, style: str = "", lines: int = 2) -> list[Text]:
    """Return a labelled paragraph, at most so many lines, turned under its label."""
    room = view.width - cell_len(label) - 1
    found = []
    for n, line in enumerate(wrap(words, room, lines=lines)):
        row = cell(label if n == 0 else " " * cell_len(label), view.colours.quiet)
        found.append(row.append(" ").append(cell(line, style or view.colours.text)))
    return found


def who_lines(card: dict[str, Any], view: View) -> list[Text]:
    """Return who it is: on a shared screen initials, local id and age band."""
    c = view.colours
    shown = known_as(card, names=view.names)
    number = card["case"]
    hidden = card["restricted"] and not view.names
    extra = [] if hidden else [card["age_band"]]
    extra.append(f"key worker {card['worker'] or 'nobody'}")
    names = [x for x in ("" if shown == number else shown, number) if x]
    head = f"bold {c.head}"
    rest = " · ".join(extra)
    line = "  ".join(names)
    if cell_len(line) + 2 + cell_len(rest) <= view.width:
        first = [cell(line, head).append("  ").append(cell(rest, c.text))]
    else:
        first = [cell(x, head) for x in wrap(line, view.width)]
        first += [cell(x, c.text) for x in wrap(rest, view.width, lines=1)]
    return first


def note_lines(card: dict[str, Any], view: View) -> list[Text]:
    """Return notes and worries; on a shared screen only that there are some."""
    folded = []
    if card["notes"]:
        folded.append(count(len(card["notes"]), "note"))
    if card["worries"]:
        folded.append(count(len(card["worries"]), "worry", "worries"))
    if not folded:
        return []
    if not view.names:
        return [cell(f"{' and '.join(folded)} folded; i shows", view.colours.quiet)]
    rows = []
    for w in card["worries"]:
        rows += _part("Worry", f"{w['words']} (act by {day(w['act_by'])})", view, lines=3)
    for n in card["notes"][:1]:
        rows += _part("Note", f"{day(n['on'])} {n['by']}: {n['words']}", view, lines=4)
    return rows


def flag_lines(card: dict[str, Any], view: View) -> list[Text]:
    """Return what to watch, in words, on one line."""
    if not card["flags"]:
        return []
    found = cell("")
    for n, (word, level) in enumerate(card["flags"]):
        joined = f"{' · ' if n else ''}{word}"
        room = view.width - found.cell_len - MORE * (n < len(card["flags"]) - 1)
        if n and cell_len(joined) > room:
            found.append(f" · +{len(card['flags']) - n} more", style=view.colours.text)
            break
        found.append(cell(cut(joined, room), view.colours.level(level)))
    return [found]


def why_lines(card: dict[str, Any], view: View) -> list[Text]:
    """Return why the case is here."""
    words = card["lane_words"][:1].upper() + card["lane_words"][1:]
    drawn = ", drawn for full discussion" if card["drawn"] else ""
    late = ", its worker is late or absent" if card["late"] else ""
    return _part("Here:", f"{words}{drawn}{late}. {' '.join(card['why'])}", view, lines=2)


def stage_lines(card: dict[str, Any], view: View) -> list[Text]:
    """Return stage and days, and the expected end with its slippage."""
    said = f"{card['stage']} {card['days_in_stage']}d · referred {card['days_since_referral']}d ago"
    end = card["expected_end_on"]
    if end is None:
        planned = "no end date"
    else:
        slip = card["slip_days"] or 0
        moved = f", {slip}d later than first planned" if slip > 0 else ""
        moved = f", {-slip}d earlier than first planned" if slip < 0 else moved
        planned = f"ends {day(end, today=card['on'])}{moved}"
    if card["review_on"] is not None:
        planned += f", look again {day(card['review_on'], today=card['on'])}"
    return [cell(x, view.colours.text) for x in wrap(f"{said} · {planned}", view.width, lines=2)]


def changed_lines(card: dict[str, Any], view: View) -> list[Text]:
    """Return what changed since the last meeting."""
    since = card["since"]
    label = f"Since {day(since, today=card['on'])}:" if since else "Before:"
    words = "; ".join(card["changed"]) or "nothing has changed"
    return _part(label, words, view, lines=2)


def answer_lines(card: dict[str, Any], floor: Floor, view: View) -> list[Text]:
    """Return each question with today's answer and, beside it, the last one with its age."""
    c = view.colours
    label = min(LABEL, max((cell_len(q["label"]) for q in card["questions"]), default=1))
    today = max([TODAY, *(cell_len(_today(q)) for q in card["questions"])])
    today = min(today, max(TODAY, (view.width - label - 4) // 2))
    rest = max(4, view.width - label - today - 4)
    rows = []
    asked = floor.question["question"] if floor.question else None
    for q in card["questions"]:
        row = cell(f"{'>' if q['question'] == asked else ' '} ", f"bold {c.head}")
        row.append(cell(fit(q["label"], label), c.text)).append(" ")
        row.append(cell(fit(_today(q), today), f"bold {c.head}" if q["today"] else c.quiet))
        row.append(" ").append(cell(cut(_last(q), rest), c.quiet))
        rows.append(row)
    return rows


def _today(question: dict[str, Any]) -> str:
    given = question["today"]
    if given is not None:
        note = "" if given["passes"] is None or given["passes"] else " !"
        return f"{given['words']}{note}"
    if question["draft"] is not None:
        return f"draft {question['draft']['words']}"
    return "-"


def _last(question: dict[str, Any]) -> str:
    last = question["last"]
    return f"{last['days']}d ago: {last['words']}" if last is not None else "never asked"


def action_lines(card: dict[str, Any], view: View, room: int) -> list[Text]:
    """Return open actions, oldest due first; those that do not fit are counted."""
    rows: list[dict[str, Any]] = card["actions"]
    if room <= 0:
        return []
    if not rows:
        return [cell("No open action.", view.colours.level("due"))]
    shown = rows if len(rows) <= room else rows[: max(0, room - 1)]
    found = [_action(row, card, view) for row in shown]
    if len(shown) < len(rows):
        late = sum(r["overdue"] for r in rows[len(shown) :])
        words = f"and {count(len(rows) - len(shown), 'more open action')}"
        words += f", {late} overdue" if late else ""
        found.append(cell(words, view.colours.level("over" if late else "note")))
    return found


def _action(row: dict[str, Any], card: dict[str, Any], view: View) -> Text:
    c = view.colours
    state = "due" if row["due_on"] else "no date"
    if row["status"] == "parked":
        when, level = f"parked to {day(row['parked_until'], today=card['on'])}", "note"
    elif row["overdue"]:
        late = (card["on"] - row["due_on"]).days
        when, level = f"OVERDUE {late}d", "over"
    else:
        when = f"{state} {day(row['due_on'], today=card['on'])}" if row["due_on"] else state
        level = "due" if row["due_on"] == card["on"] else "note"
    leech = f" LEECH x{row['carried']}" if row["leech"] else ""
    head = f"{row['action']} {when}{leech} {row['owner'] or 'NOBODY'}: "
    line = cell(cut(head, view.width), c.level("over" if leech else level))
    return line.append(cell(cut(row["text"] or "", max(0, view.width - line.cell_len)), c.text))


# --- the floor


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
