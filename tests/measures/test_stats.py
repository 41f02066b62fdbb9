"""The use case: what is asked, what comes back, where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.core.records import Person
from casereview.errors import NotFound, Refused, Usage
from casereview.service.cases import cases, moving
from casereview.service.desk import Desk
from casereview.service.measuring.stats import definition, measure_names, stats

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
EARLIER = datetime(2026, 3, 1, 9, tzinfo=UTC)
day = date.fromisoformat


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(NOW, made_at=EARLIER, W1="ward", C1="childrens", R1="recovery")


def test_one_row_for_the_whole_without_periods_or_groups(desk: Desk, told: Any) -> None:
    told.case("2026-01-05", "2026-02-01")
    told.case("2026-02-05")
    told.write()
    rows, facts = stats(desk, "throughput")
    assert rows == [
        {"period_from": day("2026-01-05"), "referred": 2, "returned": 0, "moved_on": 0,
         "completed": 1, "removed": 0, "left": 0, "open_at_end": 1, "open_at_end_returns": 0}
    ]  # fmt: skip
    assert (facts["from"], facts["to"]) == (day("2026-01-05"), day("2026-03-31"))


KEYS = {
    "los": ["n", "mean_days", "median_days", "p90_days", "min_days", "max_days", "over_7",
            "over_14", "over_21", "from_7", "from_14", "from_21", "excluded"],
    "waits": ["wait", "side", "n", "negative", "mean_days", "median_days", "p90_days", "p92_days",
              "target_days", "within_target", "percent_within", "over_18_weeks", "over_52_weeks",
              "over_65_weeks", "over_78_weeks", "over_104_weeks"],
    "returns": ["window", "discharges", "followed_up", "returned", "percent", "percent_followed"],
    "caseload": ["at", "open", "returns", "waiting"],
    "stages": ["stage", "entered", "cases", "left", "mean_days", "median_days", "p90_days",
               "open_at_end", "stepped_back", "skipped"],
}  # fmt: skip


@pytest.mark.parametrize("name", KEYS)
def test_rows_have_the_documented_keys_in_their_order(desk: Desk, told: Any, name: str) -> None:
    told.case("2026-01-05", "2026-02-01")
    told.write()
    rows, _ = stats(desk, name)
    assert list(rows[0]) == KEYS[name]
    timed, _ = stats(desk, name, every="month", by="team")
    assert list(timed[0])[:1] == ["period_from"]
    assert "team" in timed[0]


@pytest.mark.parametrize("name", ["throughput", *KEYS])
def test_an_empty_store_gives_an_empty_table(desk: Desk, name: str) -> None:
    for more in ({}, {"every": "week"}, {"by": "team"}, {"list_cases": True}, {"team": "W1"}):
        assert stats(desk, name, **more)[0] == []


def test_both_ends_of_the_asked_period_count(desk: Desk, told: Any) -> None:
    for on in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"):
        told.case(on)
    told.write()
    rows, _ = stats(desk, "throughput", from_on=day("2026-02-01"), to_on=day("2026-02-28"))
    assert rows[0]["referred"] == 2


def test_a_cut_period_is_said_to_be_partial(desk: Desk, told: Any) -> None:
    told.case("2026-01-05")
    told.write()
    rows, facts = stats(desk, "throughput", from_on=day("2026-01-15"), every="month")
    assert [r["period_from"] for r in rows] == [
        day("2026-01-15"), day("2026-02-01"), day("2026-03-01")
    ]  # fmt: skip
    assert facts["partial_periods"] == ["2026-01"]


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"name": "througput"}, NotFound, "Did you mean throughput"),
        ({"name": "los", "every": "fortnight"}, Usage, "week"),
        ({"name": "los", "by": "teem"}, Usage, "Did you mean team"),
        ({"name": "los", "by": "stage"}, Usage, "no figures by stage"),
        ({"name": "los", "unit": "hours"}, Usage, "days only"),
        ({"name": "waits", "unit": "minutes"}, Usage, "days or hours"),
        ({"name": "los", "wait": "referred:assessed"}, Usage, "not about a wait"),
        ({"name": "los", "team": "W2"}, NotFound, "W1"),
        ({"name": "waits", "wait": "referred:asessed"}, NotFound, "Did you mean assessed"),
        ({"name": "waits", "wait": "assesment"}, NotFound, "Did you mean assessment"),
        (
            {"name": "los", "from_on": day("2026-03-02"), "to_on": day("2026-03-01")},
            Refused,
            "ends before it starts",
        ),
        (
            {"name": "los", "from_on": day("1900-01-01"), "every": "week"},
            Refused,
            "more than 1500 periods",
        ),
    ],
)
def test_wrong_questions_get_a_sentence(
    desk: Desk, told: Any, asked: dict[str, Any], error: Any, says: str
) -> None:
    told.case("2026-01-05")
    told.write()
    with pytest.raises(error) as held:
        stats(desk, **asked)
    assert says in str(held.value)


def test_the_waits_of_the_pathways_in_use_come_by_name(desk: Desk, told: Any) -> None:
    told.case("2026-01-05", team="R1", pathway="recovery", milestones={"started": "2026-01-26"})
    told.write()
    rows, _ = stats(desk, "waits", team="R1")
    first = next(r for r in rows if r["wait"] == "first-intervention")
    assert (first["side"], first["n"], first["target_days"], first["within_target"]) == (
        "completed", 1, 21, 1,
    )  # fmt: skip
    (done, _) = stats(desk, "waits", wait="referred:started", by="team")[0]
    assert (done["wait"], done["team"], done["mean_days"]) == ("referred:started", "R1", 21.0)
    hours, _ = stats(desk, "waits", wait="first-intervention", unit="hours")
    assert hours[0]["target_hours"] == 21 * 24
    assert hours[0]["n"] == 0


def test_every_output_says_where_it_comes_from(desk: Desk, told: Any) -> None:
    told.case("2026-01-05", "2026-02-01", excluded="ends-before-it-starts")
    told.case("2026-01-05", "2026-02-01", ended="left", exit_class="list-removal")
    told.write()
    _, facts = stats(desk, "los")
    assert facts["definition"] == definition("los").definition
    assert {"numerator", "denominator", "method", "source", "store", "unit"} <= set(facts)
    assert (facts["as_of"], facts["known_by"], facts["sealed"]) == (day("2026-03-31"), None, None)
    assert facts["exclusions"] == [
        {"reason": "ends-before-it-starts", "n": 1}, {"reason": "list-removal", "n": 1}
    ]  # fmt: skip


def test_what_was_recorded_later_is_not_known_by_then(desk: Desk) -> None:
    early = Desk(desk.store, desk.library, datetime(2026, 3, 5, 9, tzinfo=UTC), desk.actor)
    cases.refer(early, team="W1", person="A1", on=day("2026-03-01"))
    cases.refer(desk.again(), team="W1", person="A2", on=day("2026-03-02"))
    assert stats(desk, "throughput")[0][0]["referred"] == 2
    desk.known_by = datetime(2026, 3, 10, tzinfo=UTC)
    with pytest.raises(NotFound):
        stats(desk, "throughput", team="W1")
    desk.known_by = datetime(2026, 3, 31, 8, tzinfo=UTC)
    rows, facts = stats(desk, "throughput")
    assert rows[0]["referred"] == 1
    assert facts["known_by"] == desk.known_by


def test_the_engines_own_commands_are_counted(desk: Desk) -> None:
    for n in (1, 2):
        cases.refer(desk.again(), team="C1", person=f"A{n}", on=day("2026-03-02"))
        cases.set_fact(desk.again(), f"C{n}", "assessed_on", "2026-03-09", on=day("2026-03-10"))
        cases.set_fact(desk.again(), f"C{n}", "safeguarding", "none", on=day("2026-03-10"))
    cases.allocate(desk.again(), "C1", desk.actor, on=day("2026-03-03"))
    moving.leave(desk.again(), "C2", "no-longer-needed", on=day("2026-03-20"))
    rows, _ = stats(desk, "throughput", by="worker")
    held = {r["worker"]: (r["referred"], r["removed"], r["open_at_end"]) for r in rows}
    assert held == {desk.actor: (1, 0, 1), None: (1, 1, 0)}
    moving.reopen(desk.again(), "C2", reason="closed by mistake", on=day("2026-03-25"))
    rows, facts = stats(desk, "throughput")
    assert (rows[0]["removed"], rows[0]["open_at_end"]) == (0, 2)
    assert facts["exclusions"] == [{"reason": "closing-undone", "n": 1}]
    waits, _ = stats(desk, "waits", wait="assessment", team="C1")
    assert (waits[0]["n"], waits[0]["mean_days"]) == (2, 7.0)
    desk.as_of = day("2026-03-22")
    assert stats(desk, "throughput")[0][0]["removed"] == 1


def test_lists_name_cases_and_never_people(desk: Desk) -> None:
    cases.refer(desk.again(), team="W1", person="A1", name="Ann Example", on=day("2026-03-02"))
    rows, _ = stats(desk, "caseload", list_cases=True)
    assert rows[0] == {
        "counted": "open", "case": "C1", "person": "P1", "team": "W1",
        "referred_on": day("2026-03-02"), "closed_on": None, "exit": None, "days": 29,
    }  # fmt: skip
    for name in measure_names():
        for found in (stats(desk, name)[0], stats(desk, name, list_cases=True)[0]):
            assert "Ann" not in str(found)
            assert "A1" not in str(found)


def test_a_merged_record_is_the_same_person_coming_back(desk: Desk, told: Any) -> None:
    told.case("2026-01-01", "2026-01-10", person=501)
    told.case("2026-01-15", person=502)
    told.records += [Person(501, merged_into=502), Person(502)]
    told.write()
    for team in (None, "W1"):
        rows, _ = stats(desk, "returns", team=team)
        assert rows[0]["returned"] == 1


def test_a_team_sees_who_came_back_to_another_team_of_the_pathway(desk: Desk, told: Any) -> None:
    told.case("2026-01-01", "2026-01-10", person=7)
    told.case("2026-01-15", person=7, team="W9")
    told.write()
    rows, _ = stats(desk, "returns", team="W1")
    assert (rows[0]["discharges"], rows[0]["returned"]) == (1, 1)
    assert stats(desk, "caseload", team="W1")[0][0]["open"] == 0


@pytest.mark.parametrize("name", measure_names())
def test_every_column_of_a_measure_is_described(desk: Desk, told: Any, name: str) -> None:
    told.case("2026-01-05", "2026-02-01")
    told.write()
    rows, _ = stats(desk, name)
    assert list(rows[0]) == list(definition(name).columns)


@pytest.mark.parametrize("name", measure_names())
def test_the_documentation_says_what_the_definition_says(name: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "measures.md").read_text(encoding="utf-8")
    meant = definition(name)
    for sentence in (meant.definition, meant.numerator, meant.denominator, meant.method):
        assert sentence in page
    for column, means in meant.columns.items():
        assert f"`{column}`" in page
        assert means in page
