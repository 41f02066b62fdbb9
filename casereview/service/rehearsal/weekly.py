"""The rehearsal service's weekly meetings: what is on plan is confirmed, the rest is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from casereview.core.calendar import add_days
from casereview.core.decide.judging import Given
from casereview.core.records import AgendaItem
from casereview.service.actions import action_rows, actions
from casereview.service.cases import moving
from casereview.service.cases.showing import show as show_case
from casereview.service.rehearsal.caseload import Caseload
from casereview.service.rehearsal.cast import WEEKLY
from casereview.service.rehearsal.client import Client
from casereview.service.rehearsal.world import MEETING
from casereview.service.reviews import (
    answering,
    attending,
    closing,
    confirming,
    deciding,
    reviewing,
)

_NEXT = {"assess": "stabilise", "stabilise": "recover"}


def hold_weekly(load: Caseload, on: date) -> None:
    """Hold one weekly meeting from opening to close."""
    world, spec = load.world, load.spec
    world.until(13, 30)
    world.pace = MEETING
    row = reviewing.open_review(world.by(spec.lead), pack=WEEKLY, team=spec.team, on=on)[0]
    review = str(row["review"])
    for login in spec.workers:
        roll = world.rng.random()
        status = "absent" if roll < 0.05 else "late" if roll < 0.08 else "present"
        if status != "present" or login in spec.workers[:2]:
            attending.attend(world.by(spec.lead), review, login, status)
    for item in world.agenda(review):
        client = load.clients[f"C{item.case_id}"]
        missed = item.lane == "complex" and not client.stuck and world.chance(2)
        if client.gone or missed:
            continue
        _discuss(load, review, client, item, on)
    closing.close(world.by(spec.lead), review)


def _discuss(load: Caseload, review: str, client: Client, item: AgendaItem, on: date) -> None:
    if item.lane == "waiting":
        _ask_waiting(load, review, client)
        return
    direction = _direction(load, client, on)
    if (
        item.lane == "on-plan"
        and not item.drawn
        and direction == "continue"
        and not client.stuck
        and client.task is None
    ):
        confirming.confirm(load.world.by(load.spec.lead), review, client.case)
        return
    _ask(load, review, client, direction, on)


def _direction(load: Caseload, client: Client, on: date) -> str:
    if client.decided:
        # Anything else would let the decision lapse.
        return "close"
    if client.worried or client.stuck:
        return "continue"
    if client.stage == "stabilise" and on >= client.recovers:
        return "next-stage"
    if client.stage == "recover" and on >= client.ends:
        return "close"
    return "escalate" if load.world.chance(0.6) else "continue"


def _give(load: Caseload, review: str, client: Client, question: str, value: str) -> dict[str, Any]:
    desk = load.world.by(load.spec.lead, client.worker)
    return answering.answer(desk, review, client.case, question, Given(value))[0]


def _ask_waiting(load: Caseload, review: str, client: Client) -> None:
    offered = "yes" if "assessment_offered_on" in client.settled else "no"
    for question, value in (
        ("still_needed", "yes"), ("better_elsewhere", "no"), ("date_offered", offered),
        ("risk_changed_waiting", "no"),
    ):  # fmt: skip
        row = _give(load, review, client, question, value)
        if row["action"] is not None:
            action = str(row["action"])
            # The lead offers the date within the week; the next meeting finds it done.
            day = add_days(load.world.day, load.world.between(1, 4))
            load.world.later(day, lambda _, a=action: _offered(load, client, a))  # type: ignore[misc]


def _offered(load: Caseload, client: Client, action: str) -> None:
    if client.gone:
        return
    found = action_rows.list_actions(load.world.by(load.spec.lead), case=client.case, status="open")
    if any(row["action"] == action for row in found):
        actions.close(load.world.by(load.spec.lead), action, done=True)


def _ask(load: Caseload, review: str, client: Client, direction: str, on: date) -> None:
    world = load.world
    row = _give(load, review, client, "direction", direction)
    if direction == "escalate":
        action = str(row["action"])
        world.later(add_days(on, 3), lambda _: _offered(load, client, action))
    if direction == "continue":
        _agree_step(load, review, client)
    changed = not client.decided and not client.stuck and world.chance(0.8)
    row = _give(load, review, client, "risk_changed", "yes" if changed else "no")
    if changed:
        action = str(row["action"])
        world.later(add_days(on, 1), lambda _: _offered(load, client, action))
    if row["proposes"] is not None and not client.decided:
        _decide(load, review, client, str(row["proposes"]), on)


def _agree_step(load: Caseload, review: str, client: Client) -> None:
    if client.task is None and not client.stuck:
        client.step = load.world.rng.choice(load.spec.steps)
    row = _give(load, review, client, "next_step", client.step)
    if row["action"] is not None:
        load.take_on(client, str(row["action"]), int(row["carried"]))


def _decide(load: Caseload, review: str, client: Client, goal: str, on: date) -> None:
    world, spec = load.world, load.spec
    if show_case(world.by(spec.lead), client.case)[0]["decision"] is not None:
        return
    if goal == "complete":
        load.settle(client, on)
        leaves = add_days(on, world.between(3, 12))
        deciding.decide(world.by(spec.lead), review, client.case, effective_on=leaves)
        load.agreed(client, leaves)
        return
    if goal == _NEXT[client.stage]:
        deciding.decide(world.by(spec.lead), review, client.case)
        moving.move(world.by(spec.lead), client.case, goal, on=on)
        client.stage = goal
