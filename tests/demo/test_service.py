"""The rehearsal service that `casereview demo` makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casereview.core.identity import never_issued
from casereview.packs.library import Library
from casereview.service import checking
from casereview.service.actions import action_rows
from casereview.service.cases import showing
from casereview.service.desk import Desk
from casereview.service.measuring.stats import stats
from casereview.service.organisation import users
from casereview.service.organisation.calendar import meeting_days
from casereview.service.rehearsal import demo
from casereview.service.reviews import agenda as making
from casereview.service.reviews import reviewing
from casereview.store import journal, lookup
from casereview.store.opening import open_store

Sit = Callable[[Path], Desk]
TEAMS = {"WARD": "ward-round", "CHILD": "caseload-sweep", "RECOV": "caseload-sweep"}


def recorded(place: Path) -> list[tuple[Any, ...]]:
    with open_store(place, read_only=True) as store, store.read() as connection:
        return [
            (e.number, e.stream, e.seq, e.kind, e.occurred_on, e.recorded_at, e.recorded_by,
             e.command, e.body, e.texts)
            for e in journal.iterate(connection)
            if e.stream.kind != "store" and e.command.startswith("rehearsal")
        ]  # fmt: skip


def lanes(desk: Desk, team: str, on: date) -> Counter[str]:
    with desk.reading() as work:
        pack = desk.library.pack(TEAMS[team])
        return Counter(line.lane for line in making.make(work, pack, team, on, seed="R1"))


def test_the_same_seed_makes_the_same_journal(
    tmp_path: Path, small: Path, today: date, library: Library
) -> None:
    again = demo.build(tmp_path / "again.db", today=today, weeks=1, library=library)
    other = demo.build(tmp_path / "other.db", today=today, weeks=1, seed=8, library=library)
    assert recorded(again) == recorded(small) != recorded(other)
    assert len(recorded(small)) > 1_000


def test_the_store_verifies_and_the_doctor_finds_nothing_wrong(desk: Desk) -> None:
    assert all(row["ok"] for row in checking.verify(desk))
    rows = checking.doctor(desk)
    assert all(row["ok"] for row in rows)
    assert {r["check"] for r in rows if r["warning"]} <= {
        "every open case has a next step", "offered transfers have been accepted",
    }  # fmt: skip


def test_nothing_is_recorded_on_the_day_itself_and_no_review_is_open(
    desk: Desk, made: Path, today: date
) -> None:
    assert max(row[4] for row in recorded(made)) < today
    assert reviewing.list_reviews(desk, status="open") == []
    assert {r["team"] for r in reviewing.list_reviews(desk)} == set(TEAMS)


@pytest.mark.parametrize("team", TEAMS)
def test_every_team_meets_today(desk: Desk, team: str, today: date) -> None:
    with desk.reading() as work:
        days = meeting_days(desk.library, work.team(team), TEAMS[team], today)
    assert days.is_meeting(today)


@pytest.mark.parametrize(
    "on", [date(2026, 3, 5), date(2026, 3, 8), date(2026, 5, 4)], ids=["thu", "sun", "holiday"]
)
def test_a_team_that_would_not_meet_on_the_day_moves_its_nearest_meeting_there(
    tmp_path: Path, library: Library, on: date
) -> None:
    place = demo.build(tmp_path / "demo.db", today=on, weeks=2, library=library)
    with open_store(place, read_only=True) as store, store.read() as connection:
        teams = [
            e for e in journal.iterate(connection, kinds=["team"]) if e.kind == "meeting_changed"
        ]
        held = {r["on"] for r in lookup.reviews(connection)}
    assert teams
    assert {e.body["moved_to"] for e in teams} == {on.isoformat()}
    assert held.isdisjoint({date.fromisoformat(e.body["on"]) for e in teams})


def test_the_caseloads_have_a_plausible_size(desk: Desk, today: date) -> None:
    sizes = {team: sum(lanes(desk, team, today).values()) for team in TEAMS}
    assert 16 <= sizes["WARD"] <= 24
    assert 50 <= sizes["CHILD"] <= 70
    assert 33 <= sizes["RECOV"] <= 48


def test_most_children_are_on_plan_and_some_wait(desk: Desk, today: date) -> None:
    found = lanes(desk, "CHILD", today)
    assert 0.4 <= found["on-plan"] / sum(found.values()) <= 0.75
    assert found["waiting"] >= 3
    assert found["safeguarding"] == 1


def test_the_ward_has_seen_whom_it_admitted_so_that_its_waits_are_waits(desk: Desk) -> None:
    rows, _ = stats(desk, "waits", team="WARD")
    sides = {r["side"]: r for r in rows if r["wait"] == "assessment"}
    assert sides["completed"]["n"] > 20
    assert sides["completed"]["mean_days"] <= 2
    assert "waiting" not in sides or sides["waiting"]["n"] < 5


def test_there_is_one_leech_in_each_of_two_teams_and_a_few_overdue_actions(desk: Desk) -> None:
    leeches = [r for r in action_rows.list_actions(desk, leeches=True) if r["status"] == "open"]
    assert len(leeches) == 2
    overdue = action_rows.list_actions(desk, status="open", overdue=True)
    assert 3 <= len(overdue) <= 20


def test_one_transfer_is_offered_and_somebody_decided_has_not_left(desk: Desk, today: date) -> None:
    offered = [
        r["case"]
        for r in showing.list_cases(desk, team="WARD")
        if showing.show(desk, r["case"])[0]["transfer_to"] == "RECOV"
    ]
    assert len(offered) == 1
    planned = [r["planned_departure_on"] for r in showing.list_cases(desk, only="decided")]
    assert any(day < today - timedelta(days=1) for day in planned)


def test_one_worry_is_open_and_others_were_handed_over_and_signed(made: Path) -> None:
    kinds = Counter(row[3] for row in recorded(made))
    assert kinds["worry_raised"] == kinds["worry_signed"] + 1
    assert kinds["worry_handed"] == kinds["worry_told"] == kinds["worry_signed"]


def test_the_history_holds_every_kind_of_work(made: Path) -> None:
    kinds = {row[3] for row in recorded(made)}
    assert kinds >= {
        "referred", "allocated", "contact", "moved", "answered", "marked", "decided",
        "decision_signed", "action_raised", "action_carried", "action_done", "delay_started",
        "transfer_proposed", "review_closed", "noted", "linked",
    }  # fmt: skip


def test_people_have_numbers_that_are_never_issued(made: Path) -> None:
    numbers = [str(row[9]["nhs_number"]) for row in recorded(made) if row[3] == "registered"]
    assert len(numbers) == len(set(numbers)) > 100
    assert all(never_issued(number) for number in numbers)


def test_every_role_is_filled(desk: Desk) -> None:
    assert {u["role"] for u in users.list_users(desk)} == set(users.ROLES)
