"""A small service in a folder: a rehearsal store, desks on any day, teams, users and cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.core.decide.judging import Given
from casereview.errors import Refused
from casereview.packs.library import Library
from casereview.service import checking
from casereview.service.actions import action_rows, actions
from casereview.service.cases import cases, moving, showing
from casereview.service.desk import Desk
from casereview.service.organisation import teams, users
from casereview.service.organisation.signing_in import sit_down
from casereview.service.reviews import answering, closing, deciding, reviewing
from casereview.store.opening import Store, open_store

AT_DECISION = {
    "ward": {
        "safeguarding": "none", "legal_status": "informal", "risk_plan_on": "2026-03-04",
        "safety_plan_on": "2026-03-05", "destination": "home", "persons_view_on": "2026-03-05",
    },
    "childrens": {
        "safeguarding": "none", "child_protection_plan": "no", "risk_changed": "no",
        "goals_met": "yes", "persons_view_on": "2026-03-05",
    },
    "recovery": {
        "safeguarding": "none", "children_in_household": "no", "prescribing": "no",
        "persons_view_on": "2026-03-05",
    },
    "reablement": {
        "safeguarding": "none", "goals_met": "yes", "persons_view_on": "2026-03-05",
    },
}  # fmt: skip
AT_DEPARTURE = {
    "ward": {"medicines_arranged": "yes", "follow_up_arranged": "yes", "carer_told": "yes"},
    "childrens": {"carer_told": "yes"},
    "recovery": {"exit_outcome_on": "2026-03-06"},
    "reablement": {"follow_up_arranged": "yes", "carer_told": "yes"},
}
DECIDING = {
    "ward": (
        "ward-round",
        {"crisis_stabilised": "yes", "destination_ready": "yes", "would_not_admit_today": "yes"},
    ),
    "childrens": ("caseload-sweep", {"direction": "close", "risk_changed": "no"}),
    "recovery": ("caseload-sweep", {"direction": "close", "risk_changed": "no"}),
    "reablement": ("caseload-sweep", {"direction": "close", "risk_changed": "no"}),
}
PATHWAYS = tuple(AT_DECISION)


def on(day: int | date) -> date:
    """A day of March 2026 by its number; a date is left as it is."""
    return day if isinstance(day, date) else date(2026, 3, day)


@dataclass
class Service:
    """A store in a folder with desks at any day and hour; `restart` is a power cut and a new day.

    `admin` is the operating-system user who made the store.
    """

    place: Path
    library: Library
    admin: str = ""
    _store: Store | None = field(default=None, repr=False)

    @property
    def store(self) -> Store:
        if self._store is None:
            self._store = open_store(self.place)
        return self._store

    def restart(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = None

    def desk(
        self,
        day: int | date,
        hour: int = 9,
        who: str | None = None,
        *,
        minute: int = 0,
        second: int = 0,
        **more: Any,
    ) -> Desk:
        when = on(day)
        now = datetime(when.year, when.month, when.day, hour, minute, second, tzinfo=UTC)
        return Desk(
            store=self.store, library=self.library, now=now, actor=who or self.admin,
            clock=lambda: now, **more,
        )  # fmt: skip

    def sit(self, day: int | date, hour: int = 9, who: str | None = None, **more: Any) -> Desk:
        """Come in as the command line does; the caller closes the store."""
        when = on(day)
        now = datetime(when.year, when.month, when.day, hour, tzinfo=UTC)
        return sit_down(
            self.place, library=self.library, clock=lambda: now, rehearsal_now=now,
            as_login=who, **more,
        )  # fmt: skip

    # --- who and where

    def team(
        self,
        code: str,
        pathway: str,
        *,
        day: int = 1,
        people: Iterable[str] = (),
        lead: str | None = None,
        **more: Any,
    ) -> str:
        teams.add_team(self.desk(day, 7), code, pathway=pathway, **more)
        for login in people:
            self.user(login, team=code, day=day)
        if lead is not None:
            self.user(lead, role="team-lead", team=code, day=day)
        return code

    def user(
        self, login: str, *, role: str = "clinician", team: str | None = None, day: int = 1
    ) -> str:
        teams = [team] if team else []
        users.add_user(self.desk(day, 7), login, name=login.title(), role=role, teams=teams)
        return login

    # --- cases

    def case(
        self,
        team: str,
        person: str,
        *,
        day: int | date = 1,
        stage: str = "assess",
        worker: str = "",
    ) -> str:
        """Refer somebody and bring the case to a stage, with a key worker where one is named."""
        row = cases.refer(self.desk(day, 8), team=team, person=person, on=on(day))[0]
        case = str(row["case"])
        if worker:
            cases.allocate(self.desk(day, 8), case, worker, on=on(day))
        for step in {"assess": (), "stabilise": ("stabilise",)}.get(
            stage, ("stabilise", "recover")
        ):
            moving.move(self.desk(day, 8), case, step, on=on(day), override="as imported")
        return case

    def set(self, case: str, day: int | date, **facts: str) -> None:
        for fact, value in facts.items():
            cases.set_fact(self.desk(day, 9), case, fact, value, on=on(day))

    def ready(self, case: str, day: int, *, departure: bool = True) -> None:
        """Record all that completing asks for, or all that the decision alone asks for."""
        pathway = str(self.show(case)["pathway"])
        self.set(case, day, **AT_DECISION[pathway])
        if departure:
            self.set(case, day, **AT_DEPARTURE[pathway])

    def agree(
        self, case: str, team: str, day: int, *, first: str, second: str | None = None
    ) -> str:
        """Hold a review in which the discharge of one case is agreed, and close it."""
        pack, given = DECIDING[str(self.show(case)["pathway"])]
        review = self.open(pack, team, day, who=first)
        self.answers(review, case, day, given, who=first)
        deciding.decide(self.desk(day, 10, first), review, case)
        if second is not None:
            deciding.countersign(self.desk(day, 10, second), review, case)
        closing.close(self.desk(day, 11, first), review)
        return review

    def show(self, case: str, day: int | date = date(2026, 12, 1)) -> dict[str, Any]:
        return showing.show(self.desk(day), case)[0]

    def stage(self, case: str) -> str:
        return str(self.show(case)["stage"])

    # --- reviews

    def open(self, pack: str, team: str, day: int | date, *, who: str | None = None) -> str:
        row = reviewing.open_review(self.desk(day, 9, who), pack=pack, team=team, on=on(day))[0]
        return str(row["review"])

    def answer(
        self, review: str, case: str, day: int | date, question: str, value: str, **more: Any
    ) -> dict[str, Any]:
        who = more.pop("who", None)
        seen = more.pop("seen", None)
        given = Given(value, **more)
        desk = self.desk(day, 9, who)
        return answering.answer(desk, review, case, question, given, seen=seen)[0]

    def answers(
        self, review: str, case: str, day: int | date, given: dict[str, str], **more: Any
    ) -> dict[str, Any]:
        """Answer several questions and return what the last one brought."""
        row: dict[str, Any] = {}
        for question, value in given.items():
            row = self.answer(review, case, day, question, value, **more)
        return row

    def agenda(self, review: str, day: int | date) -> list[dict[str, Any]]:
        return reviewing.agenda(self.desk(day), review)

    def a_round(self, day: int, value: str = "no", **more: Any) -> dict[str, Any]:
        """Hold a round of W1 in which only the destination of C1 is asked about."""
        review = self.open("ward-round", "W1", day, who="dr.a")
        row = self.answer(review, "C1", day, "destination_ready", value, who="dr.a", **more)
        closing.close(self.desk(day, 11, "dr.a"), review)
        return row

    # --- actions

    def add_action(self, day: int = 3, **more: Any) -> str:
        """Add an action about C1 by hand, due on the 6th unless said otherwise."""
        row = actions.add(
            self.desk(day, 9, "dr.a"), ["C1"], more.pop("text", "Ring the council"),
            owner=more.pop("owner", "dr.a"), due_on=more.pop("due_on", on(6)), **more,
        )[0]  # fmt: skip
        return str(row["action"])

    def actions(self, day: int | date, **wanted: Any) -> list[dict[str, Any]]:
        return action_rows.list_actions(self.desk(day, 23), **wanted)

    def action(self, day: int | date, action: str) -> dict[str, Any]:
        return next(a for a in self.actions(day) if a["action"] == action)

    # --- right or wrong

    def sound(self, day: int | date = date(2026, 12, 1)) -> None:
        """The journal, the rows and every invariant hold."""
        for rows in (checking.verify(self.desk(day)), checking.doctor(self.desk(day))):
            wrong = [r for r in rows if not r["ok"]]
            assert not wrong, wrong


@contextmanager
def refused(code: str, *, says: str = "", next_says: str = "") -> Iterator[list[Refused]]:
    """Expect a refusal with a code, a sentence and what to do next."""
    held: list[Refused] = []
    with pytest.raises(Refused) as caught:
        yield held
    error = caught.value
    held.append(error)
    assert error.code == code, str(error)
    assert error.message.endswith((".", "?")), error.message
    assert error.next, f"{error.message} says nothing about what to do"
    assert says in error.message, error.message
    assert next_says in error.next, error.next


def unmet(error: Refused) -> set[str]:
    """The requirements that a refusal names."""
    return {r["requirement"] for r in error.requirements}
