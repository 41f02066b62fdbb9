"""A plain CSV: every fault of it, with line and column; options by their nearest names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casereview.errors import CaseReviewError, FileFaults, NotFound, Usage
from casereview.service.calculating.calc import METHODS, calc


def test_every_fault_is_named_with_line_and_column(worked: Any) -> None:
    with pytest.raises(FileFaults) as refused:
        worked(
            "spc", "date,value", "2024-01-01,1", "2024-13-01,2", "2024-01-15,many", "2024-01-01,3"
        )
    found = [(f.line, f.column, f.key) for f in refused.value.faults]
    assert found == [(3, 1, "date"), (4, 2, "value")]
    assert refused.value.exit_code == 2


def test_a_date_twice_is_named_at_its_second_line(worked: Any) -> None:
    with pytest.raises(FileFaults, match=r"figures.csv:3:1: date: 2024-01-01 has a value already"):
        worked("spc", "date,value", "2024-01-01,1", "2024-01-01,2")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"date,value\n", "a heading but no row"),
        (b"date,values\n2024-01-01,2\n", "Did you mean 'values'?"),
        (b"date,value,date\n2024-01-01,2,3\n", "The heading occurs twice"),
        (b"date,value\n2024-01-01,2,3\n", "The row has 3 cells; the heading has 2"),
        (b"date,value\n2024-01-01,\xff\n", "f.csv:2: The text is not UTF-8"),
        (b'date,value\n2024-01-01,"2\n', "A quote that opens on line 2 is not closed"),
        (b"date,value\n2024-01-01,1e99\n", "larger than 1e+12"),
        (b"date,value\n2024-01-01,inf\n", "'inf' is no number"),
        (b"date,value\n2024-01-01,\n", "The cell is empty"),
        (b'date,value\n2024-01-01,"1,000"\n', "'1,000' is no number"),
        (b'date,value\n2024-01-01,"1,000.5"\n', "leave out what parts the thousands, 1000.5."),
        (b"date;value\n2024-01-01;3,5\n", "write decimals with a point, 3.5."),
        (b"date,value\n2024-01-01,45%\n", "'45%' is no number; leave the sign out, 45."),
        (b"date,value\n2024-01-01,\x1b[31m\n", "is no number"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    with pytest.raises(CaseReviewError) as refused:
        calc("spc", path)
    assert sentence in str(refused.value)
    assert "\x1b" not in str(refused.value)


def test_many_faults_are_counted(worked: Any) -> None:
    with pytest.raises(FileFaults) as refused:
        worked("spc", "date,value", *["x,1"] * 80)
    assert len(refused.value.faults) == 51
    assert "30 more faults" in str(refused.value)


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_the_sign_between_cells_the_mark_and_capitals_do_not_matter(
    tmp_path: Path, between: str
) -> None:
    path = tmp_path / "f.csv"
    lines = ["Date, VALUE ,why", "2024-01-08,2,b", "", "2024-01-01,1,a"]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).replace(",", between).encode())
    rows, about = calc("spc", path)
    assert [r["value"] for r in rows] == [1, 2]
    assert about["columns_ignored"] == ["why"]


@pytest.mark.parametrize("file", ["nowhere.csv", ".", "a\0b"])
def test_a_file_that_is_not_there_gets_a_sentence(tmp_path: Path, file: str) -> None:
    with pytest.raises(Usage, match="cannot be read"):
        calc("spc", str(tmp_path / file) if file != "a\0b" else file)


def test_an_unknown_method_names_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"Did you mean survival\?"):
        calc("survivl", "x.csv")


@pytest.mark.parametrize("method", METHODS)
def test_an_option_of_another_method_is_refused(method: str) -> None:
    with pytest.raises(Usage, match=f"{method} has no option --colour"):
        calc(method, "x.csv", colour="red")


def test_a_misspelt_option_names_the_nearest() -> None:
    with pytest.raises(Usage, match=r"Did you mean --target-wait\?"):
        calc("waiting-list", "x.csv", target_wai=3)
