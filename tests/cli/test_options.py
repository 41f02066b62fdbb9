"""The options that every command takes, before and after its name."""

from __future__ import annotations

from typing import Any

import pytest

from casereview.cli.options import Given, hoist, parse_instant
from casereview.errors import Usage

Program = Any


@pytest.mark.parametrize(
    "words",
    [
        ["--as", "dr.a", "case", "list", "--format", "json"],
        ["case", "--format", "json", "--as", "dr.a", "list"],
        ["case", "list", "--format=json", "--as=dr.a"],
    ],
)
def test_common_options_stand_before_within_or_after_a_command(
    ward: Program, words: list[str]
) -> None:
    result = ward(*words)
    assert result.code == 0
    assert [r["case"] for r in result.json["rows"]] == ["C1"]


def test_hoisting_leaves_the_commands_own_words_in_their_order() -> None:
    given, rest = hoist(["--yes", "case", "note", "C1", "-oout.csv", "--", "--as", "x"])
    assert given == Given(yes=True, output="out.csv", format="csv")
    assert rest == ["case", "note", "C1", "--", "--as", "x"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--format", "xml"], "no_such_format"),
        (["--as"], "missing_value"),
        (["--as-of", "2026-02-30"], "bad_date"),
        (["--as-of", "20260301"], "bad_date"),
        (["--on", "yesterday"], "bad_date"),
        (["--known-by", "2026-03-01T09:00:00"], "naive_instant"),
        (["--known-by", "soon"], "bad_time"),
        (["--seen", "-1"], "usage"),
        (["--command", "a b"], "usage"),
        (["--store", " "], "usage"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(words: list[str], code: str) -> None:
    with pytest.raises(Usage) as refused:
        hoist(["case", "list", *words])
    assert refused.value.code == code
    assert refused.value.exit_code == 2


def test_an_instant_keeps_its_offset() -> None:
    assert parse_instant("2026-03-01T10:00:00+01:00", "--known-by") == parse_instant(
        "2026-03-01T09:00:00Z", "--known-by"
    )


@pytest.mark.parametrize("option", [["--as-of", "2026-03-01"], ["--known-by", "2026-03-01T09:00Z"]])
def test_reading_options_on_a_write_exit_with_2_and_write_nothing(
    ward: Program, option: list[str]
) -> None:
    before = ward.rows("info")
    assert ward("case", "note", "C1", "words", *option).code == 2
    assert ward.rows("info") == before


@pytest.mark.parametrize(
    "words",
    [
        ["case", "list", "--on", "2026-03-01"],
        ["case", "list", "--seen", "3"],
        ["user", "list", "--on", "2026-03-01"],
        ["team", "add", "W9", "--pathway", "ward", "--on", "2026-03-01"],
        ["case", "note", "C1", "x", "--seen", "1"],
    ],
)
def test_an_option_without_meaning_for_the_command_is_refused(
    ward: Program, words: list[str]
) -> None:
    assert ward(*words).code == 2


def test_reading_as_of_a_day_says_so_and_shows_that_day(ward: Program) -> None:
    body = ward.ok("case", "list", "--as-of", "2026-03-01", "--format", "json").json
    assert body["as_of"] == "2026-03-01"
    assert body["rows"][0]["stage"] == "assess"


def test_reading_as_known_by_an_instant_leaves_out_what_was_recorded_later(ward: Program) -> None:
    ward.now("2026-03-04T09:00:00Z")
    ward.ok("case", "refer", "--team", "W1", "--person", "late", "--on", "2026-03-01")
    body = ward.ok("case", "list", "--known-by", "2026-03-03T12:00:00Z", "--format", "json").json
    assert [r["case"] for r in body["rows"]] == ["C1"]
    assert body["known_by"] == "2026-03-03T12:00:00Z"


def test_the_same_command_token_again_changes_nothing(
    ward: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    refer = ("case", "refer", "--team", "W1", "--person", "9", "--on", "2026-03-02")
    first = ward.rows(*refer, "--command", "t1")
    monkeypatch.setenv("CASEREVIEW_COMMAND", "t1")
    second = ward.rows(*refer)
    monkeypatch.delenv("CASEREVIEW_COMMAND")
    assert first[0]["case"] == second[0]["case"] == "C2"
    assert second[0]["stage"] == "assess"
    assert len(ward.rows("case", "list")) == 2


def test_a_write_held_to_an_older_version_is_refused(ward: Program) -> None:
    seen = ward.rows("case", "show", "C1")[0]["version"]
    ward.ok("case", "note", "C1", "meanwhile")
    stale = ward("case", "move", "C1", "stabilise", "--seen", str(seen), "--format", "json")
    assert (stale.code, stale.json["error"]["code"]) == (1, "stale")


def test_who_said_it_is_kept_beside_who_recorded_it(ward: Program) -> None:
    ward.ok("review", "open", "--pack", "ward-round", "--team", "W1", "--as", "dr.a")
    ward.ok(
        "review", "answer", "R1", "C1", "destination_ready", "yes", "--as", "dr.a", "--by", "dr.b"
    )
    answer = ward.rows("review", "minutes", "R1")[0]["cases"][0]["answers"][0]
    assert (answer["recorded_by"], answer["said_by"]) == ("dr.a", "dr.b")


def test_a_rules_folder_of_ones_own_is_used(ward: Program) -> None:
    folder = ward.folder / "rules"
    (folder / "reviews").mkdir(parents=True)
    (folder / "reviews" / "bad.toml").write_text("[pack]\n", encoding="utf-8")
    rows = ward.rows("rules", "list", "--rules", str(folder))
    assert [r["id"] for r in rows if r["kind"] == "refused"] == ["bad.toml"]
    assert ward("rules", "list", "--rules", str(folder / "none")).code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["stats", "los", "--team", "W1", "--team", "W2"],
        ["stats", "los", "--team=W1", "--to", "2026-03-05", "--team", "W2"],
        ["case", "list", "--team", "W1", "--team", "W2"],
        ["case", "refer", "--team", "W1", "--person", "1", "--person", "2"],
    ],
)
def test_a_second_value_where_one_is_taken_is_refused_and_not_dropped(
    ward: Program, words: list[str]
) -> None:
    done = ward(*words)
    assert done.code == 2
    assert "was given twice" in done.err
    assert len(ward.rows("case", "list")) == 1


def test_options_that_take_several_values_and_values_that_look_like_options_are_taken(
    ward: Program,
) -> None:
    assert ward("stats", "los", "--by", "sex", "--by", "age-band").code == 0
    assert ward("case", "note", "C1", "--", "--team --team").code == 0
