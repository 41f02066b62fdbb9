"""A year on the rehearsal ward: who comes, how they fare, how they leave."""

from __future__ import annotations

from datetime import date, timedelta

from casereview.core.calendar import add_days
from casereview.service.actions import actions
from casereview.service.cases import cases, flagging, moving
from casereview.service.rehearsal.cast import (
    CONSULTANT,
    COORDINATOR,
    DOCTOR,
    NURSES,
    PHARMACIST,
    RECOVERY,
    RECOVERY_LEAD,
    TWICE_FOR,
    WARD,
    WARD_LEAD,
)
from casereview.service.rehearsal.patient import Patient
from casereview.service.rehearsal.world import LAST_DAYS, World

CROWDED, BEDS = 21, 24
SOONER = 0.72
"""What is left of the days to each step for those who come once there are two rounds a week."""
STUCK_FOR, LINGERS_FROM = 17, 12
"""Days before today: an action is left undone until it is a leech; somebody decided stays."""
_DESTINATIONS = (
    ("home", 62), ("home with support from the crisis team", 16), ("supported housing", 10),
    ("a care home", 7), ("family", 5),
)  # fmt: skip
_EXITS = ("against-advice", "against-advice", "other-ward", "absent")
_NOTES = (
    "Slept through, ate breakfast with others.", "Mother visited, both say it went well.",
    "Low in the afternoon, better after a walk in the garden.", "Asked about leave for Sunday.",
    "Refused the evening dose, took it an hour later.", "Rang the housing office together.",
)  # fmt: skip


class Ward:
    """The ward's year."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.patients: dict[str, Patient] = {}

    @property
    def present(self) -> list[Patient]:
        """Return who is on the ward, in order of arrival."""
        return [p for p in self.patients.values() if not p.gone]

    def begin(self) -> None:
        """Take over who is there on the first day, admitted up to six weeks before."""
        for _ in range(20):
            self.admit(add_days(self.world.day, -self.world.between(1, 24)))

    def on_day(self, day: date) -> None:
        """Admit, and in the last weeks leave what a rehearsal should find."""
        world, beds = self.world, len(self.present)
        if beds < BEDS - 1 and world.chance(90 if beds < CROWDED else 45):
            self.admit(day)
        left = world.days_left()
        if left == STUCK_FOR:
            self._leave_undone()
        if left == 1:
            self._offer_one(day)

    # --- arriving

    def admit(self, on: date, again: Patient | None = None) -> None:
        """Admit somebody new, or somebody who left here before."""
        world = self.world
        person = again.person if again else world.register.somebody((18, 79), on)
        if again:
            row = moving.come_back(world.by("brennan"), again.case, on=on)[0]
        else:
            row = cases.refer(
                world.by("brennan"), team=WARD, person=person.local_id, name=person.name,
                born=person.born, nhs_number=person.nhs_number, on=on,
            )[0]  # fmt: skip
        share = SOONER if world.days_left() <= TWICE_FOR else 1.0
        calm = world.between(5, 24) if world.chance(85) else world.between(25, 60)
        calm = round(calm * share)
        ready = calm + round(world.between(2, 10) * share)
        waits = world.between(6, 35) if world.chance(20) else world.between(-6, 1)
        waits = round(waits * share)
        patient = Patient(
            str(row["case"]), person, world.rng.choice(NURSES), on, add_days(on, calm),
            add_days(on, ready), add_days(on, max(4, ready + waits)),
            world.rng.choices([d for d, _ in _DESTINATIONS], [n for _, n in _DESTINATIONS])[0],
            detained=world.chance(42),
        )  # fmt: skip
        self.patients[patient.case] = patient
        self._arrive(patient, on, calm + 6)

    def _arrive(self, patient: Patient, on: date, expected: int) -> None:
        world = self.world
        self._set(patient, on, NURSES[0], bed=f"Bed {world.between(1, BEDS)}")
        self._set(patient, on, DOCTOR, legal_status="detained" if patient.detained else "informal")
        cases.allocate(world.by(WARD_LEAD), patient.case, patient.nurse, on=on)
        children = "yes" if world.chance(18) else "no"
        world.later(add_days(on, 1), lambda d: self._learn(patient, d, children))
        planned = add_days(on, world.between(expected, expected + 12))
        seen = add_days(on, world.between(0, 2))
        world.later(seen, lambda d: self._set(patient, d, DOCTOR, assessed_on=str(d)))
        world.later(add_days(on, 1), lambda d: self._treat(patient, d, planned))
        world.later(patient.stabilised, lambda d: self._calmer(patient, d))
        world.later(add_days(on, world.between(3, 8)), lambda d: self._plan(patient, d))
        for days in range(world.between(2, 5), 90, 7):
            world.later(add_days(on, days), lambda d: self._sit_down(patient, d))
        if world.chance(6):
            code = world.rng.choice(_EXITS)
            day = add_days(on, world.between(3, 12))
            world.later(day, lambda d: self._leave_early(patient, d, code))
        if world.chance(2.5):
            world.later(add_days(on, world.between(3, 9)), lambda d: self._worry(patient, d))

    def _set(self, patient: Patient, on: date, who: str, /, **facts: str) -> None:
        for fact, value in facts.items():
            if not patient.gone and fact not in patient.settled:
                cases.set_fact(self.world.by(who), patient.case, fact, value, on=on)
                patient.settled.add(fact)

    def _learn(self, patient: Patient, on: date, children: str) -> None:
        self._set(patient, on, patient.nurse, children_in_household=children, safeguarding="none")
        if children == "yes" and not patient.gone:
            day = add_days(on, self.world.between(2, 9))
            self.world.later(
                day, lambda d: self._set(patient, d, patient.nurse, home_assessment_on=str(d))
            )

    def _treat(self, patient: Patient, on: date, planned: date) -> None:
        if not patient.gone:
            moving.move(self.world.by(DOCTOR), patient.case, "stabilise", on=on)
            self._set(patient, on, CONSULTANT, expected_end_on=str(planned))

    def _calmer(self, patient: Patient, on: date) -> None:
        if not patient.gone:
            moving.move(self.world.by(CONSULTANT), patient.case, "recover", on=on)

    def _plan(self, patient: Patient, on: date) -> None:
        self._set(patient, on, patient.nurse, risk_plan_on=str(on), safety_plan_on=str(on))

    def _sit_down(self, patient: Patient, on: date) -> None:
        if patient.gone:
            return
        cases.contact(
            self.world.by(patient.nurse), patient.case, kind="face-to-face", attended="5", on=on
        )
        if self.world.chance(8):
            words = self.world.rng.choice(_NOTES)
            cases.note(self.world.by(patient.nurse), patient.case, words, on=on)

    def _worry(self, patient: Patient, on: date) -> None:
        busy = patient.gone or patient.decided or patient.worried or patient.offered
        if busy or on < self.world.day or self.world.days_left() <= LAST_DAYS:
            return
        patient.worried = True
        words = "The partner's account of the bruises does not fit; children visit at weekends."
        flagging.raise_worry(self.world.by(patient.nurse), patient.case, words)
        self.world.later(add_days(on, 1), lambda _: self._hand_over(patient))

    def _hand_over(self, patient: Patient) -> None:
        by = self.world.by
        flagging.tell(by(patient.nurse), patient.case, "Duty desk, adult social care")
        flagging.hand_over(by(patient.nurse), patient.case, "Adult social care, named worker told")
        flagging.sign(by(WARD_LEAD), patient.case)
        patient.worried = False

    # --- work agreed at rounds

    def take_on(self, patient: Patient, question: str, action: str, carried: int) -> None:
        """Note an action of a round; mostly it is done before the next one."""
        patient.tasks[question] = (action, carried)
        if patient.stuck and question == "destination_ready":
            return
        if carried >= 2 or self.world.chance(76):
            day = add_days(self.world.day, self.world.between(1, 2))
            self.world.later(day, lambda _: self._finish(patient, question, action))

    def _finish(self, patient: Patient, question: str, action: str) -> None:
        held = patient.tasks.get(question)
        stuck = patient.stuck and question == "destination_ready"
        if not patient.gone and held is not None and held[0] == action and not stuck:
            owner = COORDINATOR if question == "destination_ready" else CONSULTANT
            actions.close(self.world.by(owner), action, done=True)
            del patient.tasks[question]

    def _leave_undone(self) -> None:
        """Choose whose destination nobody makes ready: its action becomes a leech."""
        free = [p for p in self.present if not (p.decided or p.worried or p.offered)]
        chosen = max(free, key=lambda p: (p.home, p.case))
        far = self.world.today + timedelta(days=21)
        chosen.stuck, chosen.home = True, far
        chosen.stabilised = min(chosen.stabilised, self.world.day)

    # --- leaving

    def settle(self, patient: Patient, on: date) -> None:
        """Record what the decision to discharge asks for and is not recorded yet."""
        self._learn(patient, on, "no")
        self._plan(patient, on)
        if patient.detained:
            self._set(patient, on, CONSULTANT, responsible_clinician_agreed_on=str(on))
        self._set(patient, on, COORDINATOR, destination=patient.destination)
        self._set(patient, on, patient.nurse, persons_view_on=str(on))

    def agreed(self, patient: Patient, leaves: date) -> None:
        """Plan the departure; the last weeks keep one who was decided and does not leave."""
        patient.decided = True
        lingering = any(p.decided and p.stuck and not p.gone for p in self.patients.values())
        if self.world.days_left() <= LINGERS_FROM and not lingering:
            patient.stuck = True
            return
        if leaves > self.world.day and self.world.chance(4):
            self.world.later(add_days(leaves, -1), lambda d: self._relapse(patient, d))
        self.world.later(leaves, lambda d: self._depart(patient, d))

    def _relapse(self, patient: Patient, on: date) -> None:
        patient.decided = False
        moving.move(self.world.by(CONSULTANT), patient.case, "stabilise", on=on)
        patient.stabilised = add_days(on, self.world.between(5, 12))
        patient.ready = add_days(patient.stabilised, self.world.between(2, 6))
        self.world.later(patient.stabilised, lambda d: self._calmer(patient, d))

    def _depart(self, patient: Patient, on: date) -> None:
        world = self.world
        if patient.gone or patient.worried or not patient.decided:
            return
        self._set(patient, on, PHARMACIST, medicines_arranged="yes")
        self._set(patient, on, COORDINATOR, follow_up_arranged="yes")
        told = world.rng.choice(("yes", "yes", "yes", "no-carer", "declined"))
        self._set(patient, on, patient.nurse, carer_told=told)
        moving.move(world.by(DOCTOR), patient.case, "complete", on=on)
        self._gone(patient)
        day = add_days(on, world.between(1, 3) if world.chance(90) else world.between(4, 7))
        world.later(day, lambda d: self._follow_up(patient, d))
        if world.chance(11):
            world.later(add_days(on, world.between(7, 28)), lambda d: self._back(patient, d))

    def _follow_up(self, patient: Patient, on: date) -> None:
        attended = "5" if self.world.chance(88) else "3"
        cases.contact(
            self.world.by(patient.nurse), patient.case, kind="telephone", attended=attended, on=on
        )
        if attended == "3":
            self.world.later(add_days(on, 2), lambda d: self._follow_up(patient, d))

    def _back(self, patient: Patient, on: date) -> None:
        if len(self.present) < BEDS:
            self.admit(on, again=patient)

    def _leave_early(self, patient: Patient, on: date, code: str) -> None:
        busy = patient.gone or patient.decided or patient.worried
        busy = busy or patient.stuck or patient.offered
        if not busy and "safeguarding" in patient.settled and on >= self.world.day:
            moving.leave(self.world.by(DOCTOR), patient.case, code, on=on)
            self._gone(patient)

    def _gone(self, patient: Patient) -> None:
        patient.gone = True
        patient.tasks.clear()

    def offer(self, patient: Patient, on: date) -> None:
        """Offer a patient to the recovery service."""
        moving.transfer(self.world.by(CONSULTANT), patient.case, team=RECOVERY, on=on)
        patient.offered = True

    def accepted(self, patient: Patient, on: date) -> str:
        """Let the recovery service accept a patient, and return its new case."""
        row = moving.accept(self.world.by(RECOVERY_LEAD), patient.case, on=on)[0]
        self._gone(patient)
        return str(row["case"])

    def may_be_offered(self) -> Patient | None:
        """Return a patient in recovery about whom nothing else is under way, None for none."""
        return next(
            (
                p
                for p in self.present
                if p.stabilised < self.world.day
                and "safeguarding" in p.settled
                and not (p.decided or p.worried or p.stuck or p.offered)
            ),
            None,
        )

    def _offer_one(self, on: date) -> None:
        patient = self.may_be_offered()
        if patient is not None:
            self.offer(patient, on)
