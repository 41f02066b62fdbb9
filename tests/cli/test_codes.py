"""Codes are listed from the command line, and a wrong one says how."""

from __future__ import annotations

from typing import Any

import pytest

Program = Any


def test_the_lists_and_the_exits_of_each_pathway_are_named(program: Program) -> None:
    rows = program.ok("rules", "codes", "--format", "json").json["rows"]
    assert {"delay-mental-health", "attendance", "exits-ward"} <= {r["list"] for r in rows}
    assert all(r["codes"] > 0 for r in rows)


def test_a_list_shows_code_text_and_dates(program: Program) -> None:
    rows = program.ok("rules", "codes", "delay-mental-health", "--format", "json").json["rows"]
    assert set(rows[0]) == {"list", "code", "text", "group", "valid_from", "valid_before"}
    assert rows[0]["code"] == "01"
    assert rows[0]["valid_from"] == "2024-04-01"
    table = program.ok("rules", "codes", "exits-ward").out
    assert "against-advice" in table


def test_a_day_leaves_the_codes_that_may_be_used_on_it(program: Program) -> None:
    def held(*words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = program.ok(
            "rules", "codes", "delay-mental-health", *words, "--format", "json"
        ).json["rows"]
        return found

    assert held("--on", "2024-03-31") == []
    assert held("--on", "2024-04-01") == held()


def test_an_unknown_list_names_the_nearest(program: Program) -> None:
    refused = program("rules", "codes", "exit-ward")
    assert (refused.code, refused.out) == (1, "")
    assert "Did you mean exits-ward?" in refused.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["case", "delay", "C1", "nope"], "`rules codes delay-mental-health`"),
        (["case", "delay", "C1", "allocation of a social worker"], "Did you mean '03'"),
        (["case", "leave", "C1", "--exit", "nope"], "`rules codes exits-ward`"),
        (
            ["case", "contact", "C1", "--kind", "?", "--attended", "5"],
            "`rules codes contact-kinds`",
        ),
        (
            ["case", "contact", "C1", "--kind", "telephone", "--attended", "9"],
            "`rules codes attendance`",
        ),
    ],
)
def test_a_wrong_code_says_how_its_list_is_shown(
    ward: Program, words: list[str], said: str
) -> None:
    refused = ward(*words)
    assert refused.code == 1
    assert said in refused.err


def test_somebody_referred_again_is_named_with_the_closed_case(ward: Program) -> None:
    ward.ok("case", "set", "C1", "safeguarding", "none")
    ward.ok("case", "leave", "C1", "--exit", "against-advice")
    person = ward.ok("case", "show", "C1", "--format", "json").json["rows"][0]["person"]
    again = ward.ok("case", "refer", "--team", "W1", "--person", person)
    assert "case return C1 --on" in again.err
    assert "C1" not in again.out
