"""Importing at the command line: a proposal, the question at a terminal, taking back, sheets."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

LAYOUT = """
[layout]
id = "list"
version = 1
title = "A list"
shape = "snapshot"
pathway = "ward"
[time]
formats = ["dd/mm/yyyy"]
[columns]
id = "case"
referred = "referred"
status = "stage"
[[status]]
words = ["new"]
stage = "assess"
[[status]]
words = ["recovery"]
stage = "recover"
"""
GOOD, BAD = "A,05/01/2026,new", "B,05/01/2026,nonsense"


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., tuple[str, ...]]:
    """Write a list and its layout, and return the words of the command that imports it."""

    def make(*rows: str, name: str = "list.csv") -> tuple[str, ...]:
        file, layout = tmp_path / name, tmp_path / "list.toml"
        file.write_text("\n".join(["case,referred,stage", *rows]) + "\n", encoding="utf-8")
        layout.write_text(LAYOUT, encoding="utf-8")
        report = ("--report", str(tmp_path / "report.csv"))
        return ("import", str(file), "--layout", str(layout), "--team", "W1", *report)

    return make


def cases(ward: Any) -> int:
    return len(ward.rows("case", "list"))


# --- a proposal


def test_a_proposal_is_printed_and_nothing_is_imported(ward: Any, files: Any) -> None:
    words, before = files(GOOD), cases(ward)
    told = ward.ok("import", words[1], "--guess")
    assert told.out.startswith("# A proposal")
    assert 'referred = "referred"' in told.out
    assert "try it with --dry-run" in told.err
    assert cases(ward) == before
    row = ward.rows("import", words[1], "--guess")[0]
    assert row["layout"].startswith("# A proposal")


def test_a_proposal_can_be_saved_and_used(ward: Any, files: Any, tmp_path: Path) -> None:
    words = files(GOOD)
    saved = tmp_path / "mine.toml"
    proposal = ward.ok("import", words[1], "--guess").out
    assert 'pathway = "ward"' in proposal
    saved.write_text(proposal, encoding="utf-8")
    row = ward.rows("import", words[1], "--layout", str(saved), "--team", "W1", "--dry-run")[0]
    assert (row["accepted"], row["run"]) == (1, None)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--guess", "--team", "W1"), "imports nothing"),
        (("--undo", "I1"), "whole run"),
        (("--archive", "x.zip"), "by itself"),
        (("--head", "1234"), "--archive"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    ward: Any, files: Any, more: tuple[str, ...], says: str
) -> None:
    told = ward("import", files(GOOD)[1], *more)
    assert told.code == 2
    assert says in told.err


# --- exit codes


@pytest.mark.parametrize(
    ("rows", "code"), [((GOOD, BAD), 0), ((BAD,), 1), ((), 0), ((GOOD,), 0)],
    ids=["some", "none", "empty", "all"],
)  # fmt: skip
def test_the_exit_code_says_whether_anything_was_taken(
    ward: Any, files: Any, rows: tuple[str, ...], code: int
) -> None:
    told = ward(*files(*rows), "--format", "json")
    assert told.code == code
    assert set(told.json["rows"][0]) == {
        "accepted", "unchanged", "rejected", "warned", "cases", "run", "report",
    }  # fmt: skip


def test_a_file_that_cannot_be_read_is_2(ward: Any, files: Any, tmp_path: Path) -> None:
    words = list(files(GOOD))
    words[1] = str(tmp_path / "nothing.csv")
    assert ward(*words).code == 2


# --- taking back


def test_a_run_is_taken_back_by_its_id(ward: Any, files: Any) -> None:
    run = ward.rows(*files(GOOD))[0]["run"]
    before = cases(ward)
    row = ward.rows("import", "--undo", run)[0]
    assert (row["run"], row["cases"]) == (run, 1)
    assert cases(ward) == before - 1
    again = ward("import", "--undo", run)
    assert again.code != 0
    assert "taken back already" in again.err
    ward.ok("verify")


def test_a_run_on_which_something_rests_is_not_taken_back(ward: Any, files: Any) -> None:
    run = ward.rows(*files(GOOD))[0]["run"]
    ward.ok("case", "note", "C2", "seen")
    told = ward("import", "--undo", run)
    assert told.code != 0
    assert "noted was recorded on C2" in told.err
    assert "Take that back first" in told.err
    assert ward("import", "--undo", "I99").code != 0
    assert ward("import", "--undo", "C1").code != 0


# --- action sheets


def filled(path: Path, change: Callable[[list[list[Any]]], None]) -> str:
    book = CalamineWorkbook.from_path(str(path))
    rows = [list(r) for r in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]
    change(rows)
    made = path.with_name("back.xlsx")
    with xlsxwriter.Workbook(made, {"strings_to_formulas": False}) as out:
        sheet = out.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return str(made)


def test_action_sheets_go_out_and_come_back(ward: Any, tmp_path: Path) -> None:
    for text in ("ring", "write"):
        ward.ok("action", "add", "C1", text, "--owner", "dr.a", "--due", "2026-03-10")
    folder = tmp_path / "sheets"
    told = ward.rows("action", "sheets", "--team", "W1", "-o", str(folder))
    assert [(r["owner"], r["actions"]) for r in told] == [("dr.a", 2)]
    ward.ok("action", "edit", "A2", "--due", "2026-03-20")

    def both_done(rows: list[list[Any]]) -> None:
        for row in rows[2:]:
            row[5], row[6] = "yes", "all well"

    back = filled(Path(told[0]["file"]), both_done)
    read = ward("action", "sheets", "--read", back, "--format", "json")
    assert read.code == 0
    assert [(r["line"], r["action"], r["result"]) for r in read.json["rows"]] == [
        (3, "A1", "done"), (4, "A2", "refused"),
    ]  # fmt: skip
    assert "changed since" in read.json["rows"][1]["reason"]
    assert {r["action"]: r["status"] for r in ward.rows("action", "list")} == {
        "A1": "done", "A2": "open",
    }  # fmt: skip
    again = ward("action", "sheets", "--read", back, "--format", "json")
    assert again.code == 1
    assert {r["result"] for r in again.json["rows"]} == {"refused"}


def test_sheets_need_a_team_and_an_empty_folder(ward: Any, tmp_path: Path) -> None:
    ward.ok("action", "add", "C1", "ring", "--owner", "dr.a", "--due", "2026-03-10")
    assert ward("action", "sheets", "-o", str(tmp_path / "s")).code == 2
    ward.ok("action", "sheets", "--team", "W1", "-o", str(tmp_path / "s"))
    assert "already" in ward("action", "sheets", "--team", "W1", "-o", str(tmp_path / "s")).err


# --- at a terminal


def at_terminal(ward: Any, words: tuple[str, ...], answer: str) -> tuple[int, str]:
    """Run the program with a terminal for stdin and stderr; return its exit code and what stood."""
    ours, theirs = pty.openpty()
    env = {
        **os.environ, "CASEREVIEW_STORE": str(ward.store), "CASEREVIEW_NOW": "2026-03-03T09:00:00Z",
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "TERM": "xterm",
    }  # fmt: skip
    started = subprocess.Popen(
        [sys.executable, "-m", "casereview_tui", *words], stdin=theirs, stderr=theirs,
        stdout=subprocess.DEVNULL, env=env,
    )  # fmt: skip
    os.close(theirs)
    shown, asked, until = "", False, time.monotonic() + 60
    while time.monotonic() < until:
        ready, _, _ = select.select([ours], [], [], 0.2)
        try:
            piece = os.read(ours, 4096).decode(errors="replace") if ready else ""
        except OSError:  # Linux says so when the other end is closed.
            break
        shown += piece
        if "[y/N]" in shown and not asked:
            asked = True
            os.write(ours, answer.encode() + b"\n")
        if not piece and started.poll() is not None:
            break
    os.close(ours)
    return started.wait(timeout=30), shown


@pytest.mark.parametrize(("answer", "more"), [("y", 1), ("n", 0), ("", 0)])
def test_a_terminal_shows_the_dry_run_first_and_asks(
    ward: Any, files: Any, answer: str, more: int
) -> None:
    before = cases(ward)
    code, shown = at_terminal(ward, files(GOOD, BAD), answer)
    assert code == 0
    assert "1 lines would be taken (1 new cases)" in shown
    assert "line 3 stage: The layout lists no such status." in shown
    assert ("Nothing was imported." in shown) is not more
    assert cases(ward) == before + more


def test_yes_goes_on_without_asking_and_a_bar_is_shown(ward: Any, files: Any) -> None:
    before = cases(ward)
    code, shown = at_terminal(ward, (*files(GOOD), "--yes"), "n")
    assert code == 0
    assert "[y/N]" not in shown
    assert "read     [####################] 100%" in shown
    assert "store    [" in shown
    assert cases(ward) == before + 1


def test_without_a_terminal_nothing_is_asked_and_no_bar_is_drawn(ward: Any, files: Any) -> None:
    told = ward.ok(*files(GOOD))
    assert told.err == ""
    assert "%" not in told.out
