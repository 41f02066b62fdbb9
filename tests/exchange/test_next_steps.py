"""The next-step column of a list: one action, once, replaced when the list changes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from casereview.exchange.layouts.file import LayoutFaults
from casereview.service.actions import action_rows, actions
from casereview.service.cases import cases
from casereview.service.doors.unimporting import undo_run
from casereview.service.organisation import users

HEADING = "case,referred,stage,ended,why,next,who,due"
STEP = """
[workers]
"A.B." = "ann"
"KW" = "key-worker"
[next_step]
column = "next"
owner = "who"
due = "due"
"""
JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)
RING = "A,05/01/2026,new,,,Ring the GP,A.B.,10/02/2026"


@pytest.fixture
def team(ward: Any) -> Any:
    for login in ("ann", "ben"):
        users.add_user(ward.desk.again(), login, name=login, role="clinician")
    return ward


@pytest.fixture
def take(team: Any, snapshot: Any) -> Any:
    def run(*rows: str, on: date = JANUARY, more: str = STEP, columns: str = "") -> dict[str, Any]:
        made = snapshot(*rows, heading=HEADING, more=more, columns=columns)
        found: dict[str, Any] = team.take(*made, on=on)
        return found

    return run


def steps(team: Any, status: str | None = "open") -> list[tuple[Any, ...]]:
    rows = action_rows.list_actions(team.desk.again(), team="WARD", status=status)
    return [(r["case"], r["text"], r["owner"], str(r["due_on"])) for r in rows]


def test_a_next_step_is_an_action_with_owner_and_due_date(team: Any, take: Any) -> None:
    got = take(RING, "B,06/01/2026,Stabilise,,,,,", "C,06/01/2026,new,,,Visit,ben,01/01/2026")
    assert (got["accepted"], got["rejected"], got["warned"]) == (3, 0, 0)
    assert steps(team) == [
        ("C3", "Visit", "ben", "2026-01-01"), ("C1", "Ring the GP", "ann", "2026-02-10"),
    ]  # fmt: skip
    listed = action_rows.list_actions(team.desk.again(), case="C1")[0]
    assert (listed["cause"], listed["opened_on"]) == ("next-step:list", JANUARY)
    assert team.problems() == []


def test_it_is_recorded_as_an_action_by_hand_is(team: Any, take: Any) -> None:
    take(RING)
    actions.add(team.desk.again(), ["C1"], "ask", owner="ann", due_on=date(2026, 4, 1))
    rows = team.sql("SELECT body FROM entries WHERE kind = 'action_raised' ORDER BY number")
    listed, by_hand = (json.loads(body) for (body,) in rows)
    assert set(listed) == set(by_hand)
    assert listed["needs_accept"] is by_hand["needs_accept"] is True


def test_the_same_list_again_makes_no_second_action(team: Any, take: Any) -> None:
    take(RING)
    again = take(RING, on=FEBRUARY)
    assert (again["accepted"], again["unchanged"], again["run"]) == (0, 1, None)
    assert len(steps(team, None)) == 1


@pytest.mark.parametrize(
    ("row", "now"),
    [
        ("A,05/01/2026,new,,,Write a letter,ben,10/03/2026", ("Write a letter", "ben")),
        ("A,05/01/2026,new,,,ring  the gp,ben,10/02/2026", ("ring the gp", "ben")),
        ("A,05/01/2026,new,,,Ring the GP,A.B.,10/03/2026", ("Ring the GP", "ann")),
    ],
)
def test_another_step_takes_the_place_of_one_that_nobody_touched(
    team: Any, take: Any, row: str, now: tuple[str, str]
) -> None:
    take(RING)
    got = take(row, on=FEBRUARY)
    assert (got["accepted"], got["warned"]) == (1, 0)
    assert [(" ".join(s[1].split()), s[2]) for s in steps(team)] == [now]
    assert [s[1] for s in steps(team, "cancelled")] == ["Ring the GP"]
    assert team.problems() == []


def test_a_date_that_the_list_moves_after_it_was_missed_is_a_carry(team: Any, take: Any) -> None:
    take(RING)
    take("A,05/01/2026,new,,,Ring the GP,A.B.,10/03/2026", on=FEBRUARY)
    found = action_rows.list_actions(team.desk.again(), team="WARD", status="open")[0]
    assert (found["carried"], found["first_due_on"]) == (1, date(2026, 2, 10))


def test_a_step_that_was_worked_with_here_stays_open_and_is_reported(team: Any, take: Any) -> None:
    take(RING)
    actions.edit(team.desk.again(), "A1", due_on=date(2026, 3, 20))
    same = take(RING, on=FEBRUARY)
    assert (same["unchanged"], same["warned"]) == (1, 0)
    later = take("A,05/01/2026,new,,,Ring the GP,A.B.,21/03/2026", on=FEBRUARY)
    assert (later["unchanged"], later["warned"]) == (1, 1)
    other = take("A,05/01/2026,new,,,Write,A.B.,21/03/2026", on=FEBRUARY)
    assert (other["accepted"], other["warned"]) == (1, 1)
    assert "A1 is another next step" in team.report()[0]["reason"]
    assert [s[1] for s in steps(team)] == ["Ring the GP", "Write"]
    assert take("A,05/01/2026,new,,,Write,A.B.,21/03/2026", on=FEBRUARY)["unchanged"] == 1
    assert team.problems() == []


def test_a_step_that_was_done_here_is_not_raised_again_for_its_date(team: Any, take: Any) -> None:
    take(RING)
    actions.close(team.desk.again(), "A1", done=True)
    assert take(RING, on=date(2026, 3, 3))["unchanged"] == 1
    assert take(RING.replace("10/02", "10/04"), on=date(2026, 3, 3))["accepted"] == 1
    assert [s[3] for s in steps(team)] == ["2026-04-10"]


def test_a_step_that_comes_back_in_a_later_list_is_raised_again(team: Any, take: Any) -> None:
    take(RING)
    take("A,05/01/2026,new,,,Write,A.B.,21/03/2026", on=FEBRUARY)
    take(RING, on=date(2026, 3, 2))
    assert [s[1] for s in steps(team)] == ["Ring the GP"]
    old = take("A,05/01/2026,new,,,Write,A.B.,21/03/2026", on=FEBRUARY)
    assert (old["accepted"], old["warned"]) == (0, 1)


@pytest.mark.parametrize(
    ("who", "due", "column", "says"),
    [
        ("", "10/02/2026", "who", "no owner"),
        ("A.B.", "", "due", "no due date"),
        ("C.D.", "10/02/2026", "who", "No user"),
        ("A.B.", "soon", "due", "stated format"),
        ("A.B.", "01/01/1900", "due", "no date"),
        ("KW", "10/02/2026", "who", "no key worker"),
    ],
)
def test_without_owner_or_date_the_row_is_taken_and_reported(
    team: Any, take: Any, who: str, due: str, column: str, says: str
) -> None:
    got = take(f"A,05/01/2026,new,,,Ring,{who},{due}")
    assert (got["accepted"], got["warned"], steps(team, None)) == (1, 1, [])
    found = team.report()[0]
    assert (found["line"], found["column"]) == ("2", column)
    assert says in found["reason"]
    assert "not recorded" in found["reason"]


def test_a_layout_may_refuse_such_rows(team: Any, take: Any) -> None:
    got = take("A,05/01/2026,new,,,Ring,,", more=STEP + 'missing = "reject"\n')
    assert (got["accepted"], got["rejected"]) == (0, 1)


def test_the_key_worker_of_the_same_row_may_own_it(team: Any, take: Any) -> None:
    take("A,05/01/2026,new,,,Ring,KW,10/02/2026", columns='worker = "who"')
    assert steps(team) == []
    cases.allocate(team.desk.again(), "C1", "ben", on=FEBRUARY)
    take("A,05/01/2026,new,,,Ring,KW,10/03/2026", on=date(2026, 3, 3))
    found = action_rows.list_actions(team.desk.again(), team="WARD", status="open")[0]
    assert (found["owner"], found["post"]) == ("ben", "key-worker")


def test_a_case_that_ends_gets_no_next_step_and_loses_the_one_it_had(team: Any, take: Any) -> None:
    take(RING)
    got = take("A,05/01/2026,Done,20/02/2026,well,Write,A.B.,10/03/2026", on=FEBRUARY)
    assert (got["accepted"], got["warned"], steps(team)) == (1, 1, [])
    assert team.problems() == []


def test_undoing_a_list_takes_its_next_steps_back(team: Any, take: Any) -> None:
    first = take(RING)["run"]
    second = take("A,05/01/2026,new,,,Write,A.B.,10/03/2026", on=FEBRUARY)["run"]
    undo_run(team.desk.again(), second)
    assert [s[1] for s in steps(team, None)] == ["Ring the GP"]
    assert steps(team) != []
    undo_run(team.desk.again(), first)
    assert team.one("SELECT count(*) FROM actions") == 0
    assert team.problems() == []


def test_rows_of_one_episode_may_each_have_a_next_step(team: Any, tmp_path: Any) -> None:
    layout, file = tmp_path / "ep.toml", tmp_path / "ep.csv"
    layout.write_text(
        '[layout]\nid = "ep"\nversion = 1\ntitle = "t"\nshape = "episodes"\npathway = "ward"\n'
        '[time]\nformats = ["dd/mm/yyyy"]\n[columns]\nid = "case"\nreferred = "referred"\n'
        '[next_step]\ncolumn = "next"\nowner = "who"\ndue = "due"\n', encoding="utf-8",
    )  # fmt: skip
    file.write_text(
        "case,referred,next,who,due\nA,05/01/2026,Ring,ann,10/03/2026\n"
        "A,05/01/2026,Write,ben,10/03/2026\nA,05/01/2026,ring,ben,11/03/2026\n", encoding="utf-8",
    )  # fmt: skip
    team.take(file, layout)
    assert [s[1:3] for s in steps(team)] == [("Ring", "ann"), ("Write", "ben")]
    assert team.take(file, layout)["accepted"] == 0
    assert team.problems() == []


def test_next_steps_belong_to_lists(ward: Any, events: Any) -> None:
    more = '[next_step]\ncolumn = "next"\nowner = "who"\ndue = "due"\n'
    with pytest.raises(LayoutFaults, match="belong to a snapshot"):
        ward.take(*events("A,Referred,05/01/2026", more=more))
