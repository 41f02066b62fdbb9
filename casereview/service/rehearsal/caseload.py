"""A year of a weekly team: referrals, waits, work, endings, and what goes wrong."""

from __future__ import annotations

from datetime import date

from casereview.core.calendar import add_days
from casereview.service.actions import actions
from casereview.service.cases import cases, dying, flagging, moving, people
from casereview.service.rehearsal.client import Client
from casereview.service.rehearsal.people import Invented
from casereview.service.rehearsal.specs import Choices, Spec
from casereview.service.rehearsal.world import LAST_DAYS, World, workday

OVERDUE_FOR = 12
"""Days before today when actions are agreed that are then left overdue."""
PLANNED = 93
"""Percent with a planned end, which is what lets a case go on from week to week."""


class Caseload:
    """The year of one weekly team."""

    def __init__(self, world: World, spec: Spec) -> None:
        self.world = world
        self.spec = spec
        self.clients: dict[str, Client] = {}

    @property
    def present(self) -> list[Client]:
        """Return the open cases, oldest first."""
        return [c for c in self.clients.values() if not c.gone]

    def begin(self) -> None:
        """Take over the caseload of the first day: referred up to half a year before."""
        for n in range(self.spec.size):
            back = 180 * (n + 1) // self.spec.size if n % 6 else self.world.between(1, 20)
            self.refer(add_days(self.world.day, -back))

    def on_day(self, day: date) -> None:
        """Take referrals on weekdays; in the last weeks leave what a rehearsal should find."""
        world = self.world
        if day.weekday() < 5:
            short = self.spec.size - len(self.present)
            for _ in range(2):
                if world.chance(3 if short < 0 else 12 + 16 * short):
                    self.refer(day)
        left = world.days_left()
        if left == OVERDUE_FOR:
            self._leave_overdue(day)

    # --- arriving

    def refer(self, on: date) -> None:
        """Refer somebody new."""
        world, spec = self.world, self.spec
        family = ""
        if spec.ages[1] < 18 and self.present and world.chance(8):
            family = self.present[-1].person.name
        person = world.register.somebody(spec.ages, on, family=family)
        row = cases.refer(
            world.by(spec.lead), team=spec.team, person=person.local_id, name=person.name,
            born=person.born, nhs_number=person.nhs_number, on=on,
        )[0]  # fmt: skip
        if family:
            other = self.present[-1].person.local_id
            people.link(world.by(spec.lead), person.local_id, other, "sibling")
        self.take(str(row["case"]), person, on)

    def take(self, case: str, person: Invented, on: date, *, moved: bool = False) -> None:
        """Plan the life of a case that has just been opened; `moved` when it was handed over."""
        world, (first, second) = self.world, self.spec.wait
        assessed = workday(add_days(on, 2 if moved else world.between(*first)))
        starts = workday(add_days(assessed, world.between(*second)))
        length = world.between(*self.spec.work)
        ends = add_days(starts, length)
        if ends <= add_days(world.day, 14):
            ends = add_days(world.day, world.between(14, 150))
        recovers = add_days(starts, max(14, (ends - starts).days * 6 // 10))
        client = Client(case, person, world.rng.choice(self.spec.workers), starts, recovers, ends)
        self.clients[case] = client
        offered = max(add_days(on, 1), add_days(assessed, -world.between(3, 10)))
        world.later(
            workday(offered), lambda d: self._set(client, d, assessment_offered_on=str(assessed))
        )
        world.later(assessed, lambda d: self._assess(client, d))
        world.later(starts, lambda d: self._start(client, d))
        if world.chance(5):
            removed = workday(add_days(on, world.between(4, 12)))
            world.later(removed, lambda d: self._remove(client, d))
        elif world.chance(self.spec.leaves):
            gone = workday(add_days(starts, world.between(15, max(20, (ends - starts).days))))
            world.later(gone, lambda d: self._drop_out(client, d))
        if world.chance(3.5):
            world.later(workday(add_days(starts, 25)), lambda d: self.worry(client, d))

    def _set(self, client: Client, on: date, /, **facts: str) -> None:
        for fact, value in facts.items():
            if not client.gone:
                desk = self.world.by(client.worker)
                cases.set_fact(desk, client.case, fact, value, on=on)
                client.settled.add(fact)

    def _choose(self, client: Client, on: date, facts: tuple[tuple[str, Choices], ...]) -> None:
        for fact, choices in facts:
            values, weights = [v for v, _ in choices], [w for _, w in choices]
            value = self.world.rng.choices(values, weights)[0]
            self._set(client, on, **{fact: str(on) if value == "today" else value})

    def _assess(self, client: Client, on: date) -> None:
        if client.gone:
            return
        cases.allocate(self.world.by(self.spec.lead), client.case, client.worker, on=on)
        self._contact(client, on, kind="face-to-face", attended="5")
        self._set(client, on, assessed_on=str(on))
        self._choose(client, on, self.spec.beginning)

    def _start(self, client: Client, on: date) -> None:
        if client.gone:
            return
        self._set(client, on, started_on=str(on))
        if self.world.chance(PLANNED):
            self._set(client, on, expected_end_on=str(client.ends))
        moving.move(self.world.by(client.worker), client.case, "stabilise", on=on)
        client.started, client.stage = True, "stabilise"
        if client.recovers < self.world.day:
            moving.move(self.world.by(client.worker), client.case, "recover", on=client.recovers)
            client.stage = "recover"
        visited = workday(add_days(on, self.world.between(5, 20)))
        self.world.later(visited, lambda d: self._set(client, d, home_assessment_on=str(d)))
        self._see_again(client, max(on, add_days(self.world.day, -21)))
        self._look_ahead(client)

    def _look_ahead(self, client: Client) -> None:
        """Put the plan's next date in the worker's list; when it is done, the one after it."""
        world = self.world
        due = workday(add_days(world.day, world.between(28, 63)))
        row = actions.add(
            world.by(client.worker), [client.case], "Go through the plan together",
            owner=client.worker, due_on=due,
        )[0]  # fmt: skip
        world.later(
            add_days(due, -world.between(1, 9)), lambda _: self._looked(client, str(row["action"]))
        )

    def _looked(self, client: Client, action: str) -> None:
        if not (client.gone or client.stuck):
            actions.close(self.world.by(client.worker), action, done=True)
            # Now and then nobody names the next date: that is what the sweep looks for.
            if not client.decided and self.world.chance(90):
                self._look_ahead(client)

    def _see_again(self, client: Client, on: date) -> None:
        day = workday(add_days(on, self.world.between(*self.spec.every)))
        self.world.later(day, lambda d: self._see(client, d))

    def _see(self, client: Client, on: date) -> None:
        if client.gone:
            return
        roll = self.world.rng.random() * 100
        missed = self.spec.missed
        attended = "3" if roll < missed else "2" if roll < missed + 4 else "5"
        kind = "face-to-face" if self.world.chance(72) else "telephone"
        self._contact(client, on, kind=kind, attended=attended)
        self._see_again(client, on)

    def _contact(self, client: Client, on: date, *, kind: str, attended: str) -> None:
        desk = self.world.by(client.worker)
        cases.contact(desk, client.case, kind=kind, attended=attended, on=on)

    # --- worries

    def worry(self, client: Client, on: date, *, settled: bool = True) -> None:
        """Raise a worry; unless it stays open it is handed over and signed on the next day."""
        late = settled and self.world.days_left() <= LAST_DAYS
        if client.gone or client.decided or client.worried or late or on < self.world.day:
            return
        client.worried = True
        flagging.raise_worry(self.world.by(client.worker), client.case, self.spec.worry)
        if settled:
            self.world.later(workday(add_days(on, 1)), lambda _: self._hand_over(client))

    def _hand_over(self, client: Client) -> None:
        by = self.world.by
        flagging.tell(by(client.worker), client.case, "Duty desk, children's social care")
        to = "Children's social care, strategy discussion held"
        flagging.hand_over(by(client.worker), client.case, to)
        flagging.sign(by(self.spec.lead), client.case)
        client.worried = False

    # --- work agreed at meetings

    def take_on(self, client: Client, action: str, carried: int) -> None:
        """Note the next step of a meeting; mostly it is done before the next one."""
        client.task = (action, carried)
        if not client.stuck and (carried >= 1 or self.world.chance(88)):
            day = workday(add_days(self.world.day, self.world.between(1, 5)))
            day = min(day, add_days(self.world.day, 6))
            self.world.later(day, lambda _: self.finish(client, action))

    def finish(self, client: Client, action: str) -> None:
        """Mark a next step done, unless it ended otherwise."""
        held = client.task
        if not client.gone and not client.stuck and held is not None and held[0] == action:
            actions.close(self.world.by(client.worker), action, done=True)
            client.task = None

    def free(self) -> list[Client]:
        """Return the cases at work that go on for long and about which nothing else happens."""
        beyond = add_days(self.world.day, 63)
        return [
            c
            for c in self.present
            if c.started and c.ends > beyond and not (c.decided or c.worried or c.stuck)
        ]

    def leave_undone(self) -> None:
        """Choose whose next step nobody takes: it becomes a leech."""
        client = self.world.rng.choice([c for c in self.free() if c.task is None])
        client.stuck = True
        client.step = self.world.rng.choice(self.spec.steps)

    def _leave_overdue(self, on: date) -> None:
        for client in self.world.rng.sample(self.free(), 3 if self.spec.size > 50 else 2):
            actions.add(
                self.world.by(client.worker), [client.case], self.world.rng.choice(self.spec.steps),
                owner=client.worker, due_on=add_days(on, self.world.between(4, 8)),
            )  # fmt: skip

    # --- ending

    def settle(self, client: Client, on: date) -> None:
        """Record what the decision to end asks for."""
        self._choose(client, on, self.spec.ending)
        if "home_assessment_on" not in client.settled:
            self._set(client, on, home_assessment_on=str(on))

    def agreed(self, client: Client, leaves: date) -> None:
        """Plan the departure of a case whose end was agreed."""
        client.decided = True
        self.world.later(leaves, lambda d: self._depart(client, d))

    def _depart(self, client: Client, on: date) -> None:
        if client.gone or client.worried:
            return
        self._choose(client, on, self.spec.departing)
        moving.move(self.world.by(client.worker), client.case, "complete", on=on)
        client.gone, client.task = True, None
        if self.world.chance(9):
            day = workday(add_days(on, self.world.between(12, 120)))
            self.world.later(day, lambda d: self._back(client, d))

    def _back(self, client: Client, on: date) -> None:
        row = moving.come_back(self.world.by(self.spec.lead), client.case, on=on)[0]
        self.take(str(row["case"]), client.person, on)

    def _drop_out(self, client: Client, on: date) -> None:
        busy = client.gone or client.decided or client.worried or client.stuck
        if not busy and on >= self.world.day:
            code = self.world.rng.choice(self.spec.exits)
            moving.leave(self.world.by(client.worker), client.case, code, on=on)
            client.gone, client.task = True, None

    def _remove(self, client: Client, on: date) -> None:
        if client.gone or client.stage != "assess" or on < self.world.day:
            return
        self._set(client, on, safeguarding="none")
        code = self.world.rng.choice(self.spec.removals)
        moving.leave(self.world.by(self.spec.lead), client.case, code, on=on)
        client.gone = True

    def died(self, client: Client, on: date) -> None:
        """Record that somebody died."""
        dying.died(self.world.by(self.spec.lead), client.case, on=on)
        client.gone, client.task = True, None
