"""Random histories: referral, facts, moves, transfers, returns, deaths, worries."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from casereview.service.cases import cases, dying, flagging, moving
from casereview.service.organisation import teams, users
from casereview.service.reviews import closing
from tests.storms.hands import PEOPLE, PICK, TEAMS, USERS, WHO, Hands
from tests.storms.model import PATHWAY, Case, Person

READY = {
    "destination": "home", "persons_view_on": "2026-03-02", "medicines_arranged": "yes",
    "follow_up_arranged": "yes", "carer_told": "yes",
}  # fmt: skip
STAGES = ("assess", "stabilise", "recover", "complete")


class CaseRules(Hands):
    """What happens to cases and people outside reviews."""

    @initialize()
    def begin(self) -> None:
        desk = self.desk(self.admin)
        for team in TEAMS:
            meets = ["mon,tue,wed,thu,fri"]
            teams.add_team(desk.again(), team, pathway=PATHWAY[team], meets=meets)
        for login in USERS:
            users.add_user(desk.again(), login, name=login, role="team-lead")
        for n, person in enumerate(PEOPLE):
            self.model.people[person] = Person(person)
            self.do_refer(person, TEAMS[n % 3])

    @rule(pick=PICK, team=st.sampled_from(TEAMS))
    def refer(self, pick: int, team: str) -> None:
        self.do_refer(PEOPLE[pick % len(PEOPLE)], team)

    def do_refer(self, person: str, team: str) -> None:
        held = self.model.open_case(person, team)
        wanted = "person_died" if self.model.people[person].died else None
        rows = self.run("ann", wanted, lambda d: cases.refer(
            d, team=team, person=person, on=self.today))  # fmt: skip
        if rows is None:
            return
        number = int(rows[0]["case"][1:])
        assert rows[0]["re_referred"] is (held is not None)
        if held is None:
            self.model.cases[number] = Case(number, person, team, self.day)
        self.model.did({f"case {number}"})

    @rule(days=st.integers(1, 5))
    def sleep(self, days: int) -> None:
        for review in list(self.model.reviews):
            self.do_close_review(review)
        self.day += days

    def do_close_review(self, review: int) -> None:
        self.run("ann", None, lambda d: closing.close(d, f"R{review}"))
        self.model.close_review(review)

    @rule(pick=PICK)
    def make_ready(self, pick: int) -> None:
        self.do_make_ready(self.case(pick))

    def do_make_ready(self, case: Case) -> None:
        wanted = None if case.open else "case_closed"
        dated = {k: self.today.isoformat() for k in ("risk_plan_on", "safety_plan_on")}
        for fact, value in {**READY, **dated}.items():
            self.do_set(case, fact, value, wanted)
        if wanted is None:
            case.facts = self.day
            self.model.did({f"case {case.id}"})
        self.do_set(case, "legal_status", "informal", None)
        self.model.person(case).legal = True
        self.model.did({f"person {case.person}"})

    def do_set(self, case: Case, fact: str, value: str, wanted: str | None) -> None:
        self.run("ann", wanted, lambda d: cases.set_fact(
            d, f"C{case.id}", fact, value, on=self.today))  # fmt: skip

    @rule(pick=PICK, value=st.sampled_from(("none", "none", "none", "open", "unknown")))
    def safeguarding(self, pick: int, value: str) -> None:
        self.do_safeguard(self.case(pick), value)

    def do_safeguard(self, case: Case, value: str) -> None:
        person = self.model.person(case)
        kept = value != "open" and (bool(person.worries) or person.safe == "open")
        self.do_set(case, "safeguarding", value, "safeguarding_open" if kept else None)
        if not kept:
            person.safe = None if value == "unknown" else value
            self.model.did({f"person {case.person}"})

    @rule(pick=PICK)
    def allocate(self, pick: int) -> None:
        case = self.case(pick)
        wanted = None if case.open else "case_closed"
        self.run("ann", wanted, lambda d: cases.allocate(d, f"C{case.id}", "bob", on=self.today))
        if wanted is None:
            case.worker = True
            self.model.did({f"case {case.id}"})

    # --- moves

    @rule(pick=PICK, who=WHO, override=st.booleans(), dest=st.sampled_from(STAGES))
    def move(self, pick: int, who: str, dest: str, override: bool) -> None:
        self.do_move(self.case(pick), who, dest, override=override)

    def do_move(self, case: Case, who: str, dest: str, *, override: bool = False) -> None:
        wanted = self.model.refuses_move(case, dest, override=override)
        reason = "in a hurry" if override else None
        rows = self.run(who, wanted, lambda d: moving.move(
            d, f"C{case.id}", dest, on=self.today, override=reason))  # fmt: skip
        if rows is not None:
            assert dest != "complete" or self.model.person(case).way_open
            self.model.did(self.model.move(case, dest))

    @rule(pick=PICK)
    def leave(self, pick: int) -> None:
        case = self.case(pick)
        way = self.model.person(case).way_open
        wanted = "case_closed" if not case.open else None if way else "blocked"
        rows = self.run("ann", wanted, lambda d: moving.leave(
            d, f"C{case.id}", "recorded-in-error", on=self.today))  # fmt: skip
        if rows is not None:
            self.model.did(self.model.move(case, "left"))

    @rule(pick=PICK, team=st.sampled_from(TEAMS))
    def transfer(self, pick: int, team: str) -> None:
        self.do_transfer(self.case(pick), team)

    def do_transfer(self, case: Case, team: str) -> None:
        wanted = None if self.model.person(case).way_open else "blocked"
        if not case.open:
            wanted = "case_closed"
        elif team == case.team:
            wanted = "same_team"
        elif case.offered is not None:
            wanted = "transfer_pending"
        rows = self.run("ann", wanted, lambda d: moving.transfer(
            d, f"C{case.id}", team=team, on=self.today))  # fmt: skip
        if rows is not None:
            case.offered = team
            self.model.did({f"case {case.id}"})

    @rule(pick=PICK)
    def accept(self, pick: int) -> None:
        offered = [c for c in self.model.cases.values() if c.offered is not None]
        self.do_accept(offered[pick % len(offered)] if offered else self.case(pick))

    def do_accept(self, case: Case) -> None:
        wanted = None if self.model.person(case).way_open else "blocked"
        if case.offered is None:
            wanted = "not_offered"
        elif self.model.open_case(case.person, case.offered):
            wanted = "case_open"
        rows = self.run("bob", wanted, lambda d: moving.accept(d, f"C{case.id}", on=self.today))
        if rows is not None and case.offered is not None:
            number = int(rows[0]["case"][1:])
            self.model.accept(case, Case(number, case.person, case.offered, self.day))
            self.model.did({f"case {case.id}", f"case {number}"})

    @rule(pick=PICK, team=st.sampled_from(TEAMS))
    def transferred_at_once(self, pick: int, team: str) -> None:
        case = self.case(pick)
        self.do_safeguard(case, "none")
        self.do_transfer(case, team)
        self.do_accept(case)

    @rule(pick=PICK)
    def come_back(self, pick: int) -> None:
        case = self.closed_case(pick)
        rows = self.run("ann", self.model.refuses_return(case), lambda d: moving.come_back(
            d, f"C{case.id}", on=self.today))  # fmt: skip
        if rows is not None:
            number = int(rows[0]["case"][1:])
            self.model.cases[number] = Case(number, case.person, case.team, self.day)
            self.model.did({f"case {number}"})

    @rule(pick=PICK)
    def reopen(self, pick: int) -> None:
        case = self.closed_case(pick)
        rows = self.run("ann", self.model.refuses_reopening(case), lambda d: moving.reopen(
            d, f"C{case.id}", reason="by mistake", on=self.today))  # fmt: skip
        if rows is not None:
            self.model.did(self.model.reopen(case))

    def closed_case(self, pick: int) -> Case:
        """Return a closed case, most often; any other where there is none."""
        closed = [c for c in self.model.cases.values() if not c.open]
        return closed[pick % len(closed)] if closed and pick % 7 else self.case(pick)

    @rule(pick=st.integers(0, 60))
    def died(self, pick: int) -> None:
        if pick >= len(PEOPLE):
            return
        person = self.model.people[PEOPLE[pick]]
        wanted = "already_recorded" if person.died else None
        rows = self.run("ann", wanted, lambda d: dying.died(d, person.id, on=self.today))
        if rows is not None:
            self.model.did(self.model.died(person))

    # --- worries

    @rule(pick=PICK, who=WHO)
    def worry(self, pick: int, who: str) -> None:
        person = self.model.people[PEOPLE[pick % len(PEOPLE)]]
        rows = self.run(who, None, lambda d: flagging.raise_worry(d, person.id, "a bruise"))
        if rows is not None:
            number = int(rows[0]["worry"][1:])
            person.worries[number] = None
            person.actions[f"worry:{number}"] += 1
            self.model.did({f"person {person.id}"})

    @rule(pick=PICK, who=WHO, sign=st.booleans())
    def hand_over_or_sign(self, pick: int, who: str, sign: bool) -> None:
        held = [p for p in self.model.people.values() if p.worries]
        if not held:
            return
        person = held[pick % len(held)]
        worry = list(person.worries)[pick % len(person.worries)]
        if sign:
            self.do_sign(person, worry, who)
        else:
            self.do_hand_over(person, worry, who)

    def do_hand_over(self, person: Person, worry: int, who: str) -> None:
        self.run(who, None, lambda d: flagging.hand_over(
            d, person.id, "the duty social worker", worry=f"W{worry}"))  # fmt: skip
        person.worries[worry] = who
        self.model.did({f"person {person.id}"})

    def do_sign(self, person: Person, worry: int, who: str) -> None:
        by = person.worries[worry]
        wanted = "not_handed" if by is None else "same_person" if by == who else None
        rows = self.run(who, wanted, lambda d: flagging.sign(d, person.id, worry=f"W{worry}"))
        if rows is not None:
            self.model.sign(person, worry)
            self.model.did({f"person {person.id}"})

    def do_settle(self, person: Person) -> None:
        """Hand over and sign every open worry."""
        for worry in list(person.worries):
            self.do_hand_over(person, worry, "ann")
            self.do_sign(person, worry, "cat")

    def ahead(self, days: int) -> timedelta:
        return timedelta(days=days)
