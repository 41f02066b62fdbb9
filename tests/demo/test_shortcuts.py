"""What a command takes from the states it holds is what the tables would have told it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from casereview.core.decide.facts import state_facts
from casereview.core.lanes import on_plan
from casereview.service.desk import Desk
from casereview.service.reviews import agenda as making
from casereview.store import lookup


@pytest.mark.parametrize("back", [0, 9, 30])
def test_facts_that_a_case_holds_are_those_of_the_tables(
    desk: Desk, today: date, back: int
) -> None:
    on = today - timedelta(days=back)
    catalogue = desk.library.catalogue
    names = [s.name for s in catalogue if s.settable and s.of == "case"] + ["stage", "today"]
    with desk.reading() as work:
        cases = lookup.open_cases_of_team(work.connection, "CHILD", referred_by=on)
        for case_id in cases:
            held = state_facts(work.case(case_id), names, on, catalogue.__getitem__)
            assert held == work.facts(case_id, names, on)
    assert len(cases) > 30


def test_a_case_is_on_plan_whether_or_not_its_unlocking_is_worked_out(
    desk: Desk, today: date
) -> None:
    pack = desk.library.pack("caseload-sweep")
    with desk.reading() as work:
        whole = making.candidates(work, pack, "CHILD", today)
        for candidate in whole:
            (short,) = making.candidates(
                work, pack, "CHILD", today, only=[candidate.case], unlocking=False
            )
            assert on_plan(pack, short, today) == on_plan(pack, candidate, today)
