"""What every random history does with its hands: a store, a day, a command, an expectation."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from casereview.errors import Refused
from casereview.packs.library import Library
from casereview.service.desk import Desk, Rows
from casereview.service.organisation import setup
from casereview.service.reviews import reviewing
from casereview.store.opening import Store, open_store
from tests.storms.model import Case, Model

FIRST = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
USERS = ("ann", "bob", "cat")
TEAMS = ("W1", "W2", "K1")
PEOPLE = tuple(f"P{n}" for n in range(1, 7))
PICK = st.integers(0, 1_000)
WHO = st.sampled_from(USERS)


class Hands(RuleBasedStateMachine):
    """A store of its own for each history, and the model beside it.

    `prepare` is called once before any history; it makes the store that each one copies.
    """

    library: ClassVar[Library]
    blank: ClassVar[Path]
    admin: ClassVar[str]

    @classmethod
    def prepare(cls, folder: Path, library: Library) -> None:
        cls.library, cls.blank = library, folder / "blank.db"
        made = setup.create(cls.blank, library=library, now=AT, rehearsal=True)
        cls.admin = str(made[0]["administrator"])

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.folder = Path(tempfile.mkdtemp(prefix="history-"))
        self.place = self.folder / "team.db"
        shutil.copy2(self.blank, self.place)
        self.store: Store = open_store(self.place)
        self.day = 0
        self.last: tuple[Desk, Callable[[Desk], Rows]] | None = None

    @property
    def today(self) -> date:
        return FIRST + timedelta(days=self.day)

    def desk(self, who: str) -> Desk:
        on = self.today
        now = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        return Desk(store=self.store, library=self.library, now=now, actor=who)

    def run(self, who: str, wanted: str | None, call: Callable[[Desk], Rows]) -> Rows | None:
        """Run a command and hold the engine to what the model expects of it."""
        desk = self.desk(who)
        try:
            rows = call(desk)
        except Refused as error:
            if error.code == wanted:
                return None
            raise AssertionError(f"expected {wanted}, refused {error.code}: {error}") from error
        assert wanted is None, f"expected a refusal {wanted}, got {rows}"
        self.last = (desk, call)
        return rows

    def case(self, pick: int) -> Case:
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

    def reviewed(self, pick: int, team: str) -> Case:
        """Return a case to look at in a review, most often one that belongs there."""
        held = [c for c in self.model.cases.values() if c.team == team and c.open]
        return held[pick % len(held)] if held and pick % 10 else self.case(pick)

    def in_review(self, case: Case, team: str) -> str | None:
        """Return why a review of a team does not look at a case."""
        if not case.open:
            return "case_closed"
        return None if case.team == team else "not_on_agenda"
