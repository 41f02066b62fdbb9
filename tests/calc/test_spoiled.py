"""Spoiled figures: each method answers with rows that are numbers, or with a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casereview.errors import CaseReviewError
from casereview.service.calculating.calc import calc, calc_svg

GOOD = {
    "spc": ("date,value", [f"2024-{m:02d}-01,{10 + m % 5}" for m in range(1, 13)]),
    "survival": ("days,outcome", [f"{d},{('planned', 'open')[d % 2]}" for d in range(1, 12)]),
    "cif": ("days,outcome", [f"{d},{('planned', 'open')[d % 2]}" for d in range(1, 12)]),
    "rmst": ("days,outcome", [f"{d},{('planned', 'open')[d % 2]}" for d in range(1, 12)]),
    "logrank": ("days,outcome,group", [f"{d},planned,{'ab'[d % 2]}" for d in range(1, 12)]),
    "waiting-list": ("referral,removal", [f"2024-01-{d:02d},2024-02-{d:02d}" for d in range(1, 9)]),
    "rtt": ("weeks_from,count", [f"{w},{30 - w}" for w in range(30)]),
    "proportion": ("area,x,n", ["A,5,10", "B,6,10"]),
    "rate": ("area,x,n", ["A,5,100", "B,60,1000"]),
    "mean": ("x", ["1", "2", "3.5"]),
    "funnel": ("area,num,den", ["A,5,10", "B,6,10", "C,9,20"]),
    "compare": ("period,value", ["before,1", "before,2", "after,3", "after,5"]),
}
CELLS = [
    "", "nan", "inf", "-inf", "1e308", "1e-308", "1e12", "-1", "0", "1.5", '"1,234"', "1_000",
    "\uff11\uff12", "01/02/2024", "2024-02-30", "0001-01-01", "9999-12-31", "#REF!", "=1+1", "N/A",
]  # fmt: skip


def answer(method: str, path: Path, content: str) -> str:
    """Return "" for rows, else the sentence; anything that is no number in JSON fails."""
    path.write_text(content, encoding="utf-8")
    try:
        rows, about = calc(method, path)
    except CaseReviewError as refused:
        return str(refused)
    json.dumps([rows, about], allow_nan=False, default=str)
    assert calc_svg(method, rows, about).startswith("<svg")
    return ""


@pytest.mark.parametrize("method", GOOD)
@pytest.mark.parametrize("cell", CELLS)
def test_a_spoiled_cell_never_becomes_a_figure_that_is_none(
    tmp_path: Path, method: str, cell: str
) -> None:
    head, rows = GOOD[method]
    for place in range(head.count(",") + 1):
        spoilt = [[*row.split(",")] for row in rows]
        for which in ([1], range(len(rows))):
            for n in which:
                spoilt[n][place] = cell
            said = answer(method, tmp_path / "f.csv", "\n".join([head, *map(",".join, spoilt)]))
            assert not said or said.endswith((".", "?", "!", "'"))


@pytest.mark.parametrize("method", GOOD)
def test_few_doubled_and_turned_rows_get_figures_or_a_sentence(tmp_path: Path, method: str) -> None:
    head, rows = GOOD[method]
    path = tmp_path / "f.csv"
    assert "empty" in answer(method, path, "")
    assert "no row" in answer(method, path, head + "\n")
    for some in (rows[:1], rows[:2], rows[-1:], [rows[0]] * 4, rows[::-1]):
        answer(method, path, "\n".join([head, *some]))
    assert answer(method, path, "\n".join([head, *rows[::-1]])) == ""


@pytest.mark.parametrize("method", GOOD)
def test_what_a_spreadsheet_adds_to_a_csv_is_passed_over(tmp_path: Path, method: str) -> None:
    head, rows = GOOD[method]
    path = tmp_path / "f.csv"
    for content in (
        "\n".join([f"{row},," for row in [head, *rows]]),
        "\n".join([head, *(f"{row}, " for row in rows)]),
        "sep=,\r\n" + "\r\n".join([head, *rows]),
        "\ufeff" + "\n".join(["", head, *rows, ",,"]),
    ):
        assert answer(method, path, content) == ""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04abc", "This is a spreadsheet; save it as CSV UTF-8"),
        ("date,value\n2024-01-01,2\n".encode("utf-16-le"), "NUL character, as in UTF-16"),
        (b"date,value\n2024-01-01,1\x00\n", "f.csv:2: There is a NUL"),
        (b"date,value\n2024-01-01,1\nx\n", "The row has 1 cell; the heading has 2"),
        (b'date,value\n2024-01-01,"a"b\n', "A quote stands inside a cell"),
        (b"date,value\n2024-01-01,1e-30\n", "nearer to 0 than"),
        ("date,value\n2024-01-01,\u0663\n".encode(), "is no number"),
    ],
)  # fmt: skip
def test_what_is_no_csv_of_figures_is_told(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    with pytest.raises(CaseReviewError) as refused:
        calc("spc", path)
    assert sentence in str(refused.value)
    assert refused.value.exit_code == 2


def test_the_sign_of_a_broken_formula_is_no_outcome(tmp_path: Path) -> None:
    said = answer("survival", tmp_path / "f.csv", "days,outcome\n1,planned\n2,#REF!\n")
    assert "f.csv:3:2: outcome: #REF! is the sign for a formula that went wrong" in said
