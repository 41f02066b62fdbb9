"""Several commands in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casereview.errors import Refused
from casereview.packs.library import Library
from casereview.service import checking
from casereview.service.cases import cases, showing
from casereview.service.desk import Desk, batched
from casereview.service.organisation import setup, teams
from casereview.service.organisation.signing_in import sit_down

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def ward(tmp_path: Path, library: Library) -> Iterator[Desk]:
    place = tmp_path / "ward.db"
    setup.create(place, library=library, now=NOW, rehearsal=True)
    desk = sit_down(place, library=library, clock=lambda: NOW, rehearsal_now=NOW)
    teams.add_team(desk.again(), "W1", pathway="ward", meets=["tue,fri"])
    yield desk
    desk.store.close()


def refer(desk: Desk, person: str, command: str | None = None) -> str:
    at = desk.again()
    if command is not None:
        at = replace(at, command=command)
    return str(cases.refer(at, team="W1", person=person, on=NOW.date())[0]["case"])


def listed(desk: Desk) -> list[str]:
    return [str(row["person"]) for row in showing.list_cases(desk, team="W1")]


def test_the_commands_of_a_batch_are_kept_together(ward: Desk) -> None:
    with batched(ward) as together:
        first = refer(together, "1001")
        cases.set_fact(together.again(), first, "bed", "4", on=NOW.date())
        refer(together, "1002")
    assert listed(ward) == ["1001", "1002"]
    assert all(row["ok"] for row in checking.verify(ward))


def test_a_batch_reads_what_it_has_recorded_and_others_do_not(ward: Desk) -> None:
    with batched(ward) as together:
        refer(together, "1001")
        assert listed(together) == ["1001"]
        assert listed(ward) == []


def test_a_batch_inside_a_batch_is_the_same_one(ward: Desk) -> None:
    with batched(ward) as outer, batched(outer) as inner:
        refer(inner, "1001")
    assert listed(ward) == ["1001"]


def test_a_refused_command_takes_the_batch_with_it(ward: Desk) -> None:
    with pytest.raises(Refused), batched(ward) as together:
        refer(together, "1001")
        cases.set_fact(together.again(), "C1", "bed", "", on=NOW.date())
    assert listed(ward) == []


def test_hiding_a_refusal_does_not_save_the_batch(ward: Desk) -> None:
    def hide(together: Desk, run: Callable[[], object]) -> None:
        with pytest.raises(Refused):
            run()

    with pytest.raises(Refused) as held, batched(ward) as together:
        case = refer(together, "1001")
        cases.set_fact(together.again(), case, "bed", "7", on=NOW.date())
        hide(together, lambda: cases.note(together.again(), case, "", on=NOW.date()))
        hide(together, lambda: cases.allocate(together.again(), case, None, on=NOW.date().max))
        refer(together, "1002")
    assert held.value.code == "batch_broken"
    assert listed(ward) == []


def test_a_command_given_twice_in_a_batch_is_done_once(ward: Desk) -> None:
    with batched(ward) as together:
        assert refer(together, "1001", "same") == refer(together, "1002", "same")
    assert listed(ward) == ["1001"]
    assert refer(ward, "1003", "same") == "C1"


def test_the_journal_of_a_batch_is_that_of_single_commands(
    ward: Desk, tmp_path: Path, library: Library
) -> None:
    refer(ward, "1001")
    with batched(ward) as together:
        refer(together, "1002")
    refer(ward, "1003")
    assert listed(ward) == ["1001", "1002", "1003"]
    assert all(row["ok"] for row in checking.verify(ward))
    assert all(row["ok"] for row in checking.doctor(ward))
