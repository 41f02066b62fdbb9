"""`casereview calc` from the command line: rows, drawings, files, refusals."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from casereview.cli.main import run

LINES = ("date,value", *(f"2024-01-{n + 1:02},{v}" for n, v in enumerate((10, 12, 9, 11) * 4)))


def call(streams: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(["calc", *words])
    found = streams.readouterr()
    return code, found.out, found.err


def test_json_has_rows_and_figures(capsys: pytest.CaptureFixture[str], sheet: Any) -> None:
    code, out, _ = call(
        capsys, "spc", sheet(*LINES), "--profile", "nhsr", "--improvement", "decrease",
        "--target", "14", "--rebase", "2024-01-09", "--note", "2024-01-09=new desk",
        "--format", "json",
    )  # fmt: skip
    found = json.loads(out)
    assert code == 0
    assert (len(found["rows"]), found["rows"][8]["rebase_group"]) == (16, 1)
    assert {"what", "as_of", "known_by", "definition", "icons", "warnings"} <= set(found)
    assert found["rebased"][0]["reason"] == "new desk"


def test_a_table_is_a_drawing_and_csv_has_the_rows(
    capsys: pytest.CaptureFixture[str], sheet: Any
) -> None:
    path = sheet(*LINES)
    code, out, _ = call(capsys, "spc", path, "--no-screen")
    assert code == 0
    assert "chance alone flags" in out
    code, out, _ = call(capsys, "spc", path, "--format", "csv")
    assert code == 0
    assert len(list(csv.DictReader(io.StringIO(out)))) == 16


def test_figures_inside_figures_are_flat_in_csv(
    capsys: pytest.CaptureFixture[str], sheet: Any
) -> None:
    path = sheet("period,value", "before,3", "before,4", "after,5", "after,7")
    _, out, err = call(capsys, "compare", path, "--format", "csv")
    [row] = csv.DictReader(io.StringIO(out))
    assert {"welch_ci_lower", "welch_ci_upper", "wilcoxon_W"} <= set(row)
    assert "still open" in err


def test_a_chart_is_written_whole_and_not_over_another(
    capsys: pytest.CaptureFixture[str], sheet: Any, tmp_path: Path
) -> None:
    chart = tmp_path / "chart.svg"
    path = sheet(*LINES)
    assert call(capsys, "spc", path, "-o", str(chart))[0] == 0
    assert chart.read_text(encoding="utf-8").startswith("<svg")
    assert call(capsys, "spc", path, "-o", str(chart))[0] == 2
    assert call(capsys, "spc", path, "-o", str(chart), "--yes")[0] == 0


def test_rows_that_are_not_drawn_follow_the_drawing(
    capsys: pytest.CaptureFixture[str], sheet: Any
) -> None:
    path = sheet("days,outcome,group", "3,planned,a", "5,open,b", "8,planned,b")
    _, out, _ = call(capsys, "logrank", path)
    assert "Kaplan-Meier" in out
    assert "chisq" in out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("spk", "FILE"), 1, "Did you mean spc?"),
        (("spc", "nowhere.csv"), 2, "cannot be read"),
        (("rtt", "FILE"), 2, "There is no column weeks_from"),
        (("rtt", "FILE", "--tau", "3"), 2, "rtt has no option --tau"),
        (("spc", "FILE", "--fix-after", "40"), 2, "The baseline ends after the series"),
    ],
)
def test_wrong_input_gets_a_sentence(
    capsys: pytest.CaptureFixture[str], sheet: Any, words: tuple[str, ...], code: int, sentence: str
) -> None:
    path = sheet(*LINES)
    found, out, err = call(capsys, *(path if w == "FILE" else w for w in words))
    assert (found, out) == (code, "")
    assert sentence in err
