"""The rehearsal ward's rounds: three questions a patient, decisions, countersigning, delays."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.calendar import add_days
from casereview.core.decide.judging import Given
from casereview.service.cases import cases
from casereview.service.cases.showing import show as show_case
from casereview.service.rehearsal.cast import (
    CONSULTANT,
    COORDINATOR,
    DOCTOR,
    NURSES,
    ROUND,
    WARD,
    WARD_LEAD,
)
from casereview.service.rehearsal.patient import Patient
from casereview.service.rehearsal.ward import Ward
from casereview.service.rehearsal.world import MEETING
from casereview.service.reviews import answering, attending, closing, deciding, reviewing

# Supported accommodation, care package, community services, care home, funding, family choice.
_DELAYS = ("18", "09", "05", "07", "04", "11")
_DECLINED = (
    "The family asks for a meeting first", "No bed at the supported house before Monday",
    "The injection is due on Thursday and is given here",
)  # fmt: skip


def hold_round(ward: Ward, on: date) -> None:
    """Hold one round of the ward from opening to close."""
    world = ward.world
    world.until(9, 30)
    world.pace = MEETING
    row = reviewing.open_review(world.by(DOCTOR), pack=ROUND, team=WARD, on=on)[0]
    review = str(row["review"])
    for login in (CONSULTANT, COORDINATOR, world.rng.choice(NURSES)):
        attending.attend(world.by(DOCTOR), review, login, "present")
    if world.chance(12):
        attending.attend(world.by(DOCTOR), review, WARD_LEAD, world.rng.choice(("late", "absent")))
    for item in world.agenda(review):
        patient = ward.patients[f"C{item.case_id}"]
        if world.chance(1.5) and not patient.stuck and not patient.gone:
            reason = "Away at an outpatient appointment"
            answering.skip(world.by(DOCTOR), review, patient.case, reason)
        elif not patient.gone:
            _ask(ward, review, patient, on)
    closing.close(world.by(DOCTOR), review)


def _ask(ward: Ward, review: str, patient: Patient, on: date) -> None:
    world = ward.world
    row: dict[str, Any] = {}
    for question, value, speaker in _answers(ward, patient, on):
        # The doctor records; the consultant, the coordinator or the nurse says it.
        desk = world.by(DOCTOR, speaker)
        row = answering.answer(desk, review, patient.case, question, Given(value))[0]
        if row["action"] is None:
            patient.tasks.pop(question, None)
        else:
            ward.take_on(patient, question, str(row["action"]), int(row["carried"]))
    if row["asks_delay_reason"] and world.chance(88):
        reason = world.rng.choice(_DELAYS)
        cases.delay(world.by(COORDINATOR), patient.case, reason, on=on)
        patient.delayed = True
    elif patient.delayed and on >= patient.home:
        cases.delay(world.by(COORDINATOR), patient.case, None, on=on)
        patient.delayed = False
    if row["proposes"] == "complete":
        _decide(ward, review, patient, on)


def _answers(ward: Ward, patient: Patient, on: date) -> list[tuple[str, str, str]]:
    calm, ready, home = (
        "yes" if on >= day else "no" for day in (patient.stabilised, patient.ready, patient.home)
    )
    if home == "no" and not patient.stuck and ward.world.chance(8):
        home = "cannot-tell"
    return [
        ("crisis_stabilised", calm, CONSULTANT),
        ("destination_ready", home, COORDINATOR),
        ("would_not_admit_today", ready, patient.nurse),
    ]


def _decide(ward: Ward, review: str, patient: Patient, on: date) -> None:
    world = ward.world
    if patient.decided or patient.worried or patient.offered:
        return
    if show_case(world.by(DOCTOR), patient.case)[0]["decision"] is not None:
        return
    if on > patient.ready and world.chance(5):
        reason = world.rng.choice(_DECLINED)
        deciding.decline(world.by(CONSULTANT), review, patient.case, reason)
        return
    ward.settle(patient, on)
    if world.chance(2):
        words = "The flat is cold and empty; one more week would be safer."
        deciding.dissent(world.by(patient.nurse), review, patient.case, words)
    leaves = add_days(on, world.between(1, 3))
    deciding.decide(world.by(DOCTOR), review, patient.case, effective_on=leaves)
    deciding.countersign(world.by(CONSULTANT), review, patient.case)
    ward.agreed(patient, leaves)
