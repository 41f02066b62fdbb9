"""Words that are formulas, markup or terminal controls leave as nothing but words."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casereview.service.actions import actions
from casereview.service.cases import cases, people
from casereview.service.doors.tables import ROWS
from casereview.service.reviews import closing

STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\uff1d", "\uff0b", "\uff0d", "\uff20", " =", "\u00a0=")
FORMULA = re.compile(r"[\s\u00a0\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]")
TERMINAL = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e"
PURPOSE = ("--identifiable", "--purpose", "=cmd|' /C calc'!A0 for the audit")


@pytest.fixture
def hostile(service: Any) -> Any:
    """A person, an answer's reason and an action for every start of a formula, all controls."""
    review = ""
    for n, start in enumerate(STARTS):
        word = f"{start}{TERMINAL}cmd|' /C calc'!A{n}"
        case = f"C{n + 1}"
        cases.refer(
            service.desk(1, 8), team="W1", person=f"={n}{start}", on=date(2026, 3, 1), name=word
        )
        cases.note(service.desk(2), case, word, on=date(2026, 3, 2))
        cases.set_fact(service.desk(2), case, "destination", word, on=date(2026, 3, 2))
        actions.add(service.desk(2), [case], word, owner="dr.a", due_on=date(2026, 3, 9), doer=word)
        review = review or service.open("ward-round", "W1", 3, who="dr.a")
        service.answer(review, case, 3, "crisis_stabilised", "no", reason=word, who="dr.a")
    closing.close(service.desk(3, 11, "dr.a"), review)
    people.correct(service.desk(4), "P1", sex="=1+1")
    return service


@pytest.fixture
def call(
    hostile: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Callable[..., tuple[int, str, str]]:
    from casereview.cli.main import run

    monkeypatch.setenv("CASEREVIEW_STORE", str(hostile.place))
    monkeypatch.setenv("CASEREVIEW_NOW", "2026-03-10T09:00:00Z")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    hostile.restart()

    def inner(*words: str) -> tuple[int, str, str]:
        code = run(list(words))
        found = capsys.readouterr()
        return code, found.out, found.err

    return inner


@pytest.mark.parametrize("what", ROWS)
def test_no_cell_of_any_table_starts_a_formula_or_steers_a_terminal(
    call: Callable[..., tuple[int, str, str]], tmp_path: Path, what: str
) -> None:
    plain, book = tmp_path / "a.csv", tmp_path / "a.xlsx"
    for file in (plain, book):
        code, _, err = call("export", what, *PURPOSE, "-o", str(file))
        assert code == 0, err
        assert not CONTROL.search(err)
    text = plain.read_bytes().decode("utf-8")
    cells = [c for row in csv.reader(io.StringIO(text, newline="")) for c in row]
    assert not [c for c in cells if FORMULA.match(c) and not NUMBER.fullmatch(c)]
    assert not CONTROL.search(text)
    with zipfile.ZipFile(book) as packed:
        sheets = {n: packed.read(n).decode() for n in packed.namelist() if n.endswith(".xml")}
    assert not [n for n, xml in sheets.items() if "<f>" in xml or "<f " in xml]
    assert not [n for n, xml in sheets.items() if "hyperlink" in xml.lower() and "sheet" in n]
    assert not [n for n, xml in sheets.items() if CONTROL.search(xml)]


def test_the_words_are_there_to_be_found(
    call: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    for what, columns in {"cases": 2, "actions": 2, "answers": 1}.items():
        file = tmp_path / f"{what}.csv"
        assert call("export", what, *PURPOSE, "-o", str(file))[0] == 0
        text = file.read_text(encoding="utf-8")
        assert text.count("'=") + text.count("'+") >= columns


def test_a_spreadsheet_is_refused_rather_than_cut_off() -> None:
    from casereview.cli.files import ROWS_MAX, to_xlsx
    from casereview.errors import Usage

    with pytest.raises(Usage) as caught:
        to_xlsx([{"case": "C1"}] * (ROWS_MAX + 1), {})
    assert caught.value.code == "too_many_rows"
    assert "CSV" in caught.value.next


@pytest.mark.parametrize(
    "words",
    [
        ("export", "calendar"),
        ("export", "xes"),
        ("export", "fhir"),
        ("case", "letter", "C1", "--named"),
        ("review", "minutes", "R1"),
        ("export", "actions", "--format", "md"),
    ],
)
def test_nothing_written_to_the_screen_steers_it(
    call: Callable[..., tuple[int, str, str]], words: tuple[str, ...]
) -> None:
    code, out, err = call(*words)
    assert code == 0, err
    assert out
    assert not CONTROL.search(out + err)
