"""Workbooks of actions: out to their owners, and back line by line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from casereview.errors import FileFaults, Usage
from casereview.service import action_rows, action_sheets, actions, setup

DUE = date(2026, 3, 10)


@pytest.fixture
def team(ward: Any, events: Any) -> Any:
    ward.take(*events("A,Referred,05/01/2026", "B,Referred,05/01/2026"))
    setup.add_user(ward.desk.again(), "ann", name="Ann", role="clinician")
    for case, text, owner in (("C1", "=ring", "ann"), ("C2", "write", "ann"),
                              ("C2", "ask", "root")):  # fmt: skip
        login = owner if owner != "root" else ward.desk.actor
        actions.add(ward.desk.again(), [case], text, owner=login, due_on=DUE)
    return ward


def cells(path: Path) -> list[list[Any]]:
    book = CalamineWorkbook.from_path(str(path))
    return [list(r) for r in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]


def filled(path: Path, rows: list[list[Any]]) -> Path:
    made = path.with_name("back.xlsx")
    with xlsxwriter.Workbook(made, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return made


def test_one_workbook_for_each_owner(team: Any, tmp_path: Path) -> None:
    told = action_sheets.write(team.desk.again(), "WARD", tmp_path / "sheets")
    assert {r["owner"]: r["actions"] for r in told} == {"ann": 2, team.desk.actor: 1}
    rows = cells(Path(told[0]["file"]) if told[0]["owner"] == "ann" else Path(told[1]["file"]))
    assert rows[1][:7] == list(action_sheets.COLUMNS)
    assert {r[3] for r in rows[2:]} == {"'=ring", "write"}
    with pytest.raises(Usage, match="already"):
        action_sheets.write(team.desk.again(), "WARD", tmp_path / "sheets")


def test_what_is_done_is_closed_and_what_has_changed_is_refused(team: Any, tmp_path: Path) -> None:
    told = action_sheets.write(team.desk.again(), "WARD", tmp_path / "sheets")
    path = Path(next(r["file"] for r in told if r["owner"] == "ann"))
    rows = cells(path)
    for row in rows[2:]:
        row[5], row[6] = "Yes", "all well"
    changed = rows[3][0]
    actions.edit(team.desk.again(), changed, due_on=date(2026, 3, 20))
    rows += [["A99", "1", "", "", "", "yes", ""], [rows[2][0], "1", "", "", "", "yes", ""],
             ["A3", "1", "", "", "", "perhaps", ""]]  # fmt: skip
    back = action_sheets.read(team.desk.again(), filled(path, rows))
    assert [r["result"] for r in back] == ["done", "refused", "refused", "refused", "refused"]
    assert "changed since" in back[1]["reason"]
    assert [r["line"] for r in back] == [3, 4, 5, 6, 7]
    left = action_rows.list_actions(team.desk.again(), team="WARD", status="open")
    assert changed in {r["action"] for r in left}
    assert len(left) == 2
    assert team.problems() == []


def test_another_workbook_is_no_action_sheet(team: Any, tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="no action sheet"):
        action_sheets.read(team.desk.again(), filled(tmp_path / "x.xlsx", [["a", "b"]]))
