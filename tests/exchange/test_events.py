"""What events do to cases."""

from __future__ import annotations

from typing import Any

import pytest

from casereview.service.actions import actions

CASES = "SELECT id, stage, link, linked_case_id, exit, exit_class, excluded FROM cases ORDER BY id"


def reasons(ward: Any) -> list[str]:
    return [row["reason"] for row in ward.report()]


def test_a_case_goes_its_way_and_unsorted_lines_are_put_in_order(ward: Any, events: Any) -> None:
    got = ward.take(*events(
        "A,Home,09/01/2026 12:00", "A,Treated,05/01/2026 10:00", "A,Better,07/01/2026 09:00",
        "A,Referred,05/01/2026 09:30", "A,Blood,06/01/2026 09:30",
    ))  # fmt: skip
    assert got == {
        "accepted": 5, "unchanged": 0, "rejected": 0, "warned": 0, "cases": 1, "run": "I1",
        "report": None,
    }  # fmt: skip
    assert ward.sql(CASES) == [(1, "complete", None, None, "home", "planned", None)]
    spells = "SELECT stage, move FROM stage_spells ORDER BY n"
    assert ward.sql(spells) == [
        ("assess", ""), ("stabilise", "forward"), ("recover", "forward"), ("complete", "forward"),
    ]  # fmt: skip
    assert ward.problems() == []


def test_a_missing_end_stays_open(ward: Any, events: Any) -> None:
    ward.take(*events("A,Referred,05/01/2020 09:30"))
    assert ward.sql(CASES)[0][1] == "assess"
    assert ward.one("SELECT count(*) FROM cases WHERE closed_on IS NULL") == 1


@pytest.mark.parametrize("word", ["Came back", "Referred"])
def test_coming_back_opens_a_linked_case(ward: Any, events: Any, word: str) -> None:
    got = ward.take(*events(
        "A,Referred,05/01/2026 09:30", "A,Home,06/01/2026 09:30", f"A,{word},20/01/2026 09:30",
        "A,Treated,21/01/2026 09:30",
    ))  # fmt: skip
    assert got["cases"] == 2
    assert ward.sql(CASES)[1][:4] == (2, "stabilise", "return", 1)
    assert ward.one("SELECT count(DISTINCT person_id) FROM cases") == 1
    assert ward.problems() == []


def test_coming_back_while_open_is_a_second_referral_of_the_open_case(
    ward: Any, events: Any
) -> None:
    got = ward.take(*events("A,Referred,05/01/2026 09:30", "A,Came back,20/01/2026 09:30"))
    assert (got["cases"], got["warned"]) == (1, 1)
    assert ward.one("SELECT count(*) FROM entries WHERE kind = 're_referred'") == 1
    assert ward.problems() == []


def test_events_before_the_referral_keep_their_time_and_move_at_the_referral(
    ward: Any, events: Any
) -> None:
    got = ward.take(*events("A,Treated,05/01/2026 09:00", "A,Referred,05/01/2026 09:30"))
    assert (got["accepted"], got["warned"]) == (2, 1)
    wait = (
        "SELECT m.at_s - c.referred_s FROM milestones m JOIN cases c ON c.id = m.case_id "
        "WHERE m.name = 'treated'"
    )
    assert ward.one(wait) == -1800
    assert ward.sql(CASES)[0][1] == "stabilise"
    assert ward.one("SELECT min(from_s) - max(from_s) FROM stage_spells") == 0


def test_events_after_the_end_are_kept_and_never_open_the_case_again(
    ward: Any, events: Any
) -> None:
    got = ward.take(*events(
        "A,Referred,05/01/2026 09:30", "A,Home,06/01/2026 09:30", "A,Treated,07/01/2026 09:30",
        "A,Blood,07/01/2026 10:30",
    ))  # fmt: skip
    assert (got["accepted"], got["warned"], got["cases"]) == (4, 2, 1)
    assert ward.sql(CASES)[0][1] == "complete"
    assert ward.one("SELECT count(*) FROM milestones WHERE name = 'treated'") == 1


def test_an_end_before_the_start_is_counted_and_the_case_left_out(ward: Any, events: Any) -> None:
    got = ward.take(*events("A,Home,04/01/2026 09:30", "A,Referred,05/01/2026 09:30"))
    assert (got["accepted"], got["warned"]) == (2, 1)
    assert ward.sql(CASES) == [(1, "assess", None, None, None, None, "end-before-start")]


def test_only_a_move_that_may_step_back_does(ward: Any, events: Any) -> None:
    start = ("A,Referred,05/01/2026 09:30", "A,Better,06/01/2026 09:30")
    ward.take(*events(*start, "A,Treated,07/01/2026 09:30"))
    assert ward.sql(CASES)[0][1] == "recover"
    ward.take(*events(*start, "A,Treated,07/01/2026 09:30", "A,Worse,08/01/2026 09:30"))
    assert ward.sql(CASES)[0][1] == "stabilise"
    assert ward.problems() == []


def test_an_undeclared_move_is_recorded_and_reported(ward: Any, events: Any) -> None:
    got = ward.take(*events(
        "A,Referred,05/01/2026 09:30", "A,Better,06/01/2026 09:30",
        "A,Back to start,07/01/2026 09:30",
    ))  # fmt: skip
    assert (got["accepted"], got["warned"]) == (3, 1)
    assert ward.one("SELECT move FROM stage_spells WHERE n = 3") == "imported"
    assert "does not declare this move" in reasons(ward)[0]


def test_facts_contacts_and_deaths_are_recorded(ward: Any, events: Any) -> None:
    ward.take(*events(
        "A,Referred,05/01/2026 09:30", "A,Seen,05/01/2026 10:30", "A,Safe,06/01/2026 09:30",
        "A,Died,07/01/2026",
    ))  # fmt: skip
    assert ward.sql("SELECT kind, attended FROM contacts") == [("face-to-face", "5")]
    assert ward.sql("SELECT fact, text FROM case_facts") == [("medically_safe", "yes")]
    assert ward.one("SELECT count(died_on) FROM persons") == 1
    assert ward.sql(CASES)[0][1:6] == ("left", None, None, "died", "died")
    assert ward.problems() == []


def test_a_longer_file_goes_on_where_the_first_stopped(ward: Any, events: Any) -> None:
    first = ["A,Referred,05/01/2026 09:30", "B,Referred,05/01/2026 09:30"]
    ward.take(*events(*first))
    later = ["A,Treated,06/01/2026 09:30", "A,Home,09/01/2026 09:30", "A,Came back,19/01/2026"]
    got = ward.take(*events(*first, *later, "C,Referred,07/01/2026"))
    assert (got["accepted"], got["unchanged"], got["cases"]) == (4, 2, 2)
    stages = ward.sql("SELECT stage, link FROM cases ORDER BY id")
    assert stages == [("complete", None), ("assess", None), ("assess", "return"), ("assess", None)]
    assert ward.problems() == []


def test_a_late_line_moves_nothing_that_came_after_it(ward: Any, events: Any) -> None:
    first = ["A,Referred,05/01/2026 09:30", "A,Better,09/01/2026 09:30"]
    ward.take(*events(*first))
    got = ward.take(*events(*first, "A,Treated,06/01/2026 09:30"))
    assert (got["accepted"], got["warned"]) == (1, 1)
    assert ward.sql(CASES)[0][1] == "recover"
    assert ward.one("SELECT count(*) FROM milestones WHERE name = 'treated'") == 1
    assert ward.problems() == []


def test_an_imported_end_closes_what_was_open_on_the_case(ward: Any, events: Any) -> None:
    ward.take(*events("A,Referred,05/01/2026 09:30"))
    ward.desk = ward.desk.again()
    today = ward.desk.today
    actions.add(ward.desk, ["C1"], "Ring the pharmacy", owner=ward.desk.actor, due_on=today)
    ward.take(*events("A,Referred,05/01/2026 09:30", "A,Home,03/03/2026 08:00"))
    rows = ward.sql("SELECT closed_how, automatic FROM actions")
    assert rows == [("cancelled", 1)]
    assert ward.problems() == []


def test_the_same_line_twice_is_refused_once_and_equal_times_are_told_apart(
    ward: Any, events: Any
) -> None:
    lines = ["A,Referred,05/01/2026 09:30,x", "A,Blood,06/01/2026 09:30,x",
             "A,Blood,06/01/2026 09:30,x", "A,Blood,06/01/2026 09:30,y"]  # fmt: skip
    made = events(*lines, head="case,what,when,note")
    got = ward.take(*made)
    assert (got["accepted"], got["rejected"]) == (3, 1)
    assert [(r["line"], r["reason"]) for r in ward.report()] == [
        ("4", "This line is the same as line 3.")
    ]
    again = ward.take(*made)
    assert (again["accepted"], again["unchanged"], again["rejected"]) == (0, 3, 1)


def test_a_case_that_nothing_opens_is_refused_line_by_line(ward: Any, events: Any) -> None:
    got = ward.take(*events("A,Treated,05/01/2026 09:30", "B,Referred,05/01/2026 09:30"))
    assert (got["accepted"], got["rejected"], got["cases"]) == (1, 1, 1)
    assert reasons(ward) == ["No event in the file opens this case."]


def test_an_activity_that_the_layout_does_not_list_is_refused_with_the_nearest(
    ward: Any, events: Any
) -> None:
    got = ward.take(*events("A,Referred,05/01/2026 09:30", "A,Treatd,05/01/2026 10:30"))
    assert (got["accepted"], got["rejected"]) == (1, 1)
    row = ward.report()[0]
    assert (row["line"], row["column"], row["value"]) == ("3", "what", "Treatd")
    assert "'Treated'" in row["reason"]


def test_one_person_has_several_cases_and_returns_by_date(ward: Any, events: Any) -> None:
    columns = 'person = "person"'
    got = ward.take(*events(
        "Z1,Referred,05/01/2026,P", "Z1,Home,08/01/2026,P", "A2,Referred,20/01/2026,P",
        "A2,Home,25/01/2026,P", "Q,Referred,20/01/2026,R",
        head="case,what,when,person", columns=columns,
    ))  # fmt: skip
    assert got["cases"] == 3
    links = ward.sql("SELECT linked_case_id FROM cases WHERE link = 'return'")
    first = ward.one("SELECT case_id FROM imported_cases WHERE local_id = 'Z1'")
    assert links == [(first,)]
    assert ward.one("SELECT count(*) FROM persons") == 2
    assert ward.problems() == []


def test_overlapping_cases_of_one_person_are_warned_and_the_later_left_out(
    ward: Any, events: Any
) -> None:
    got = ward.take(*events(
        "A,Referred,05/01/2026,P", "A,Home,28/01/2026,P", "B,Referred,20/01/2026,P",
        head="case,what,when,person", columns='person = "person"',
    ))  # fmt: skip
    assert (got["accepted"], got["warned"]) == (3, 1)
    assert ward.sql("SELECT excluded FROM cases ORDER BY id") == [(None,), ("overlap",)]


def test_one_case_with_two_people_is_refused(ward: Any, events: Any) -> None:
    got = ward.take(*events(
        "A,Referred,05/01/2026,P", "A,Treated,06/01/2026,R",
        head="case,what,when,person", columns='person = "person"',
    ))  # fmt: skip
    assert (got["accepted"], got["rejected"]) == (1, 1)
    assert reasons(ward) == ["This case belongs to somebody else on line 2."]


def test_workers_are_allocated_by_name_and_unknown_names_are_reported(
    ward: Any, events: Any
) -> None:
    login = ward.desk.actor
    got = ward.take(*events(
        "A,Referred,05/01/2026,Nurse J", "B,Referred,05/01/2026,Nurse X",
        head="case,what,when,who", columns='worker = "who"',
        more=f'[workers]\n"Nurse J" = "{login}"',
    ))  # fmt: skip
    assert (got["accepted"], got["warned"]) == (2, 1)
    assert ward.sql("SELECT login, role FROM allocations") == [(login, "key-worker")]
    assert ward.report()[0]["value"] == "Nurse X"


def test_dates_after_the_clock_need_the_layouts_leave(ward: Any, events: Any) -> None:
    file, layout = events("A,Referred,05/01/2099", "B,Referred,05/01/2026")
    got = ward.take(file, layout)
    assert (got["accepted"], got["rejected"]) == (1, 1)
    text = layout.read_text(encoding="utf-8")
    layout.write_text(text.replace("[columns]", 'future = "allow"\n[columns]'), encoding="utf-8")
    assert ward.take(file, layout)["accepted"] == 1
