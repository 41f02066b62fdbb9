"""The lines of a case: head, what happened, what is known, ways on. Rows in, words out."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from casereview_tui.text import cell, count, cut, day, fit, known_as, wrap
from casereview_tui.theme import Palette

Row = dict[str, Any]
HIDDEN = "words hidden; i shows"


def head_lines(held: Row, colours: Palette, width: int, *, names: bool) -> list[Text]:
    """Return who a case is about, where it stands, what to watch; a line of its own for each."""
    if not held:
        return []
    who = wrap(_person(held, names=names), width, lines=2)
    return [
        *(cell(x, f"bold {colours.head}") for x in who),
        *(cell(x) for x in wrap(_stands(held), width, lines=2)),
        *_watch(held, colours, width),
        cell(""),
    ]


def _person(held: Row, *, names: bool) -> str:
    said = [known_as(held, names=names), held["case"]]
    if names or not held["restricted"]:
        said.append(held["age_band"])
    if names and held["born_on"]:
        said.append(f"born {day(held['born_on'])}")
    said.append(f"{held['title']}, {held['team']}")
    said.append(f"worker {held['worker'] or 'NOBODY'}")
    return "  ".join(s for s in said if s)


def _stands(held: Row) -> str:
    if not held["open"]:
        how = f": {held['exit']}" if held["exit"] else ""
        said = f"{held['stage']} on {day(held['closed_on'])}{how}"
    else:
        said = f"{held['stage']} for {count(held['days_in_stage'] or 0, 'day')}"
        said += f", here for {count(held['days_since_referral'] or 0, 'day')}"
        end, slip = held["expected_end_on"], held["slip_days"]
        said += f", end {day(end)}" if end else ", no end date"
        said += f" (slipped {slip}d)" if isinstance(slip, int) and slip > 0 else ""
    if held["decision"]:
        said += f", decision to {held['decision']['to']} {held['decision']['status']}"
    if held["transfer_to"]:
        said += f", offered to {held['transfer_to']}"
    if held["linked_case"]:
        said += f", {held['link']} of {held['linked_case']}"
    return said.replace("_", " ")


def _watch(held: Row, colours: Palette, width: int) -> list[Text]:
    if not held["flags"]:
        return [cell("nothing to watch", colours.level("ok"))]
    line = Text(end="")
    for n, (words, level) in enumerate(held["flags"]):
        room = width - line.cell_len - 8
        if room < 8 and n:
            line.append(f"  +{len(held['flags']) - n}", style=colours.text)
            break
        line.append("  " if n else "", style="")
        line.append_text(cell(cut(words, max(8, room)), colours.level(level)))
    return [line]


# --- what happened


def what_happened(row: Row, width: int, *, names: bool) -> tuple[str, str]:
    """Return one line of the timeline."""
    wide = width >= 100
    words = f"{day(row['on']):<12}{fit(row['kind'], 9)}{fit(row['by'], 9 if not wide else 14)} "
    words += row["words"]
    if row["text"] is not None:
        words += f": {row['text'] if names or not row['hidden'] else HIDDEN}"
    level = "due" if row["kind"] == "flags" else "note"
    return cut(words, width), level


# --- what is known


def fact_line(row: Row, width: int) -> tuple[str, str]:
    """Return one fact with its value and age; one that is missing says so."""
    wide = max(16, min(44, width - 45))
    noun = fit(row["noun"], wide)
    if row["missing"]:
        return cut(f"{noun} NOT RECORDED", width), "due"
    age = f"since {day(row['since'])}, {count(row['days'], 'day')}" if row["since"] else ""
    return cut(f"{noun} {fit(value_words(row['value']), 12)} {age}", width), "note"


def value_words(value: Any) -> str:
    """Return a fact's value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def said_of(panel: str, row: Row, *, names: bool) -> str:
    """Return a line of a panel in full, as its window shows it."""
    if panel == "timeline":
        said = f"{day(row['on'])} {row['words']}" + (f", {row['by']}" if row["by"] else "")
        text = row["text"]
        if text is not None:
            said += f"\n{text if names or not row['hidden'] else HIDDEN}"
        return said
    value = "not recorded" if row["missing"] else value_words(row["value"])
    of = "the person" if row["of"] == "person" else "the case"
    return f"{row['fact']} of {of}: {value}\n{row['sentence']}"


# --- ways on


def way_line(row: Row, width: int) -> tuple[str, str]:
    """Return one way on: whether it is open, in words."""
    state, level = ("OPEN", "ok") if not row["left"] else (f"BLOCKED by {row['left']}", "over")
    return cut(f"{fit(row['dest'], 10)} {fit(state, 13)} {row['title']}", width), level


def way_lines(row: Row, colours: Palette, width: int) -> list[Text]:
    """Return what a way needs: unmet first, with who can fix it; then the least to do."""
    found = [cell("")]
    unmet = [c for c in row["checks"] if c["holds"] is not True]
    if row["least"]:
        found += [cell(x, f"bold {colours.head}") for x in wrap(row["least"], width)]
    for check in unmet:
        word, level = ("NOT MET", "over") if check["holds"] is False else ("CANNOT TELL", "due")
        for n, line in enumerate(wrap(check["sentence"], width - 13)):
            found.append(
                cell(f"{word if n == 0 else '':<12} ", colours.level(level)).append(
                    line, style=colours.text
                )
            )
        found += [cell(f"{'':13}{x}", colours.quiet) for x in wrap(_fix(check), width - 13)]
    met = len(row["checks"]) - len(unmet)
    if met:
        found.append(cell(f"{count(met, 'requirement')} met", colours.level("ok")))
    return found


def _fix(check: Row) -> str:
    missing = f"; not known: {', '.join(check['missing'])}" if check["missing"] else ""
    least = "; in the least to do" if check["in_smallest_set"] else ""
    return f"{check['fixer']}, {check['effort']} effort{missing}{least}".replace("_", " ")
