"""A team's own pack with every kind of question, and a version that is replaced in mid-use."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from casereview.packs.library import Library
from casereview.service import sweeping
from casereview.service.reviews import closing

if TYPE_CHECKING:
    from tests.engine.factories import Service

PACK = """\
[pack]
id = "mine"
version = {version}
title = "Every kind of question"
source = "The team's own"
pathways = ["ward"]
meets = ["tue"]
answers_last_days = 7

[[question]]
id = "carer"
kind = "yesno"
ask = "Has {{carer}} been told?"
pass = "yes"
may_not_apply = true
[question.otherwise]
action = "Tell {{carer}}"
doer = "Ward clerk's office"
from_days = 1
due_days = 3

[[question]]
id = "score"
kind = "number"
ask = "Which score?"
pass = "<= 3"
min = 0
max = 20
[question.otherwise]
action = "{otherwise}"

[[question]]
id = "end_on"
kind = "date"
ask = "Expected to leave on which day?"
sets = "expected_end_on"

[[question]]
id = "where"
kind = "choice"
ask = "Where to?"
[[question.option]]
id = "home"
title = "Home"
[[question.option]]
id = "unclear"
title = "Not clear"
passes = false
action = "Find a place"

[[rule]]
id = "always"
title = "Everybody"
when = "days_since_referral >= 0"
action = "Say hello"

[[rule]]
id = "unread"
title = "No score within a week"
when = "answer_score is null"

[[example]]
title = "a low score passes"
given = {{ answer_carer = "yes", answer_score = 3 }}
expect = {{ actions = [] }}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    (folder / "reviews").mkdir(parents=True)
    (folder / "pathways").mkdir()
    text = PACK.format(version=1, otherwise="Bring the score down")
    (folder / "reviews" / "mine.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def round_(ward: Service, rules: Path) -> Service:
    """A review R1 with the team's own pack on Tuesday 3 March."""
    ward.library = Library(rules)
    assert ward.library.refused == {}
    ward.case("W1", "P1", stage="recover", worker="dr.a")
    ward.open("mine", "W1", 3, who="dr.a")
    return ward


def test_does_not_apply_needs_a_reason_where_it_is_allowed(round_: Service, refused: Any) -> None:
    with refused("bad_answer", says="why it does not apply is missing"):
        round_.answer("R1", "C1", 3, "carer", "does-not-apply", who="dr.a")
    row = round_.answer("R1", "C1", 3, "carer", "does-not-apply", reason="alone", who="dr.a")
    assert (row["value"], row["action"]) == ("does-not-apply", None)


def test_an_outcome_names_the_doer_and_the_window(round_: Service) -> None:
    row = round_.answer("R1", "C1", 3, "carer", "no", who="dr.a")
    held = round_.action(3, row["action"])
    assert (held["doer"], held["owner"]) == ("Ward clerk's office", "dr.a")
    assert (held["from_on"], held["due_on"]) == (date(2026, 3, 4), date(2026, 3, 6))
    assert held["text"] == "Tell the family or carer"


@pytest.mark.parametrize(("value", "raises"), [("0", False), ("3", False), ("4", True)])
def test_a_number_passes_by_its_comparison(round_: Service, value: str, raises: bool) -> None:
    row = round_.answer("R1", "C1", 3, "score", value, who="dr.a")
    assert (row["action"] is not None) is raises


@pytest.mark.parametrize(
    ("question", "value", "says"),
    [
        ("score", "21", "21 is outside 0 to 20"),
        ("score", "-1", "-1 is outside 0 to 20"),
        ("score", "3.5", "no whole number"),
        ("score", "", "no whole number"),
        ("end_on", "12/03/2026", "no date"),
        ("end_on", "2026-02-29", "no date"),
        ("where", "abroad", "no option"),
        ("carer", "maybe", "no answer"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    round_: Service, refused: Any, question: str, value: str, says: str
) -> None:
    with refused("bad_answer", says=says):
        round_.answer("R1", "C1", 3, question, value, who="dr.a")
    assert round_.show("C1")["answers"] == []


def test_a_date_is_stored_to_its_fact_and_a_choice_raises_its_own_action(round_: Service) -> None:
    round_.answer("R1", "C1", 3, "end_on", "2026-03-20", who="dr.a")
    assert round_.show("C1")["facts"]["expected_end_on"] == date(2026, 3, 20)
    row = round_.answer("R1", "C1", 3, "where", "unclear", who="dr.a")
    assert round_.action(3, row["action"])["text"] == "Find a place"
    row = round_.answer("R1", "C1", 3, "where", "home", who="dr.a")
    assert row["closed"] == ["A1"]


def test_a_review_goes_on_with_the_version_that_it_was_opened_with(
    round_: Service, rules: Path
) -> None:
    text = PACK.format(version=2, otherwise="Tell the consultant")
    (rules / "reviews" / "mine.toml").write_text(text, encoding="utf-8")
    round_.library = Library(rules)
    row = round_.answer("R1", "C1", 3, "score", "9", who="dr.a")
    assert round_.action(3, row["action"])["text"] == "Bring the score down"
    closing.close(round_.desk(3, 10, "dr.a"), "R1")
    round_.open("mine", "W1", 10, who="dr.a")
    row = round_.answer("R2", "C1", 10, "score", "9", who="dr.a")
    assert round_.action(10, row["action"])["text"] == "Tell the consultant"
    round_.sound()


def test_a_sweep_is_idempotent_and_a_dry_run_writes_nothing(round_: Service) -> None:
    desk = round_.desk(3, 12, "dr.a")
    found = []
    for dry in (True, False, False, True):
        rows = sweeping.sweep(desk.again(), team="W1", pack="mine", dry_run=dry)
        always = next(r for r in rows if r["rule"] == "mine/always")
        assert (always["true"], always["false"], always["unknown"]) == (1, 0, 0)
        found.append((always["new_actions"], len(round_.actions(3))))
    assert found == [(0, 0), (1, 1), (0, 1), (0, 1)]
    held = round_.actions(3, case="C1")
    assert [a["cause"] for a in held] == ["rule:mine/always"]


def test_an_answer_counts_for_rules_until_it_is_too_old(round_: Service) -> None:
    round_.answer("R1", "C1", 3, "score", "2", who="dr.a")
    closing.close(round_.desk(3, 10, "dr.a"), "R1")
    for day, unread in ((3, 0), (10, 0), (11, 1)):
        rows = sweeping.sweep(round_.desk(day, 12), team="W1", pack="mine", dry_run=True)
        assert next(r for r in rows if r["rule"] == "mine/unread")["true"] == unread
