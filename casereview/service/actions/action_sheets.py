"""Action sheets: a workbook for each owner, and reading back what they filled in, line by line."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from casereview.core.text import cell_for_spreadsheet, safe
from casereview.errors import CaseReviewError, Refused, Usage
from casereview.exchange.formats.survey import survey, unreadable
from casereview.exchange.formats.workbook import load
from casereview.service.actions import action_rows, actions
from casereview.service.desk import Desk, Rows

COLUMNS = ("action", "version", "case", "what", "due", "done", "note")
TITLE = "Write yes under done, and a note if you like; leave the other columns as they are."
HEADING_ROW = 2
YES, NO = ("yes", "y", "true", "1", "x", "done"), ("", "no", "n", "false", "0")
WIDTHS = (10, 9, 10, 60, 12, 8, 40)


def write(desk: Desk, team: str, folder: Path) -> Rows:
    """Write a workbook of open actions for each owner of a team; return what was written.

    Actions that nobody owns are in one of their own. Names of people are in none.

    Raises:
        Usage: the folder cannot be written, or a workbook is there already.
        NotFound: no such team.
    """
    found = action_rows.list_actions(desk, team=team, status="open")
    owners: dict[str, Rows] = {}
    for row in found:
        owners.setdefault(str(row["owner"] or "nobody"), []).append(row)
    names = {owner: folder / f"{team}-{_file_name(owner)}.xlsx" for owner in owners}
    there = sorted(path.name for path in names.values() if path.exists())
    if there:
        raise Usage(
            f"There is already {there[0]} in the folder; nothing was written.",
            code="output_exists",
            next="Choose an empty folder.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for owner, rows in owners.items():
            with names[owner].open("xb") as file:
                names[owner].chmod(0o600)
                file.write(_workbook(rows))
    except OSError as error:
        raise Usage(
            f"The folder cannot be written: {error.strerror}.", next="Choose another folder."
        ) from error
    return [
        {"owner": owner, "actions": len(rows), "file": str(names[owner])}
        for owner, rows in sorted(owners.items())
    ]


def _file_name(owner: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", owner)[:60] or "nobody"


def _workbook(rows: Rows) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        sheet, bold = book.add_worksheet("actions"), book.add_format({"bold": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, TITLE)
        for n, name in enumerate(COLUMNS):
            sheet.write_string(HEADING_ROW - 1, n, name, bold)
            sheet.set_column(n, n, WIDTHS[n], wrap)
        sheet.freeze_panes(HEADING_ROW, 0)
        for line, row in enumerate(rows, HEADING_ROW):
            for n, cell in enumerate(_cells(row)):
                sheet.write_string(line, n, cell_for_spreadsheet(cell), wrap)
        last = HEADING_ROW + max(len(rows), 1) - 1
        sheet.data_validation(
            HEADING_ROW, 5, last, 5, {"validate": "list", "source": ["yes", "no"]}
        )
    return out.getvalue()


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a sheet says of an action, before what its owner writes."""
    due = row["due_on"]
    what = safe(str(row["text"] or ""), lines=True)
    return (str(row["action"]), str(row["version"]), str(row["case"] or ""), what,
            due.isoformat() if due else "")  # fmt: skip


def read(desk: Desk, path: Path, *, on: date | None = None) -> Rows:
    """Take in a sheet that its owner filled in: what is done is closed, with its note.

    Each line is a change of its own: one that was changed since the sheet was written, that has
    ended, or that cannot be read, is refused and the others go on.

    Raises:
        Unreadable: it is no action sheet.
    """
    cells, formulas, *_ = load(path, survey(path))
    lines = [[_text(c) for c in row] for row in cells]
    top = next((n for n, row in enumerate(lines[:20]) if row[: len(COLUMNS)] == [*COLUMNS]), None)
    if top is None:
        raise unreadable(path.name, f"This is no action sheet: no row is {', '.join(COLUMNS)}.")
    told: Rows = []
    seen: set[str] = set()
    open_ = {row["action"]: row for row in action_rows.list_actions(desk, status="open")}
    for number, row in enumerate(lines[top + 1 :], top + 2):
        said = dict(zip(COLUMNS, [*row, *[""] * len(COLUMNS)], strict=False))
        if not any(said.values()):
            continue
        result, reason = "refused", ""
        try:
            if formulas.get(number):
                raise Refused("This line holds a formula with no stored value.", next="Type it.")
            result = _line(desk, said, seen, open_, on)
        except CaseReviewError as error:
            reason = str(error)
        told.append({"line": number, "action": said["action"], "result": result, "reason": reason})
    return told


def _line(
    desk: Desk, said: Mapping[str, str], seen: set[str],
    open_: Mapping[str, Mapping[str, Any]], on: date | None,
) -> str:  # fmt: skip
    """Apply one line and return "done" or "unchanged".

    Raises:
        Refused: it cannot be read, the action has changed since, or what somebody wrote would be
            dropped.
    """
    action, answer = said["action"], said["done"].casefold()
    if not action:
        raise Refused("This line has no action.", next="Add what is new with `action add`.")
    if action in seen:
        raise Refused(f"{action} is in this sheet twice.", next="Leave one line of it.")
    seen.add(action)
    if answer not in (*YES, *NO):
        raise Refused("Done is neither yes nor no.", next="Write yes, or leave it empty.")
    held = open_.get(action)
    if held is not None and said["version"] == str(held["version"]):
        _refuse_rewritten(said, held)
    if answer in NO:
        if said["note"]:
            raise Refused(
                "There is a note without yes, and a note is kept only with what is done.",
                next="Write yes, or take the note down with `case note`.",
            )
        return "unchanged"
    if not re.fullmatch(r"[0-9]{1,9}", said["version"]):
        raise Refused("The version of this line is missing.", next="Write the sheets again.")
    actions.close(
        desk.again(), action, done=True, reason=said["note"], on=on, seen=int(said["version"])
    )
    return "done"


def _refuse_rewritten(said: Mapping[str, str], held: Mapping[str, Any]) -> None:
    """Refuse a line in which another column than the owner's says something else than it did.

    Raises:
        Refused: it was rewritten, or a column was sorted without the others.
    """
    for column, cell in zip(COLUMNS, _cells(held), strict=False):
        if said[column].split() != cell.removeprefix("'").split():
            raise Refused(
                f"What stands under {column} is not what the sheet said; it said {cell!r}.",
                next="Put it back, and change the action with `action edit`.",
            )


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value).strip()
    return text.removeprefix("'")


def refused(rows: Sequence[Mapping[str, Any]]) -> int:
    """Return how many lines of a sheet were refused."""
    return sum(row["result"] == "refused" for row in rows)
