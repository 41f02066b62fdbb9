"""Random histories: actions by hand, reviews with answers, decisions and undo."""

from __future__ import annotations

import copy
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import rule

from casereview.core.decide.judging import Given
from casereview.service.actions import action_rows, actions
from casereview.service.desk import Desk, Rows
from casereview.service.reviews import answering, closing, deciding
from tests.storms.hands import PICK, WHO
from tests.storms.machine_cases import CaseRules
from tests.storms.model import QUESTIONS, Case

VALUES = st.sampled_from(("yes", "yes", "no", "cannot-tell"))
Call = Callable[[Desk, str, str], Rows]


class ReviewRules(CaseRules):
    """What happens in reviews, and to actions."""

    # --- actions

    @rule(pick=PICK, days=st.integers(0, 9))
    def add_action(self, pick: int, days: int) -> None:
        case = self.case(pick)
        wanted = None if case.open else "case_closed"
        due = self.today + self.ahead(days)
        rows = self.run("ann", wanted, lambda d: actions.add(
            d, [f"C{case.id}"], "Ring", owner="bob", due_on=due))  # fmt: skip
        if rows is not None:
            case.actions["manual"] += 1
            self.model.did({f"case {case.id}"})

    def open_work(self, pick: int) -> tuple[int, str, int | str, str] | None:
        """Return an open action of the store: its id, kind of its stream, whose, its cause."""
        with self.store.read() as conn:
            held = conn.exec_driver_sql(
                "SELECT a.id, a.case_id, i.local_id, a.cause FROM actions a LEFT JOIN"
                " person_ids i ON i.person_id = a.person_id WHERE a.closed_on IS NULL"
                " ORDER BY a.id"
            ).all()
        if not held:
            return None
        number, case, person, cause = held[pick % len(held)]
        if case is not None:
            return number, "case", case, cause
        return number, "person", person, cause

    @rule(pick=PICK, done=st.booleans())
    def finish(self, pick: int, done: bool) -> None:
        found = self.open_work(pick)
        if found is None:
            return
        number, kind, whose, cause = found
        self.run("ann", None, lambda d: actions.close(
            d, f"A{number}", done=done, reason="not needed"))  # fmt: skip
        if kind == "case":
            self.model.cases[int(whose)].actions[cause] -= 1
        else:
            self.model.people[str(whose)].actions[cause] -= 1
        self.model.did({f"{kind} {whose}"})

    @rule(pick=PICK, days=st.integers(1, 9))
    def park(self, pick: int, days: int) -> None:
        found = self.open_work(pick)
        if found is None:
            return
        number, kind, whose, _ = found
        rows = action_rows.list_actions(self.desk("ann"))
        leech = next(r["leech"] for r in rows if r["action"] == f"A{number}")
        until = self.today + self.ahead(days)
        taken = self.run("ann", "leech" if leech else None, lambda d: actions.park(
            d, f"A{number}", until=until))  # fmt: skip
        if taken is not None:
            self.model.did({f"{kind} {whose}"})

    # --- reviews

    @rule(pick=PICK)
    def open_review(self, pick: int) -> None:
        self.opened(pick)

    @rule(pick=PICK)
    def close_review(self, pick: int) -> None:
        if self.model.reviews and pick % 3 == 0:
            held = list(self.model.reviews)
            self.do_close_review(held[pick % len(held)])

    @rule(pick=PICK, who=WHO, question=st.sampled_from(QUESTIONS), value=VALUES)
    def answer(self, pick: int, who: str, question: str, value: str) -> None:
        review, team = self.review(pick)
        self.do_answer(review, team, self.reviewed(pick, team), who, question, value)

    def do_answer(
        self, review: int, team: str, case: Case, who: str, question: str, value: str
    ) -> None:
        before = copy.deepcopy(case)
        rows = self.run(who, self.in_review(case, team), lambda d: answering.answer(
            d, f"R{review}", f"C{case.id}", question, Given(value)))  # fmt: skip
        if rows is not None:
            self.model.did({f"case {case.id}"}, review=review, before=before)
            self.model.answer(case, review, question, value)

    @rule(pick=PICK, who=WHO)
    def three_yeses(self, pick: int, who: str) -> None:
        review, team = self.review(pick)
        case = self.reviewed(pick, team)
        for question in QUESTIONS:
            self.do_answer(review, team, case, who, question, "yes")

    @rule(pick=PICK, who=WHO)
    def decide(self, pick: int, who: str) -> None:
        review, team = self.review(pick)
        self.do_decide(review, team, self.reviewed(pick, team), who)

    def do_decide(self, review: int, team: str, case: Case, who: str) -> None:
        wanted = self.model.refuses_decision(case, review)
        if self.step(review, team, case, who, wanted, deciding.decide):
            self.model.decide(case, review, who)

    @rule(pick=PICK, who=WHO)
    def countersign(self, pick: int, who: str) -> None:
        review, team = self.review(pick)
        case = self.reviewed(pick, team)
        # Who signs is looked at before where: both refusals would be right.
        if case.open and case.team == team:
            self.do_countersign(review, team, case, who)

    def do_countersign(self, review: int, team: str, case: Case, who: str) -> None:
        wanted = self.model.refuses_signature(case, who)
        if self.step(review, team, case, who, wanted, deciding.countersign):
            case.decision = "agreed"
            case.signers.append(who)

    def step(
        self, review: int, team: str, case: Case, who: str, wanted: str | None, call: Call
    ) -> bool:
        """Run a command of a review about a case; tells whether it was taken."""
        expected = self.in_review(case, team) or wanted
        before = copy.deepcopy(case)
        rows = self.run(who, expected, lambda d: call(d, f"R{review}", f"C{case.id}"))
        if rows is not None:
            self.model.did({f"case {case.id}"}, review=review, before=before)
        return rows is not None

    @rule(pick=PICK, who=WHO)
    def decline(self, pick: int, who: str) -> None:
        review, team = self.review(pick)
        case = self.reviewed(pick, team)
        live = case.decision is not None or self.model.proposes(case, review)
        wanted = None if live else "not_proposed"
        if self.step(review, team, case, who, wanted, lambda d, r, c: deciding.decline(
                d, r, c, "not yet")):  # fmt: skip
            self.model.decline(case, review)

    @rule(pick=PICK, who=WHO)
    def dissent(self, pick: int, who: str) -> None:
        review, team = self.review(pick)
        case = self.reviewed(pick, team)
        if self.step(review, team, case, who, None, lambda d, r, c: deciding.dissent(
                d, r, c, "too soon")):  # fmt: skip
            self.model.dissent(case, who)

    @rule(pick=PICK)
    def skip(self, pick: int) -> None:
        review, team = self.review(pick)
        case = self.reviewed(pick, team)
        self.step(review, team, case, "ann", None, lambda d, r, c: answering.skip(
            d, r, c, "not here"))  # fmt: skip

    @rule(pick=PICK)
    def undo(self, pick: int) -> None:
        review, _ = self.review(pick)
        wanted, step = self.model.undo(review)
        rows = self.run("ann", wanted, lambda d: closing.undo(d, f"R{review}"))
        if rows is not None and step is not None:
            self.model.take_back(step)

    @rule(pick=PICK, leave=st.booleans(), settle=st.booleans())
    def to_the_door(self, pick: int, leave: bool, settle: bool) -> None:
        """Take a case all the way to an agreed discharge, and out when asked."""
        review, team = self.review(pick)
        case = self.reviewed(pick, team)
        if settle:
            self.do_settle(self.model.person(case))
        self.do_safeguard(case, "none")
        self.do_make_ready(case)
        for question in QUESTIONS:
            self.do_answer(review, team, case, "ann", question, "yes")
        if case.open and case.team == team:
            self.do_decide(review, team, case, "ann")
            self.do_countersign(review, team, case, "bob")
        if leave:
            self.do_move(case, "cat", "complete")
