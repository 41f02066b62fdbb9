"""Random histories through the service, each step compared with the reference model."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from casereview.core.decide.judging import Given
from casereview.errors import Refused
from casereview.packs.library import Library
from casereview.service import (
    action_rows,
    actions,
    answering,
    cases,
    closing,
    deciding,
    dying,
    flagging,
    moving,
    reviewing,
    setup,
)
from casereview.service.checking import doctor, verify
from casereview.service.desk import Desk, Rows
from casereview.store.opening import Store, open_store
from casereview.store.rebuild import expected_rows

if TYPE_CHECKING:
    from tests.storms import model as shapes

FIRST = date(2026, 3, 2)
USERS = ("ann", "bob", "cat")
TEAMS = ("W1", "W2", "K1")
PEOPLE = tuple(f"P{n}" for n in range(1, 7))
READY = {
    "destination": "home", "persons_view_on": "2026-03-02", "medicines_arranged": "yes",
    "follow_up_arranged": "yes", "carer_told": "yes",
}  # fmt: skip
PICK = st.integers(0, 1_000)
WHO = st.sampled_from(USERS)


def machine_of(model: Any, library: Library) -> type[RuleBasedStateMachine]:
    """Return the machine's class, over a module of shapes and the rules in force."""
    blank = Path(tempfile.mkdtemp(prefix="histories-")) / "blank.db"
    at = datetime(2026, 3, 2, 6, tzinfo=UTC)
    admin = str(setup.create(blank, library=library, now=at, rehearsal=True)[0]["administrator"])

    class Histories(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.model: shapes.Model = model.Model()
            self.folder = Path(tempfile.mkdtemp(prefix="history-"))
            self.place = self.folder / "team.db"
            shutil.copy2(blank, self.place)
            self.store: Store = open_store(self.place)
            self.day = 0
            self.last: tuple[Desk, Callable[[Desk], Rows]] | None = None

        # --- hands

        @property
        def today(self) -> date:
            return FIRST + timedelta(days=self.day)

        def desk(self, who: str) -> Desk:
            on = self.today
            now = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
            return Desk(store=self.store, library=library, now=now, actor=who)

        def run(self, who: str, wanted: str | None, call: Callable[[Desk], Rows]) -> Rows | None:
            """Run a command and hold the engine to what the model expects of it."""
            desk = self.desk(who)
            try:
                rows = call(desk)
            except Refused as error:
                assert error.code == wanted, f"expected {wanted}, refused {error.code}: {error}"
                return None
            assert wanted is None, f"expected a refusal {wanted}, got {rows}"
            self.last = (desk, call)
            return rows

        def case(self, pick: int) -> Any:
            held = list(self.model.cases.values())
            return held[pick % len(held)]

        def review(self, pick: int) -> tuple[int, str]:
            """Return an open review and its team, opening one where none is."""
            if not self.model.reviews:
                self.opened(pick)
            held = list(self.model.reviews.items())
            return held[pick % len(held)]

        def opened(self, pick: int) -> None:
            team = TEAMS[pick % 2]
            wanted = "review_open" if team in self.model.reviews.values() else None
            rows = self.run("ann", wanted, lambda d: reviewing.open_review(
                d, pack="ward-round", team=team, on=self.today))  # fmt: skip
            if rows is not None:
                self.model.reviews[int(rows[0]["review"][1:])] = team

        def reviewed(self, pick: int, team: str) -> Any:
            """Return a case to look at in a review, most often one that belongs there."""
            held = [c for c in self.model.cases.values() if c.team == team and c.open]
            return held[pick % len(held)] if held and pick % 10 else self.case(pick)

        def in_review(self, case: Any, team: str) -> str | None:
            """Return why a review of a team does not look at a case."""
            if not case.open:
                return "case_closed"
            return None if case.team == team else "not_on_agenda"

        # --- referral, facts, days

        @initialize()
        def begin(self) -> None:
            desk = self.desk(admin)
            for team in TEAMS:
                pathway = model.PATHWAY[team]
                meets = ["mon,tue,wed,thu,fri"]
                setup.add_team(desk.again(), team, pathway=pathway, meets=meets)
            for login in USERS:
                setup.add_user(desk.again(), login, name=login, role="team-lead")
            for n, person in enumerate(PEOPLE):
                self.model.people[person] = model.Person(person)
                self.referred(person, TEAMS[n % 3])

        @rule(pick=PICK, team=st.sampled_from(TEAMS))
        def refer(self, pick: int, team: str) -> None:
            self.referred(PEOPLE[pick % len(PEOPLE)], team)

        def referred(self, person: str, team: str) -> None:
            known = self.model.people[person]
            held = self.model.open_case(person, team)
            wanted = "person_died" if known.died else None
            rows = self.run("ann", wanted, lambda d: cases.refer(
                d, team=team, person=person, on=self.today))  # fmt: skip
            if rows is None:
                return
            number = int(rows[0]["case"][1:])
            assert rows[0]["re_referred"] is (held is not None)
            if held is None:
                self.model.cases[number] = model.Case(number, person, team, self.day)
            self.model.did({f"case {number}"})

        @rule(days=st.integers(1, 5))
        def sleep(self, days: int) -> None:
            for review in list(self.model.reviews):
                self.closed(review)
            self.day += days

        @rule(pick=PICK)
        def make_ready(self, pick: int) -> None:
            case = self.case(pick)
            wanted = None if case.open else "case_closed"
            dated = {k: self.today.isoformat() for k in ("risk_plan_on", "safety_plan_on")}
            for fact, value in {**READY, **dated}.items():
                self.run("ann", wanted, lambda d, f=fact, v=value: cases.set_fact(  # type: ignore[misc]
                    d, f"C{case.id}", f, v, on=self.today))  # fmt: skip
            if wanted is None:
                case.facts = self.day
                self.model.did({f"case {case.id}"})
            self.run("ann", None, lambda d: cases.set_fact(
                d, f"C{case.id}", "legal_status", "informal", on=self.today))  # fmt: skip
            self.model.person(case).legal = True
            self.model.did({f"person {case.person}"})

        @rule(pick=PICK, value=st.sampled_from(("none", "none", "none", "open", "unknown")))
        def safeguarding(self, pick: int, value: str) -> None:
            case = self.case(pick)
            self.run("ann", None, lambda d: cases.set_fact(
                d, f"C{case.id}", "safeguarding", value, on=self.today))  # fmt: skip
            self.model.person(case).safe = None if value == "unknown" else value
            self.model.did({f"person {case.person}"})

        @rule(pick=PICK)
        def allocate(self, pick: int) -> None:
            case = self.case(pick)
            wanted = None if case.open else "case_closed"
            self.run("ann", wanted, lambda d: cases.allocate(
                d, f"C{case.id}", "bob", on=self.today))  # fmt: skip
            if wanted is None:
                case.worker = True
                self.model.did({f"case {case.id}"})

        # --- moves

        @rule(
            pick=PICK, who=WHO, override=st.booleans(),
            dest=st.sampled_from(("assess", "stabilise", "recover", "complete")),
        )  # fmt: skip
        def move(self, pick: int, who: str, dest: str, override: bool) -> None:
            case = self.case(pick)
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
            case = self.case(pick)
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
            case = offered[pick % len(offered)] if offered else self.case(pick)
            wanted = None if self.model.person(case).way_open else "blocked"
            if case.offered is None:
                wanted = "not_offered"
            elif self.model.open_case(case.person, case.offered):
                wanted = "case_open"
            rows = self.run("bob", wanted, lambda d: moving.accept(
                d, f"C{case.id}", on=self.today))  # fmt: skip
            if rows is not None and case.offered is not None:
                number = int(rows[0]["case"][1:])
                new = model.Case(number, case.person, case.offered, self.day)
                self.model.accept(case, new)
                self.model.did({f"case {case.id}", f"case {number}"})

        @rule(pick=PICK)
        def come_back(self, pick: int) -> None:
            case = self.case(pick)
            rows = self.run("ann", self.model.refuses_return(case), lambda d: moving.come_back(
                d, f"C{case.id}", on=self.today))  # fmt: skip
            if rows is not None:
                number = int(rows[0]["case"][1:])
                self.model.cases[number] = model.Case(number, case.person, case.team, self.day)
                self.model.did({f"case {number}"})

        @rule(pick=PICK)
        def reopen(self, pick: int) -> None:
            case = self.case(pick)
            rows = self.run("ann", self.model.refuses_reopening(case), lambda d: moving.reopen(
                d, f"C{case.id}", reason="by mistake", on=self.today))  # fmt: skip
            if rows is not None:
                self.model.did(self.model.reopen(case))

        @rule(pick=st.integers(0, 40))
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
            number = list(person.worries)[pick % len(person.worries)]
            by = person.worries[number]
            if sign:
                wanted = "not_handed" if by is None else "same_person" if by == who else None
                rows = self.run(who, wanted, lambda d: flagging.sign(
                    d, person.id, worry=f"W{number}"))  # fmt: skip
                if rows is not None:
                    self.model.sign(person, number)
                    self.model.did({f"person {person.id}"})
                return
            self.run(who, None, lambda d: flagging.hand_over(
                d, person.id, "the duty social worker", worry=f"W{number}"))  # fmt: skip
            person.worries[number] = who
            self.model.did({f"person {person.id}"})

        # --- actions

        @rule(pick=PICK, days=st.integers(0, 9))
        def add_action(self, pick: int, days: int) -> None:
            case = self.case(pick)
            wanted = None if case.open else "case_closed"
            due = self.today + timedelta(days=days)
            rows = self.run("ann", wanted, lambda d: actions.add(
                d, [f"C{case.id}"], "Ring", owner="bob", due_on=due))  # fmt: skip
            if rows is not None:
                case.actions["manual"] += 1
                self.model.did({f"case {case.id}"})

        def open_work(self, pick: int) -> tuple[int, str, int | str, str] | None:
            """Return an open action of the store: id, kind of its stream, whose, cause."""
            with self.store.read() as conn:
                held = conn.exec_driver_sql(
                    "SELECT a.id, a.case_id, i.local_id, a.cause FROM actions a LEFT JOIN"
                    " person_ids i ON i.person_id = a.person_id WHERE a.closed_on IS NULL"
                    " ORDER BY a.id"
                ).all()
            if not held:
                return None
            number, case, person, cause = held[pick % len(held)]
            whose = ("case", case) if case is not None else ("person", person)
            return number, *whose, cause

        @rule(pick=PICK, done=st.booleans())
        def finish(self, pick: int, done: bool) -> None:
            found = self.open_work(pick)
            if found is None:
                return
            number, kind, whose, cause = found
            self.run("ann", None, lambda d: actions.close(
                d, f"A{number}", done=done, reason="storm"))  # fmt: skip
            held = self.model.cases[int(whose)] if kind == "case" else self.model.people[str(whose)]
            held.actions[cause] -= 1
            self.model.did({f"{kind} {whose}"})

        @rule(pick=PICK, days=st.integers(1, 9))
        def park(self, pick: int, days: int) -> None:
            found = self.open_work(pick)
            if found is None:
                return
            number, kind, whose, _ = found
            until = self.today + timedelta(days=days)
            leech = next(
                r["leech"] for r in action_rows.list_actions(self.desk("ann"))
                if r["action"] == f"A{number}"
            )  # fmt: skip
            wanted = "leech" if leech else None
            rows = self.run("ann", wanted, lambda d: actions.park(d, f"A{number}", until=until))
            if rows is not None:
                self.model.did({f"{kind} {whose}"})

        # --- reviews

        @rule(pick=PICK)
        def open_review(self, pick: int) -> None:
            self.opened(pick)

        @rule(pick=PICK)
        def close_review(self, pick: int) -> None:
            if self.model.reviews and pick % 3 == 0:
                held = list(self.model.reviews)
                self.closed(held[pick % len(held)])

        def closed(self, review: int) -> None:
            self.run("ann", None, lambda d: closing.close(d, f"R{review}"))
            del self.model.reviews[review]

        @rule(
            pick=PICK, who=WHO, all_three=st.booleans(),
            question=st.sampled_from(model.QUESTIONS),
            value=st.sampled_from(("yes", "yes", "no", "cannot-tell")),
        )  # fmt: skip
        def answer(self, pick: int, who: str, question: str, value: str, all_three: bool) -> None:
            review, team = self.review(pick)
            case = self.reviewed(pick, team)
            given = dict.fromkeys(model.QUESTIONS, "yes") if all_three else {question: value}
            for asked, said in given.items():
                rows = self.run(who, self.in_review(case, team), lambda d, q=asked, v=said: (  # type: ignore[misc]
                    answering.answer(d, f"R{review}", f"C{case.id}", q, Given(v))))  # fmt: skip
                if rows is not None:
                    self.model.did({f"case {case.id}"}, review=review, before=case)
                    self.model.answer(case, review, asked, said)

        def step(self, pick: int, who: str, wanted: Callable[[Any, int], str | None],
                 call: Callable[[Desk, str, str], Rows]) -> tuple[Any, int] | None:  # fmt: skip
            """Run a command of a review about a case; returns both when it was taken."""
            review, team = self.review(pick)
            case = self.reviewed(pick, team)
            if case.open and case.team != team and call is deciding.countersign:
                # Who signs is looked at before where; both refusals are right.
                return None
            expected = self.in_review(case, team) or wanted(case, review)
            before = model.copy.deepcopy(case)
            rows = self.run(who, expected, lambda d: call(d, f"R{review}", f"C{case.id}"))
            if rows is None:
                return None
            self.model.did({f"case {case.id}"}, review=review, before=before)
            return case, review

        @rule(pick=PICK, who=WHO)
        def decide(self, pick: int, who: str) -> None:
            taken = self.step(pick, who, self.model.refuses_decision, deciding.decide)
            if taken is not None:
                taken[0].decision, taken[0].signers = "needs_countersign", [who]

        @rule(pick=PICK, who=WHO)
        def countersign(self, pick: int, who: str) -> None:
            taken = self.step(
                pick, who, lambda case, _: self.model.refuses_signature(case, who),
                deciding.countersign,
            )  # fmt: skip
            if taken is not None:
                taken[0].decision = "agreed"
                taken[0].signers.append(who)

        @rule(pick=PICK, who=WHO)
        def decline(self, pick: int, who: str) -> None:
            def wanted(case: Any, review: int) -> str | None:
                live = case.decision is not None or self.model.proposes(case, review)
                return None if live else "not_proposed"

            taken = self.step(
                pick, who, wanted, lambda d, r, c: deciding.decline(d, r, c, "not yet")
            )
            if taken is not None:
                case = taken[0]
                case.decision, case.signers = None, []
                case.actions["declined:ward-round"] = 1

        @rule(pick=PICK, who=WHO)
        def dissent(self, pick: int, who: str) -> None:
            taken = self.step(
                pick, who, lambda *_: None, lambda d, r, c: deciding.dissent(d, r, c, "too soon")
            )
            if taken is not None:
                self.model.dissent(taken[0], who)

        @rule(pick=PICK)
        def skip(self, pick: int) -> None:
            self.step(
                pick, "ann", lambda *_: None, lambda d, r, c: answering.skip(d, r, c, "not here")
            )

        @rule(pick=PICK)
        def undo(self, pick: int) -> None:
            review, _ = self.review(pick)
            wanted, step = self.model.undo(review)
            rows = self.run("ann", wanted, lambda d: closing.undo(d, f"R{review}"))
            if rows is not None and step is not None:
                self.model.take_back(step)

        # --- power

        @rule()
        def retry(self) -> None:
            """The same command sent again changes nothing."""
            if self.last is not None:
                desk, call = self.last
                desk.store = self.store
                call(desk)

        @rule()
        def restart(self) -> None:
            self.store.close()
            self.store = open_store(self.place)

        # --- held after every step

        @invariant()
        def stores_what_the_model_says(self) -> None:
            if not self.model.people:
                return
            with self.store.read() as conn:
                ask = conn.exec_driver_sql
                stages = {r[0]: (r[1], r[2]) for r in ask("SELECT id, team, stage FROM cases")}
                work = Counter[tuple[str, Any, str]]()
                for case, person, cause in ask(
                    "SELECT a.case_id, i.local_id, a.cause FROM actions a LEFT JOIN person_ids i"
                    " ON i.person_id = a.person_id WHERE a.closed_on IS NULL"
                ):
                    where = ("case", case) if case is not None else ("person", person)
                    work[(*where, cause)] += 1
                worries = {r[0] for r in ask("SELECT id FROM worries WHERE closed_on IS NULL")}
                decided = dict(
                    tuple(r) for r in ask(
                        "SELECT case_id, status FROM decisions WHERE ended_on IS NULL"
                    )
                )  # fmt: skip
                wrong = list(ask(
                    "SELECT a.case_id FROM stage_spells a JOIN stage_spells b"
                    " ON b.case_id = a.case_id AND b.n = (SELECT min(n) FROM stage_spells x"
                    " WHERE x.case_id = a.case_id AND x.n > a.n)"
                    " WHERE a.stage IN ('complete', 'left') AND b.move <> 'reopen'"
                ))  # fmt: skip
            held = self.model
            assert stages == {c.id: (c.team, c.stage) for c in held.cases.values()}
            expected = Counter[tuple[str, Any, str]]()
            for c in held.cases.values():
                expected.update({("case", c.id, k): n for k, n in c.actions.items() if n})
            for p in held.people.values():
                expected.update({("person", p.id, k): n for k, n in p.actions.items() if n})
            assert work == expected
            assert worries == {w for p in held.people.values() for w in p.worries}
            assert decided == {c.id: c.decision for c in held.cases.values() if c.decision}
            assert wrong == [], "a closed case moved otherwise than by reopening"
            closed = [k for k in work if k[0] == "case" and not held.cases[k[1]].open]
            assert closed == [], "a closed case has an open action"

        def teardown(self) -> None:
            try:
                desk = self.desk(admin)
                for rows in (verify(desk), doctor(desk)):
                    assert [r for r in rows if not r["ok"]] == []
                assert self.replayed() == self.replayed()
            finally:
                self.store.close()
                shutil.rmtree(self.folder)

        def replayed(self) -> bytes:
            """Return every row that the journal adds up to, as bytes."""
            with self.store.read() as conn:
                parts = []
                for kind in ("person", "case", "review", "team", "user"):
                    ids = conn.exec_driver_sql(
                        "SELECT DISTINCT stream_id FROM entries WHERE stream_kind = ?"
                        " ORDER BY stream_id", (kind,),
                    ).scalars().all()  # fmt: skip
                    rows = expected_rows(conn, kind, list(ids))
                    parts += [(*place, row) for place, (_, row) in rows.items()]
            return "\n".join(map(repr, sorted(parts, key=repr))).encode()

    return Histories
