"""Workbooks of actions: out to their owners, and back line by line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from casereview.errors import FileFaults, Usage
from casereview.service.actions import action_rows, action_sheets, actions
from casereview.service.organisation import users

DUE = date(2026, 3, 10)


@pytest.fixture
def team(ward: Any, events: Any) -> Any:
    ward.take(*events("A,Referred,05/01/2026", "B,Referred,05/01/2026"))
    users.add_user(ward.desk.again(), "ann", name="Ann", role="clinician")
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
    with xlsxwriter.Workbook(
        made, {"strings_to_formulas": False, "default_date_format": "dd/mm/yyyy"}
    ) as book:
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


def returned(team: Any, tmp_path: Path, change: Any) -> list[dict[str, Any]]:
    """Read back what ann makes of her sheet, whose rows are A1, A2 on the lines 3 and 4."""
    told = action_sheets.write(team.desk.again(), "WARD", tmp_path / "sheets")
    rows = cells(Path(next(r["file"] for r in told if r["owner"] == "ann")))
    change(rows)
    return action_sheets.read(team.desk.again(), filled(tmp_path / "sheets" / "x.xlsx", rows))


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [(6, "no answer", "note without yes"), (4, "2026-04-01", "under due"),
     (3, "something else", "under what"), (2, "C9", "under case")],
)  # fmt: skip
@pytest.mark.parametrize("answer", ["", "yes"])
def test_what_the_sheet_cannot_take_in_is_refused_and_not_dropped(
    team: Any, tmp_path: Path, column: int, value: str, why: str, answer: str
) -> None:
    def change(rows: list[list[Any]]) -> None:
        rows[2][5] = answer if column != 6 else ""
        rows[2][column] = value

    back = returned(team, tmp_path, change)
    assert [r["result"] for r in back] == ["refused", "unchanged"]
    assert why in back[0]["reason"]
    assert len(action_rows.list_actions(team.desk.again(), team="WARD", status="open")) == 3


def test_a_column_sorted_by_itself_closes_nothing(team: Any, tmp_path: Path) -> None:
    def change(rows: list[list[Any]]) -> None:
        rows[2][0], rows[3][0] = rows[3][0], rows[2][0]
        rows[2][5] = "yes"

    back = returned(team, tmp_path, change)
    assert [r["result"] for r in back] == ["refused", "refused"]


def test_rows_in_another_order_and_true_dates_are_the_same_rows(team: Any, tmp_path: Path) -> None:
    def change(rows: list[list[Any]]) -> None:
        rows[2], rows[3] = rows[3], rows[2]
        rows[2][5], rows[2][4] = "yes", DUE

    assert [r["result"] for r in returned(team, tmp_path, change)] == ["done", "unchanged"]


def test_a_line_that_somebody_added_is_refused(team: Any, tmp_path: Path) -> None:
    def change(rows: list[list[Any]]) -> None:
        rows.append(["", "", "C1", "a new thing", "", "", ""])

    back = returned(team, tmp_path, change)
    assert [r["result"] for r in back] == ["unchanged", "unchanged", "refused"]
    assert "action add" in back[2]["reason"]


def test_a_text_of_several_lines_comes_back_as_it_went(team: Any, tmp_path: Path) -> None:
    actions.add(team.desk.again(), ["C1"], "ring\nand  write", owner="ann", due_on=DUE)
    back = returned(team, tmp_path, lambda rows: rows[4].__setitem__(5, "yes"))
    assert [r["result"] for r in back] == ["unchanged", "unchanged", "done"]
