"""One case set out in the lines there are: who, why here, what changed, answers, actions, question.

Pure: rows of text from what the service gave, for a width and a height. What does not fit is left
out in a fixed order and counted; the question and its keys always stay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from casereview_tui.text import cell, count, cut, day, fit, known_as, wrap
from casereview_tui.widgets.floor import Floor, View, floor_lines

TALL = 24
"""Rows over which a case is set out; a taller screen leaves the rest empty."""
LEAST = 6
"""Rows above the question from which one is kept for the open actions."""
LABEL, MORE = 20, 10
"""Most columns of a question's name, and of how much is left out."""
TODAY, WHOLE = 9, 13
"""Least columns of today's answer beside it, and those that its longest plain one needs."""


def case_lines(card: dict[str, Any], floor: Floor, view: View) -> list[Text]:
    """Return the lines of a case, as many as there is room for.

    Each part is made with a number of lines more than usual; what was cut gets those that are left.
    """
    bottom = floor_lines(card, floor, view)
    room = view.height - len(bottom)
    filled = floor.pending["action"] if floor.pending is not None else None
    others = [a for a in card["actions"] if a["action"] != filled]
    makers: dict[str, Callable[[int], list[Text]]] = {
        "who": lambda _: who_lines(card, view),
        "flags": lambda more: flag_lines(card, view, lines=1 + min(1, more)),
        "stage": lambda _: stage_lines(card, view),
        "answers": lambda more: answer_lines(card, floor, view, more=more),
        "changed": lambda more: changed_lines(card, view, lines=2 + more),
        "why": lambda more: why_lines(card, view, lines=2 + more),
        "notes": lambda _: note_lines(card, view),
    }
    order = list(makers)
    if card["may_confirm"]:  # nobody confirms what has not been shown
        order[3:5] = ["changed", "answers"]
    kept = int(bool(others) and room > LEAST)
    room -= kept
    parts: dict[str, list[Text]] = {}
    for name in order:
        parts[name] = makers[name](0)[: max(0, room)]
        room -= len(parts[name])
    room += kept
    parts["actions"] = _actions(others, card, floor, view, room - 1 if room > 1 else room)
    room -= len(parts["actions"])
    for name in ("flags", "answers", "changed", "why"):
        if room > 1:
            grown = makers[name](room - 1)
            room -= len(grown) - len(parts[name])
            parts[name] = grown
    shown = ("who", "flags", "why", "stage", "changed", "answers", "actions", "notes")
    top = [line for name in shown for line in parts[name]]
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


def flag_lines(card: dict[str, Any], view: View, *, lines: int = 1) -> list[Text]:
    """Return what to watch, in words; what does not fit in so many lines is counted."""
    rows: list[Text] = []
    left = list(card["flags"])
    while left:
        last = len(rows) == lines - 1
        row = cell("")
        while left:
            word, level = left[0]
            joined = f"{' · ' if row.cell_len else ''}{word}"
            room = view.width - row.cell_len - MORE * (last and len(left) > 1)
            if row.cell_len and cell_len(joined) > room:
                break
            row.append(cell(cut(joined, room), view.colours.level(level)))
            left.pop(0)
        rows.append(row)
        if last:
            break
    if left:
        rows[-1].append(f" · +{len(left)} more", style=view.colours.text)
    return rows


def why_lines(card: dict[str, Any], view: View, *, lines: int = 2) -> list[Text]:
    """Return why the case is here."""
    words = card["lane_words"][:1].upper() + card["lane_words"][1:]
    drawn = ", drawn for full discussion" if card["drawn"] else ""
    late = ", its worker is late or absent" if card["late"] else ""
    return _part("Here:", f"{words}{drawn}{late}. {' '.join(card['why'])}", view, lines=lines)


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


def changed_lines(card: dict[str, Any], view: View, *, lines: int = 2) -> list[Text]:
    """Return what changed since the last meeting."""
    since = card["since"]
    label = f"Since {day(since, today=card['on'])}:" if since else "Before:"
    words = "; ".join(card["changed"]) or "nothing has changed"
    return _part(label, words, view, lines=lines)


def answer_lines(card: dict[str, Any], floor: Floor, view: View, *, more: int = 0) -> list[Text]:
    """Return each question with today's answer and, beside it, the last one with its age.

    A last answer takes further lines while there are `more`.
    """
    c = view.colours
    label = min(LABEL, max((cell_len(q["label"]) for q in card["questions"]), default=1))
    today = max([TODAY, *(cell_len(_today(q)) for q in card["questions"])])
    today = min(today, max(WHOLE, (view.width - label - 4) // 2))
    rest = max(4, view.width - label - today - 4)
    rows = []
    asked = floor.question["question"] if floor.question else None
    for q in card["questions"]:
        row = cell(f"{'>' if q['question'] == asked else ' '} ", f"bold {c.head}")
        row.append(cell(fit(q["label"], label), c.text)).append(" ")
        row.append(cell(fit(_today(q), today), f"bold {c.head}" if q["today"] else c.quiet))
        first, *others = wrap(_last(q), rest, lines=1 + more)
        rows.append(row.append(" ").append(cell(cut(first, rest), c.quiet)))
        rows += [cell(" " * (view.width - rest) + x, c.quiet) for x in others]
        more -= len(others)
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


def _actions(
    rows: list[dict[str, Any]], card: dict[str, Any], floor: Floor, view: View, room: int
) -> list[Text]:
    """Return open actions, oldest due first; those that do not fit are counted."""
    if room <= 0:
        return []
    if not rows:
        none = "No open action." if floor.pending is None else "No other open action."
        return [cell(none, view.colours.level("due" if floor.pending is None else "note"))]
    shown = rows if len(rows) <= room else rows[: max(0, room - 1)]
    found = [_action(row, card, view) for row in shown]
    if len(shown) < len(rows):
        late = sum(r["overdue"] for r in rows[len(shown) :])
        word = "more open action" if shown else "open action"
        words = f"{'and ' if shown else ''}{count(len(rows) - len(shown), word)}"
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
