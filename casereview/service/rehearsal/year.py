"""The rehearsal service's year, day by day: three teams, their meetings, what passes between."""

from __future__ import annotations

from datetime import date

from casereview.core.calendar import add_days
from casereview.service.rehearsal.caseload import Caseload
from casereview.service.rehearsal.cast import (
    PACKS,
    TWICE_FOR,
    WARD,
    employ,
    meet_today,
    second_round,
)
from casereview.service.rehearsal.manager import note_second_round, type_figures
from casereview.service.rehearsal.patient import Patient
from casereview.service.rehearsal.round import hold_round
from casereview.service.rehearsal.specs import CHILDREN_SPEC, RECOVERY_SPEC
from casereview.service.rehearsal.ward import Ward
from casereview.service.rehearsal.weekly import hold_weekly
from casereview.service.rehearsal.world import World, workday

MOVED_BEFORE, DEATH_BEFORE, OFFER_EVERY = 3, 150, 47
"""Days: before today when meetings are moved and when somebody dies; between two transfers."""
WEEKLY_FOR = 18 * 7
"""Days before today since when the weekly teams meet each week; before that once a month."""
STUCK_MEETINGS = 5
"""Meetings before today's: one raises the action, three carries make a leech, one may move."""


class Year:
    """The three teams together."""

    def __init__(self, world: World, administrator: str) -> None:
        self.world = world
        self.administrator = administrator
        self.ward = Ward(world)
        self.children = Caseload(world, CHILDREN_SPEC)
        self.recovery = Caseload(world, RECOVERY_SPEC)
        self.neglected = False

    def begin(self) -> None:
        """Employ everybody and take over the caseloads of the first day."""
        self.world.until(7, 30)
        employ(self.world, self.administrator)
        for team in (self.ward, self.children, self.recovery):
            team.begin()

    def live(self, day: date) -> None:
        """Live one day."""
        world = self.world
        world.dawn(day)
        for team in (self.ward, self.children, self.recovery):
            team.on_day(day)
        self._happen(day)
        if world.meets(WARD, PACKS[WARD], day):
            hold_round(self.ward, day)
        if world.days_left() <= WEEKLY_FOR or day.day <= 7:
            for load in (self.children, self.recovery):
                if world.meets(load.spec.team, PACKS[load.spec.team], day):
                    hold_weekly(load, day)

    def _happen(self, day: date) -> None:
        left = self.world.days_left()
        type_figures(self.world, day)
        if left == TWICE_FOR:
            second_round(self.world, self.administrator)
            note_second_round(self.world, day)
        if left == MOVED_BEFORE:
            meet_today(self.world, self.administrator)
        self._neglect()
        if left == DEATH_BEFORE:
            self.recovery.died(self.world.rng.choice(self.recovery.free()), day)
        if left % OFFER_EVERY == OFFER_EVERY - 1:
            self._hand_on(day)
        if day.weekday() < 5 and workday(add_days(day, 1)) >= self.world.today:
            chosen = self.world.rng.choice(self.children.free())
            self.children.worry(chosen, day, settled=False)

    def _neglect(self) -> None:
        """Leave a child's next step undone for so many meetings that it becomes a leech."""
        team = self.children.spec.team
        if not self.neglected and self.world.meetings_left(team, PACKS[team]) <= STUCK_MEETINGS:
            self.neglected = True
            self.children.leave_undone()

    def _hand_on(self, day: date) -> None:
        patient = self.ward.may_be_offered()
        if patient is not None:
            self.ward.offer(patient, day)
            self.world.later(workday(add_days(day, 1)), lambda d: self._accept(patient, d))

    def _accept(self, patient: Patient, day: date) -> None:
        case = self.ward.accepted(patient, day)
        self.recovery.take(case, patient.person, day, moved=True)
