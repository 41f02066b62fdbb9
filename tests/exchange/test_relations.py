"""Columns that name siblings or the household, and children who are not born yet."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casereview.errors import Refused
from casereview.service.cases import caseload, cases, people
from casereview.service.doors.unimporting import undo_run

HEADING = "case,referred,stage,ended,why,child,family"
LINK = '[[link]]\ncolumn = "family"\nseparator = ";"\nkind = "sibling"\n'
LINKS = "SELECT person_id, other_id, kind FROM person_links ORDER BY person_id, other_id"
BOTH = [(1, 2, "sibling"), (2, 1, "sibling")]


@pytest.fixture
def take(ward: Any, snapshot: Any) -> Any:
    def run(*rows: str, more: str = LINK) -> dict[str, Any]:
        made = snapshot(*rows, heading=HEADING, more=more, columns='person = "child"')
        found: dict[str, Any] = ward.take(*made)
        return found

    return run


def test_siblings_are_linked_both_ways_wherever_they_stand_in_the_file(
    ward: Any, take: Any
) -> None:
    got = take("A,05/01/2026,new,,,P1,P2; P3", "B,05/01/2026,new,,,P2,", "C,05/01/2026,new,,,P3,P1")
    assert (got["accepted"], got["warned"]) == (3, 0)
    assert ward.sql(LINKS) == [
        (1, 2, "sibling"), (1, 3, "sibling"), (2, 1, "sibling"), (3, 1, "sibling"),
    ]  # fmt: skip
    assert ward.problems() == []
    assert people.show(ward.desk.again(), "P1")[0]["linked"][0] == {"person": "P2", "as": "sibling"}


def test_the_same_list_again_links_nobody_twice(ward: Any, take: Any) -> None:
    rows = ("A,05/01/2026,new,,,P1,P2", "B,05/01/2026,new,,,P2,P1;P2")
    take(*rows)
    again = take(*rows)
    assert (again["accepted"], again["unchanged"], ward.sql(LINKS)) == (0, 2, BOTH)


def test_a_link_by_hand_is_not_made_again(ward: Any, take: Any) -> None:
    take("A,05/01/2026,new,,,P1,", "B,05/01/2026,new,,,P2,")
    people.link(ward.desk.again(), "P1", "P2", "sibling")
    assert take("A,05/01/2026,new,,,P1,P2")["accepted"] == 0


def test_an_identifier_that_nobody_has_is_reported_with_line_and_column(
    ward: Any, take: Any
) -> None:
    got = take("A,05/01/2026,new,,,P1,P9;P2", "B,05/01/2026,new,,,P2,")
    assert (got["accepted"], got["warned"], ward.sql(LINKS)) == (2, 1, BOTH)
    found = ward.report()[0]
    assert (found["line"], found["column"], found["value"]) == ("2", "family", "P9")
    later = take("A,05/01/2026,new,,,P1,P9;P2", "C,06/01/2026,new,,,P9,")
    assert (later["accepted"], later["unchanged"], later["warned"]) == (2, 0, 0)
    assert len(ward.sql(LINKS)) == 4


def test_a_column_may_hold_the_identifiers_of_cases(ward: Any, take: Any) -> None:
    more = LINK + 'ids = "case"\n'
    got = take("A,05/01/2026,new,,,P1,B", "B,05/01/2026,new,,,P2,P1", more=more)
    assert (got["warned"], ward.sql(LINKS)) == (1, BOTH)


def test_undoing_a_list_takes_its_links_back(ward: Any, take: Any) -> None:
    first = take("A,05/01/2026,new,,,P1,", "B,05/01/2026,new,,,P2,")["run"]
    second = take("A,05/01/2026,new,,,P1,P2")["run"]
    with pytest.raises(Refused, match="Since the import"):
        undo_run(ward.desk.again(), first)
    undo_run(ward.desk.again(), second)
    assert ward.sql(LINKS) == []
    undo_run(ward.desk.again(), first)
    assert ward.problems() == []


def test_refused_rows_link_nobody(ward: Any, take: Any) -> None:
    take("A,05/01/2026,new,,,P1,", "B,05/01/2026,new,,,P2,")
    got = take("A,06/01/2026,new,,,P1,P2")
    assert (got["rejected"], ward.sql(LINKS)) == (1, [])


UNBORN = '[[fact]]\ncolumn = "edd"\nname = "expected_birth_on"\n'
CHILD = "case,referred,stage,ended,why,name,born,edd"


def test_an_unborn_child_is_taken_and_listed_so_until_born(ward: Any, snapshot: Any) -> None:
    columns = 'name = "name"\nborn = "born"'
    made = snapshot(
        "A,05/01/2026,new,,,Unborn Baby X,,01/06/2026", "B,05/01/2026,new,,,Ann Y,02/06/2020,",
        heading=CHILD, columns=columns, more=UNBORN,
    )  # fmt: skip
    got = ward.take(*made)
    assert (got["accepted"], got["rejected"], got["warned"]) == (2, 0, 0)
    shown = caseload.named(ward.desk.again(), ["C1", "C2"])
    assert (shown["C1"]["age_band"], shown["C2"]["age_band"]) == ("unborn", "5-10")
    listed = caseload.named(ward.desk.again(), ["C1"])["C1"]
    assert listed["name"] == "Unborn Baby X"
    assert ward.take(*made)["accepted"] == 0
    people.correct(ward.desk.again(), "C1", born=date(2026, 3, 1))
    assert caseload.named(ward.desk.again(), ["C1"])["C1"]["age_band"] == "0-4"
    assert ward.problems() == []


def test_a_day_of_birth_ahead_is_refused_and_says_what_to_do(ward: Any, snapshot: Any) -> None:
    made = snapshot("A,05/01/2026,new,,,X,01/06/2026,", heading=CHILD, columns='born = "born"',
                    more=UNBORN)  # fmt: skip
    assert ward.take(*made)["rejected"] == 1
    assert "expected_birth_on" in ward.report()[0]["fix"]


def test_the_expected_day_of_birth_is_set_by_hand_too(ward: Any, snapshot: Any) -> None:
    ward.take(*snapshot("A,05/01/2026,new,,"))
    cases.set_fact(ward.desk.again(), "C1", "expected_birth_on", "2026-06-01", on=date(2026, 3, 1))
    assert caseload.named(ward.desk.again(), ["C1"])["C1"]["age_band"] == "unborn"


CENSUS = """<Message><Children><Child><ChildIdentifiers><LAchildID>U1</LAchildID>
<ExpectedPersonBirthDate>2026-05-01</ExpectedPersonBirthDate><GenderCurrent>0</GenderCurrent>
</ChildIdentifiers><CINdetails><CINreferralDate>2026-01-10</CINreferralDate></CINdetails></Child>
<Child><ChildIdentifiers><LAchildID>D1</LAchildID><PersonBirthDate>2020-05-01</PersonBirthDate>
<PersonDeathDate>2026-02-01</PersonDeathDate></ChildIdentifiers><CINdetails>
<CINreferralDate>2026-01-10</CINreferralDate><CINclosureDate>2026-02-01</CINclosureDate>
<ReasonForClosure>RC2</ReasonForClosure></CINdetails></Child><Child><ChildIdentifiers>
<LAchildID>E1</LAchildID></ChildIdentifiers><CINdetails><CINreferralDate>2026-01-10
</CINreferralDate><CINclosureDate>2026-02-01</CINclosureDate><ReasonForClosure>RC9
</ReasonForClosure></CINdetails></Child></Children></Message>"""


def test_the_census_knows_unborn_children_and_deaths(
    make_ward: Any, tmp_path: Any, layouts: Any
) -> None:
    ward, file = make_ward(pathway="childrens"), tmp_path / "cin.xml"
    file.write_text(CENSUS, encoding="utf-8")
    got = ward.take(file, layouts / "cin.toml")
    assert (got["accepted"], got["rejected"]) == (3, 0)
    names = ward.sql("SELECT i.local_id, c.id FROM person_ids i JOIN cases c USING (person_id)")
    case = {name: f"C{number}" for name, number in names}
    shown = caseload.named(ward.desk.again(), list(case.values()))
    assert shown[case["U1"]]["age_band"] == "unborn"
    assert shown[case["E1"]]["age_band"] == "age unknown"
    assert ward.one("SELECT count(died_on) FROM persons") == 1


@pytest.mark.parametrize(
    ("layout", "ended"),
    [("cin.toml", ("complete", "planned")), ("cin-service.toml", ("left", "died"))],
)
def test_a_death_ends_the_case_as_the_return_counts_it_or_as_a_service_does(
    make_ward: Any, tmp_path: Any, layouts: Any, layout: str, ended: tuple[str, str]
) -> None:
    ward, file = make_ward(pathway="childrens"), tmp_path / "cin.xml"
    file.write_text(CENSUS, encoding="utf-8")
    ward.take(file, layouts / layout)
    assert ward.sql("SELECT stage, exit_class FROM cases WHERE exit = 'RC2'") == [ended]
    assert ward.one("SELECT count(died_on) FROM persons") == 1
    assert ward.take(file, layouts / "cin.toml")["accepted"] == 0
