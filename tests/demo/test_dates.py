"""The demo is made for whatever day it is: weekends, holidays, clock changes, the ends of years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest

from casereview.packs.library import Library
from casereview.service import checking
from casereview.service.desk import Desk
from casereview.service.organisation.calendar import meeting_days
from casereview.service.organisation.signing_in import sit_down
from casereview.service.rehearsal import demo
from casereview.service.reviews import reviewing
from casereview.store import lookup

TEAMS = {"WARD": "ward-round", "CHILD": "caseload-sweep", "RECOV": "caseload-sweep"}
MEETINGS, WHOLE = 8, 24
"""Weeks: enough meetings for what today's hold, and for every turn of the story."""
DAYS = {
    "Good Friday": (date(2027, 3, 26), MEETINGS),
    "Easter Monday after the clocks went forward": (date(2027, 3, 29), MEETINGS),
    "Sunday on which the clocks go back": (date(2026, 10, 25), MEETINGS),
    "Boxing Day's Monday, and the whole story": (date(2026, 12, 28), WHOLE),
    "leap day": (date(2028, 2, 29), MEETINGS),
}


@pytest.fixture(params=list(DAYS.values()), ids=list(DAYS), scope="module")
def day_of(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, library: Library
) -> Iterator[Desk]:
    """A desk at nine on the day that a service was made for."""
    on, weeks = request.param
    place = demo.build(
        tmp_path_factory.mktemp("day") / "demo.db", today=on, weeks=weeks, library=library
    )
    now = datetime.combine(on, time(9), UTC)
    desk = sit_down(place, library=library, clock=lambda: now, rehearsal_now=now)
    yield desk
    desk.store.close()


def test_the_service_is_sound_and_its_meetings_are_due_that_day(day_of: Desk) -> None:
    on = day_of.today
    assert all(row["ok"] for row in checking.verify(day_of))
    assert all(row["ok"] for row in checking.doctor(day_of))
    assert reviewing.list_reviews(day_of, status="open") == []
    with day_of.reading() as work:
        held = [r["on"] for r in lookup.reviews(work.connection)]
        for code, pack in TEAMS.items():
            assert meeting_days(day_of.library, work.team(code), pack, on).is_meeting(on)
    assert held
    assert max(held) < on
    assert {r["team"] for r in reviewing.list_reviews(day_of)} == set(TEAMS)


def test_todays_round_can_be_held(day_of: Desk) -> None:
    opened = reviewing.open_review(
        day_of.again(actor="hughes"), pack="ward-round", team="WARD", on=day_of.today
    )[0]
    agenda = reviewing.agenda(day_of, str(opened["review"]))
    assert 12 <= len(agenda) <= 24
