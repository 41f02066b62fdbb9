"""Seventy-two malformed files: each ends as the index of those who made them says."""

from __future__ import annotations

import csv
import resource
import socket
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casereview.errors import CaseReviewError
from casereview.service.doors.importing import exit_code

EPOCH = date(1970, 1, 1).toordinal()
SECONDS_MAX, MEGABYTES_MAX = 15, 600
NOT_READ = range(65, 69)
"""JSON is not read; the refusal says what is."""
NAMES = "SELECT name FROM persons ORDER BY id"


class Outcome:
    """What became of one file."""

    def __init__(self, ward: Any, row: dict[str, Any] | None, error: str, heard: str) -> None:
        self.ward, self.error, self.heard = ward, error, heard
        self.row: dict[str, Any] = row or {}
        self.report = ward.report() if self.row.get("report") else []

    def reasons(self, line: int) -> str:
        return " | ".join(r["reason"] for r in self.report if r["line"] == str(line))

    def rejected(self) -> list[int]:
        return [int(r["line"]) for r in self.report if r["severity"] == "error"]

    def day(self, sql: str) -> list[str]:
        rows = self.ward.sql(sql)
        return [date.fromordinal(r[0] + EPOCH).isoformat() for r in rows if r[0] is not None]

    def started(self) -> list[str]:
        return self.day("SELECT \"on\" FROM milestones WHERE name = 'started' ORDER BY case_id")


Check = Callable[[Outcome], bool]


def names(*wanted: str) -> Check:
    return lambda got: [n for (n,) in got.ward.sql(NAMES)] == list(wanted)


def says(*parts: str) -> Check:
    return lambda got: all(p in got.error for p in parts)


def rejects(**lines: str) -> Check:
    """Name the lines that are refused (l3="...") with a part of the reason."""
    wanted = {int(k[1:]): v for k, v in lines.items()}
    return lambda got: (
        got.rejected() == sorted(wanted) and all(v in got.reasons(k) for k, v in wanted.items())
    )


def warns(line: int, part: str) -> Check:
    return lambda got: part in got.reasons(line)


def days(*wanted: str) -> Check:
    return lambda got: got.started() == list(wanted)


def one_note(got: Outcome) -> bool:
    return list(got.ward.sql("SELECT words FROM notes")) == [
        ('line one\nline two, with comma\nline "three"',)
    ]


def in_stages(got: Outcome) -> bool:
    return [s for (s,) in got.ward.sql("SELECT stage FROM cases ORDER BY id")] == [
        "assess", "stabilise", "complete",
    ]  # fmt: skip


def open_on_ward_2(got: Outcome) -> bool:
    rows = got.ward.sql(
        "SELECT c.closed_on, f.text FROM cases c JOIN case_facts f ON f.case_id = c.id "
        "WHERE f.fact = 'bed' AND f.before_on IS NULL"
    )
    return len(rows) == 1 and rows[0][0] is None and rows[0][1].startswith("WARD2")


MUST: dict[int, list[Check]] = {
    1: [in_stages], 2: [names("Person 1", "Person 2", "Person 3"), in_stages],
    3: [names("Siobhán O’Neill", "Zoë"), lambda g: "cp1252" in g.heard],
    4: [says("UTF-16")], 5: [names("Person 1", "Zoë"), rejects(l3="encoding")],
    6: [warns(2, "encoded twice")], 7: [rejects(l3="NUL")],
    8: [warns(2, "replaced"),
        lambda g: not any("\x1b" in n or "\u202e" in n for (n,) in g.ward.sql(NAMES)),
        lambda g: ("[bold red]Alert[/] [@click=app.quit]x[/]",) in g.ward.sql(NAMES)],
    9: [says("empty")], 10: [lambda g: "nothing to import" in g.heard,
         lambda g: g.row["run"] is None],
    11: [in_stages], 12: [in_stages], 13: [in_stages],
    14: [rejects(l5="4 cells", l6="13 cells")], 15: [one_note], 16: [says(":3:")],
    17: [says("'started' is there 2 times")], 18: [says("'started'", "The columns found are")],
    19: [rejects(l9="no date of referral")], 20: [in_stages],
    21: [rejects(l2="1,000,000 characters; at most 32,767")],
    22: [lambda g: len(g.report) <= 3, warns(1, "columns are not read")],
    23: [lambda g: g.row["cases"] == 2],
    24: [says("no heading line")], 25: [in_stages],
    26: [rejects(l4="stated format"), days("2024-04-03", "2024-04-13")],
    27: [rejects(l2="stated format", l3="stated format", l4="stated format",
                 l5="stated format"), days("2024-02-29")],
    28: [days("2024-01-02", "2024-01-02"), rejects(l4="stated format", l5="stated format")],
    29: [lambda g: g.started() == ["2024-04-01"] * 8],
    30: [rejects(l2="before"), warns(4, "before the referral"),
         lambda g: g.ward.one("SELECT min(closed_on) FROM cases") is not None],
    31: [rejects(l2="after", l3="after")],
    32: [lambda g: g.rejected() == [2, 5] or len(g.rejected()) == 2],
    33: [days("2024-03-31", "2024-03-31", "2024-10-27", "2024-07-01", "2024-07-01", "2024-04-01"),
         warns(3, "skipped"), warns(4, "twice")],
    34: [lambda g: g.rejected() == [2, 3]], 35: [lambda g: g.rejected() == [3, 5],
                                                 warns(3, "the same as line"),
                                                 warns(5, "has this identifier already")],
    36: [warns(3, "another of the same person is open"),
         warns(4, "another of the same person is open")],
    37: [lambda g: g.rejected() == [3, 5, 6, 8]],
    38: [lambda g: {i for (i,) in g.ward.sql("SELECT local_id FROM imported_cases")}
         >= {"NA", "0012", "12", "1E5"}],
    39: [lambda g: g.rejected() == [3, 4, 5, 6], warns(5, "look the same")],
    40: [lambda g: g.ward.one("SELECT count(*) FROM persons") == 1],
    41: [lambda g: any(n.startswith("=") for (n,) in g.ward.sql(NAMES))],
    43: [lambda g: ("Zoë",) in g.ward.sql(NAMES)],
    44: [lambda g: g.rejected() == [2, 4, 5, 6, 7, 8] or len(g.rejected()) == 6],
    45: [rejects(l5="which answer", l6="no such case"),
         lambda g: sorted(g.ward.sql("SELECT question, value FROM answers WHERE case_id = 3"))
         == [("would_not_admit_today", "no")]],
    46: [days("2024-01-09", "2024-01-09", "2024-01-09")],
    47: [rejects(l2="after today"), lambda g: g.report[0]["value"] == "3/1/2028"],
    48: [in_stages], 49: [in_stages], 50: [rejects(l2="formula with no stored value")],
    51: [says("MB")], 52: [says("DTD")], 53: [says("not a zip")],
    54: [says("HTML", "XLSX")], 55: [says("password", ".xls")], 56: [says("damaged")],
    57: [says("DTD")], 58: [says("DTD"), lambda g: "root:" not in g.error], 59: [says("DTD")],
    60: [says(":5:")],
    61: [rejects(l5="no time", l6="no activity", l7="no name", l9="already", l10="no events",
                 l11="stated format"), warns(8, "order"),
         lambda g: sorted(g.ward.sql("SELECT local_id FROM imported_cases")) == [("A",), ("D",)],
         lambda g: g.day("SELECT closed_on FROM cases") == ["2024-01-05", "2024-01-05"]],
    62: [lambda g: g.day("SELECT referred_on FROM cases") == ["2024-01-02"]],
    63: [says("MB")], 64: [says("deep")], 65: [says("Read are")], 66: [says("Read are")],
    67: [says("Read are")], 68: [says("Read are")],
    69: [open_on_ward_2, rejects(l26="No admission", l31="No admission", l36="not read",
                                 l41="MSH"), warns(6, "this one was ignored")],
    70: [lambda g: g.day("SELECT referred_on FROM cases") == ["2024-01-02"]],
    71: [in_stages], 72: [in_stages],
}  # fmt: skip


@pytest.fixture
def index(shared: Path) -> dict[int, dict[str, str]]:
    text = (shared / "dirty/index.csv").read_text(encoding="utf-8-sig")
    return {int(row["file"][:2]): row for row in csv.DictReader(text.splitlines())}


def taken(ward: Any, file: Path, layouts: Path) -> Outcome:
    heard: list[str] = []
    try:
        row = ward.take(file, layouts / "caseload.toml", tell=heard.append)
    except CaseReviewError as error:
        said, code = " ".join(str(error).split()), error.exit_code
    else:
        return Outcome(ward, row, "", " ".join(heard))
    assert code == 2
    return Outcome(ward, None, said, "")


@pytest.mark.parametrize("number", range(1, 73))
def test_each_dirty_file_ends_as_its_index_says(
    number: int, make_ward: Any, shared: Path, layouts: Path, index: dict[int, dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def no_network(*_: object, **__: object) -> None:
        pytest.fail("a file made the import ask the network")

    ward, wanted = make_ward("2024-12-31T09:00:00+00:00"), index[number]
    if number == 45:
        # Answers are of cases that are here already.
        ward.take(shared / "dirty/29_many_date_spellings.csv", layouts / "caseload.toml")
    monkeypatch.setattr(socket.socket, "connect", no_network)
    start = time.perf_counter()
    got = taken(ward, shared / "dirty" / wanted["file"], layouts)
    assert time.perf_counter() - start < SECONDS_MAX
    counts = (int(wanted["accepted"]), int(wanted["rejected"]))
    if got.error:
        assert number in NOT_READ or wanted["accepted"] == "0", got.error
        assert ward.one("SELECT count(*) FROM cases") == 0
    else:
        assert (got.row["accepted"], got.row["rejected"]) == counts, got.report
        assert exit_code(got.row) == 0
    for n, check in enumerate(MUST.get(number, ())):
        assert check(got), (n, wanted["must_happen"], got.error, got.report)
    assert ward.problems() == []


def test_none_of_them_needs_much_memory(
    make_ward: Any, shared: Path, layouts: Path, index: dict[int, dict[str, str]]
) -> None:
    for number in (21, 22, 51, 52, 57, 63, 64, 65):
        ward = make_ward("2024-12-31T09:00:00+00:00", name=f"dirty{number}.db")
        taken(ward, shared / "dirty" / index[number]["file"], layouts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert peak / (1024**2 if sys.platform == "darwin" else 1024) < MEGABYTES_MAX
