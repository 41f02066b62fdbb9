"""Relations show a store as it stood at the end of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from casereview.core.records import (
    Action,
    ActionSpell,
    Allocation,
    Delay,
    Mark,
    Milestone,
    Review,
)
from casereview.measures.ask import day_of
from casereview.store.relations.relations import RELATIONS, read_relations

day = date.fromisoformat


def number(text: str) -> int:
    return day_of(day(text))


def test_a_date_still_to_come_is_no_milestone(history: Any, frames_of: Any) -> None:
    one = history.case("2026-01-01")
    history.fact(one, "assessed_on", "2026-01-30", "2026-04-11")
    history.fact(one, "started_on", "2026-01-30", "2026-01-20")
    found = frames_of("2026-03-31")["milestones"]
    assert found.select("name", "day").rows() == [("started", number("2026-01-20"))]


def test_what_ended_later_has_not_ended(history: Any, frames_of: Any) -> None:
    one = history.case("2026-01-01", "2026-03-01", stages=(("stabilise", "2026-02-01"),))
    history.records.append(Delay(one, 40, "D1", day("2026-02-10"), day("2026-02-20")))
    frames = frames_of("2026-02-15")
    assert frames["cases"].select("ended", "closed_day", "exit_class").rows() == [(None,) * 3]
    spells = frames["stage_spells"].select("stage", "before_day", "next_stage", "days").rows()
    first = ("assess", number("2026-02-01"), "stabilise", 31)
    assert spells == [first, ("stabilise", None, None, None)]
    assert frames["delays"]["before_day"].to_list() == [None]


def test_the_stretches_without_a_key_worker_are_there(history: Any, frames_of: Any) -> None:
    one = history.case("2026-01-01")
    history.records += [
        Allocation(one, 11, "ann", "key-worker", day("2026-01-10"), day("2026-01-20")),
        Allocation(one, 12, "bob", "key-worker", day("2026-02-01")),
        Allocation(one, 13, "eve", "second", day("2026-01-01")),
    ]
    frames = frames_of("2026-03-31")
    held = frames["workers"].sort("from_day").select("worker", "before_day").rows()
    assert held == [
        (None, number("2026-01-10")), ("ann", number("2026-01-20")),
        (None, number("2026-02-01")), ("bob", None),
    ]  # fmt: skip
    assert frames["cases"]["worker"].to_list() == ["bob"]
    assert frames_of("2026-01-25")["cases"]["worker"].to_list() == [None]


def test_an_action_shows_its_owner_and_due_day_of_the_day(history: Any, frames_of: Any) -> None:
    one = history.case("2026-01-01")
    history.records += [
        Action(5, one, None, "W1", "manual", day("2026-01-05"), day("2026-01-12"), "small", "ann",
               closed_on=day("2026-03-01"), closed_how="done"),
        ActionSpell(5, 1, "open", "ann", None, None, day("2026-01-12"), 0, day("2026-01-05"),
                    day("2026-01-20")),
        ActionSpell(5, 2, "parked", "bob", None, None, day("2026-02-12"), 1, day("2026-01-20"),
                    day("2026-03-01"), parked_until=day("2026-02-10")),
        ActionSpell(5, 3, "done", "bob", None, None, day("2026-02-12"), 1, day("2026-03-01")),
    ]  # fmt: skip

    def on(text: str) -> tuple[Any, ...]:
        frame = frames_of(text)["actions"]
        row: tuple[Any, ...] = frame.select("status", "owner", "carried", "closed_how").row(0)
        return row

    assert on("2026-01-10") == ("open", "ann", 0, None)
    assert on("2026-02-01") == ("parked", "bob", 1, None)
    assert on("2026-02-10") == ("open", "bob", 1, None)
    assert on("2026-03-02") == ("done", "bob", 1, "done")


def test_events_of_excluded_cases_are_left_out_and_the_case_says_why(
    history: Any, frames_of: Any
) -> None:
    one = history.case("2026-01-01", excluded="overlap", milestones={"treated": "2026-01-02"})
    two = history.case("2026-01-01", milestones={"treated": "2026-01-02"})
    history.contact(one, "2026-01-03")
    frames = frames_of("2026-03-31")
    assert dict(frames["cases"].select("case_id", "excluded").iter_rows()) == {
        one: "overlap", two: None
    }  # fmt: skip
    for name in ("stage_spells", "milestones"):
        assert set(frames[name]["case_id"]) == {two}
    assert frames["attendances"].is_empty()


def test_a_team_reads_only_its_own_events(history: Any, frames_of: Any) -> None:
    one = history.case("2026-01-01", "2026-01-10", person=7, milestones={"treated": "2026-01-02"})
    two = history.case("2026-01-15", person=7, team="W2", milestones={"treated": "2026-01-16"})
    seen = int(datetime(2026, 2, 1, tzinfo=UTC).timestamp())
    for team, case in (("W1", one), ("W2", two)):
        history.records += [
            Review(
                case, team, "ward-round", 1, "0" * 64, day("2026-02-01"), "open", "ann", seen, 1
            ),
            Mark(case, 60, case, "discussed", day("2026-02-01"), "ann"),
        ]
    frames = frames_of("2026-03-31", team="W2")
    for name in ("cases", "stage_spells", "milestones", "marks"):
        assert set(frames[name]["case_id"]) == {two}, name
    assert frames["reviews"]["team"].to_list() == ["W2"]
    assert frames["cases"].select("prev_case_id", "prev_closed_day").rows() == [
        (one, number("2026-01-10"))
    ]


def test_neighbours_are_told_in_both_directions(history: Any, frames_of: Any) -> None:
    history.case("2026-01-01", "2026-01-10", person=7)
    history.case("2026-01-05", "2026-01-07", person=7)
    history.case("2026-01-10", person=7)
    found = frames_of("2026-03-31")["cases"].sort("case_id")
    assert found["next_case_id"].to_list() == [3, 3, None]
    assert found["prev_case_id"].to_list() == [None, None, 1]


@pytest.mark.parametrize("name", RELATIONS)
def test_an_empty_store_gives_empty_relations_with_their_columns(store: Any, name: str) -> None:
    with store.read() as conn:
        found = read_relations(conn, [name], as_of=day("2026-03-31"))
    assert found[name].is_empty()
    assert found[name].columns


def test_only_what_was_asked_is_read_besides_the_cases(store: Any) -> None:
    with store.read() as conn:
        assert set(read_relations(conn, ["delays"], as_of=day("2026-03-31"))) == {"cases", "delays"}


def test_a_milestone_may_be_left_out_by_itself(history: Any, frames_of: Any) -> None:
    one = history.case("2026-01-01")
    history.records.append(Milestone(one, 30, "treated", day("2026-01-02"), excluded="overlap"))
    assert frames_of("2026-03-31")["milestones"]["excluded"].to_list() == ["overlap"]
