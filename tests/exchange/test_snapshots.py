"""What a caseload list does to cases, the first time and again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casereview.errors import Refused
from casereview.service.organisation import users

CASES = "SELECT stage, exit, exit_class, excluded FROM cases ORDER BY id"
FACT = """
[[fact]]
column = "safe"
name = "medically_safe"
values = { "0" = "no", "1" = "yes" }
"""


def test_rows_open_cases_where_they_stand(ward: Any, snapshot: Any) -> None:
    got = ward.take(*snapshot(
        "A,05/01/2026,new,,", "B,05/01/2026, stabilise ,,", "C,05/01/2026,Done,20/01/2026,well",
        "D,05/01/2026,Left,20/01/2026,died",
    ))  # fmt: skip
    assert (got["accepted"], got["cases"], got["warned"]) == (4, 4, 0)
    assert ward.sql(CASES) == [
        ("assess", None, None, None), ("stabilise", None, None, None),
        ("complete", "home", "planned", None), ("left", "died", "died", None),
    ]  # fmt: skip
    assert ward.one("SELECT count(died_on) FROM persons") == 1
    assert ward.problems() == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("A,05/01/2026,Done,01/01/2026,well", "end-before-start"),
        ("A,05/01/2026,Done,,", "end-missing"),
        ("A,05/01/2026,new,20/01/2026,well", "end-while-open"),
        ("A,05/01/2026,new,,well", "reason-without-end"),
        ("A,05/01/2026,Done,20/01/2026,", "end-without-reason"),
    ],
)
def test_contradictions_are_kept_out_of_statistics_or_refused_as_the_layout_says(
    make_ward: Any, snapshot: Any, row: str, why: str
) -> None:
    kept, refusing = make_ward(name="kept.db"), make_ward(name="refusing.db")
    got = kept.take(*snapshot(row))
    assert (got["accepted"], got["warned"], kept.sql(CASES)[0][3]) == (1, 1, why)
    assert kept.problems() == []
    got = refusing.take(*snapshot(row, head='contradictions = "reject"'))
    assert (got["accepted"], got["rejected"], got["run"]) == (0, 1, None)


def test_a_status_that_is_not_listed_is_refused_never_guessed(ward: Any, snapshot: Any) -> None:
    got = ward.take(*snapshot("A,05/01/2026,Recovr,,", "B,05/01/2026,,,"))
    assert (got["accepted"], got["rejected"]) == (0, 2)
    assert "'recover'" in ward.report()[0]["reason"]
    assert ward.report()[1]["reason"] == "There is no status."


def test_a_status_and_a_reason_that_disagree_are_refused(ward: Any, snapshot: Any) -> None:
    got = ward.take(*snapshot("A,05/01/2026,Done,20/01/2026,died"))
    assert got["rejected"] == 1


def test_the_next_months_list_brings_cases_up_to_date(ward: Any, snapshot: Any) -> None:
    heading = "case,referred,stage,ended,why,safe"
    first = ("A,05/01/2026,new,,,0", "B,05/01/2026,Stabilise,,,0", "C,06/01/2026,new,,,0")
    ward.take(*snapshot(*first, heading=heading, more=FACT), on=date(2026, 1, 31))
    got = ward.take(
        *snapshot(
            "A,05/01/2026,Recover,,,1", "B,05/01/2026,Done,20/02/2026,well,0",
            "C,06/01/2026,new,,,", "D,20/02/2026,new,,,", heading=heading, more=FACT,
        ),
        on=date(2026, 2, 28),
    )  # fmt: skip
    assert (got["accepted"], got["unchanged"], got["cases"]) == (3, 1, 1)
    assert [row[0] for row in ward.sql(CASES)] == ["recover", "complete", "assess", "assess"]
    held = ward.sql("SELECT text, before_on IS NULL FROM case_facts WHERE case_id = 1 ORDER BY n")
    assert held == [("no", 0), ("yes", 1)]
    assert ward.problems() == []


def test_the_same_list_on_another_day_changes_nothing(ward: Any, snapshot: Any) -> None:
    made = snapshot("A,05/01/2026,Stabilise,,,1", heading="case,referred,stage,ended,why,safe",
                    more=FACT)  # fmt: skip
    ward.take(*made, on=date(2026, 2, 1))
    got = ward.take(*made, on=date(2026, 2, 2))
    assert (got["accepted"], got["unchanged"], got["run"]) == (0, 1, None)


def test_a_new_referral_after_an_end_is_a_return(ward: Any, snapshot: Any) -> None:
    ward.take(*snapshot("A,05/01/2026,Done,20/01/2026,well"))
    got = ward.take(*snapshot("A,10/02/2026,new,,"))
    assert got["cases"] == 1
    assert ward.sql("SELECT link, linked_case_id FROM cases WHERE id = 2") == [("return", 1)]
    assert ward.problems() == []


def test_another_referral_date_of_an_open_case_is_refused(ward: Any, snapshot: Any) -> None:
    ward.take(*snapshot("A,05/01/2026,new,,"))
    got = ward.take(*snapshot("A,06/01/2026,new,,"))
    assert (got["accepted"], got["rejected"]) == (0, 1)
    assert "2026-01-05" in ward.report()[0]["reason"]


def test_an_identifier_that_is_there_twice_is_taken_once(ward: Any, snapshot: Any) -> None:
    got = ward.take(*snapshot(
        "C1,05/01/2026,new,,", "C1,05/01/2026,new,,", "c1,06/01/2026,new,,", "C01,05/01/2026,new,,",
    ))  # fmt: skip
    assert (got["accepted"], got["rejected"]) == (2, 2)


WHO = 'person = "person"\nnhs_number = "nhs"\nborn = "born"\nname = "name"'
HEADING = "case,referred,stage,ended,why,person,nhs,born,name"


@pytest.mark.parametrize(
    ("second", "accepted", "says"),
    [
        ("P1,,03/06/1980,Ann", 1, "another date of birth"),
        ("P1,9990000034,02/06/1980,Ann", 1, "another NHS number"),
        ("P3,9990000026,02/06/1980,Ann", 1, "another identifier"),
        ("P1,9990000026,03/06/1980,Ann", 2, "another date of birth"),
    ],
)
def test_one_identifier_is_one_person_and_one_person_one_identifier(
    ward: Any, snapshot: Any, second: str, accepted: int, says: str
) -> None:
    file, layout = snapshot(
        "A,05/01/2026,Done,20/01/2026,well,P1,9990000026,02/06/1980,Ann",
        f"B,06/02/2026,new,,,{second}", heading=HEADING, columns=WHO,
    )  # fmt: skip
    got = ward.take(file, layout)
    assert got["accepted"] == accepted
    assert any(says in row["reason"] for row in ward.report())
    again = ward.take(file, layout)
    assert (again["accepted"], again["unchanged"]) == (0, accepted)
    assert ward.problems() == []


def test_a_person_of_another_import_is_found_by_nhs_number_and_completed(
    ward: Any, snapshot: Any
) -> None:
    first = snapshot("A,05/01/2026,Done,20/01/2026,well,P1,9990000026,,", heading=HEADING,
                     columns=WHO)  # fmt: skip
    ward.take(*first)
    file, layout = snapshot("Z,06/02/2026,new,,,X9,9990000026,02/06/1980,Ann", heading=HEADING,
                            columns=WHO, head='source = "elsewhere"')  # fmt: skip
    assert ward.take(file, layout)["accepted"] == 1
    assert ward.one("SELECT count(*) FROM persons") == 1
    assert ward.sql("SELECT name, born_on IS NULL FROM persons") == [("Ann", 0)]
    assert ward.sql("SELECT link FROM cases ORDER BY id") == [(None,), ("return",)]
    assert ward.problems() == []


MADE = """
[layout]
id = "noids"
version = 1
title = "A list without identifiers"
shape = "snapshot"
pathway = "ward"
[time]
formats = ["dd/mm/yyyy"]
[columns]
id = "make"
referred = "referred"
"""


def test_made_ids_take_a_file_once_and_refuse_it_changed(ward: Any, tmp_path: Any) -> None:
    file, layout = tmp_path / "noids.csv", tmp_path / "noids.toml"
    layout.write_text(MADE, encoding="utf-8")
    file.write_text("referred\n05/01/2026\n05/01/2026\n", encoding="utf-8")
    assert ward.take(file, layout)["cases"] == 2
    assert ward.take(file, layout)["unchanged"] == 2
    file.write_text("referred\n05/01/2026\n05/01/2026\n06/01/2026\n", encoding="utf-8")
    with pytest.raises(Refused, match="no identifiers") as refusal:
        ward.take(file, layout)
    assert refusal.value.code == "made_ids"
    assert ward.one("SELECT count(*) FROM cases") == 2


def test_a_date_after_the_day_that_the_list_shows_is_refused(ward: Any, snapshot: Any) -> None:
    got = ward.take(*snapshot("A,05/02/2026,new,,"), on=date(2026, 1, 31))
    assert (got["accepted"], got["rejected"]) == (0, 1)
    with pytest.raises(Refused):
        ward.take(*snapshot("A,05/02/2026,new,,"), on=date(2027, 1, 31))


@pytest.mark.parametrize(
    ("cell", "held", "warned"),
    [
        ("Ann", [("key-worker", "ann")], 0),
        ("AB / CD", [("key-worker", "ann"), ("second", "ben")], 0),
        ("ann and ben", [("key-worker", "ann"), ("second", "ben")], 0),
        ("AB&ZZ", [("key-worker", "ann")], 1),
        ("Day/Night", [("key-worker", "ben")], 0),
        ("", [], 0),
    ],
)
def test_one_column_may_name_key_worker_and_second(
    ward: Any, snapshot: Any, cell: str, held: list[tuple[str, str]], warned: int
) -> None:
    for login in ("ann", "ben"):
        users.add_user(ward.desk.again(), login, name=login, role="clinician")
    workers = '[workers]\n"AB" = "ann"\n"Ann" = "ann"\n"CD" = "ben"\n"Day/Night" = "ben"\n'
    got = ward.take(*snapshot(
        f"A,05/01/2026,new,,,{cell}", heading="case,referred,stage,ended,why,who",
        columns='worker = "who"\nsecond = "who"', more=workers,
    ))  # fmt: skip
    assert (got["accepted"], got["warned"]) == (1, warned)
    assert ward.sql("SELECT role, login FROM allocations ORDER BY role") == held
