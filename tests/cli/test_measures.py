"""Files in, figures out: import and stats through the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

Program = Any
LAYOUT = """
[layout]
id = "small"
version = 1
title = "A few stays"
shape = "events"
pathway = "ward"

[file]
delimiter = "comma"

[time]
formats = ["yyyy-mm-dd"]
zone = "Europe/London"

[columns]
id = "id"
activity = "what"
time = "when"

[[activity]]
names = ["in"]
refer = "assess"

[[activity]]
names = ["out"]
end = "complete"
"""
FILE = "id,what,when\na,in,2026-01-01\na,out,2026-01-09\nb,in,2026-02-01\n"


@pytest.fixture
def imported(program: Program) -> Program:
    """A ward with two stays in a file, one of them ended."""
    program.ok("init", "--rehearsal")
    program.ok("team", "add", "W1", "--pathway", "ward")
    (program.folder / "layout.toml").write_text(LAYOUT, encoding="utf-8")
    (program.folder / "stays.csv").write_text(FILE, encoding="utf-8")
    return program


def take(program: Program, *more: str) -> dict[str, Any]:
    folder: Path = program.folder
    row: dict[str, Any] = program.rows(
        "import", str(folder / "stays.csv"), "--layout", str(folder / "layout.toml"),
        "--team", "W1", *more,
    )[0]  # fmt: skip
    return row


def test_an_import_says_what_it_took_and_a_second_run_changes_nothing(imported: Program) -> None:
    assert take(imported, "--dry-run")["run"] is None
    first = take(imported)
    promised = {"accepted", "unchanged", "rejected", "warned", "cases", "run", "report"}
    assert promised <= set(first)
    assert first["cases"] == 2
    assert take(imported)["cases"] == 0


def test_a_measure_carries_its_definition_in_every_format(imported: Program) -> None:
    take(imported)
    body = imported.ok("stats", "los", "--format", "json").json
    assert (body["what"], body["as_of"]) == ("stats", "2026-03-03")
    assert body["rows"][0]["n"] == 1
    assert {"numerator", "denominator", "method", "exclusions"} <= set(body)
    assert "Definition:" in imported.ok("stats", "los").out
    plain = imported.ok("stats", "los", "--format", "csv")
    assert "Definition:" in plain.err
    assert "Definition:" not in plain.out
    file = imported.folder / "los.xlsx"
    imported.ok("stats", "los", "-o", str(file))
    assert file.stat().st_size > 0


def test_the_cases_behind_a_number_are_listed(imported: Program) -> None:
    take(imported)
    assert [r["case"] for r in imported.rows("stats", "los", "--list")] == ["C1"]


def test_an_unknown_measure_names_the_nearest(imported: Program) -> None:
    assert "throughput" in imported("stats", "thruput").err
