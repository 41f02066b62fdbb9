"""Random histories: power cuts, retries, and what must hold after every step and at the end."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import Any

from hypothesis.stateful import invariant, rule
from sqlalchemy import Connection

from casereview.service.checking import doctor, verify
from casereview.store.opening import open_store
from casereview.store.rebuild import expected_rows
from tests.storms.machine_reviews import ReviewRules

WORK = (
    "SELECT a.case_id, i.local_id, a.cause FROM actions a LEFT JOIN person_ids i"
    " ON i.person_id = a.person_id WHERE a.closed_on IS NULL"
)
LEFT_A_CLOSED_STAGE = (
    "SELECT a.case_id FROM stage_spells a JOIN stage_spells b ON b.case_id = a.case_id"
    " AND b.n = (SELECT min(n) FROM stage_spells x WHERE x.case_id = a.case_id AND x.n > a.n)"
    " WHERE a.stage IN ('complete', 'left') AND b.move <> 'reopen'"
)


class Histories(ReviewRules):
    """The whole machine: every rule of the bases, and what is held against the model."""

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

    @invariant()
    def stores_what_the_model_says(self) -> None:
        if not self.model.people:
            return
        with self.store.read() as conn:
            ask = conn.exec_driver_sql
            stages = {r[0]: (r[1], r[2]) for r in ask("SELECT id, team, stage FROM cases")}
            work = _work(conn)
            worries = {r[0] for r in ask("SELECT id FROM worries WHERE closed_on IS NULL")}
            live = ask("SELECT case_id, status FROM decisions WHERE ended_on IS NULL")
            decided = {r[0]: r[1] for r in live}
            wrong = ask(LEFT_A_CLOSED_STAGE).all()
        held = self.model
        assert stages == {c.id: (c.team, c.stage) for c in held.cases.values()}
        assert work == self._expected_work(), (work, self._expected_work())
        assert worries == {w for p in held.people.values() for w in p.worries}
        assert decided == {c.id: c.decision for c in held.cases.values() if c.decision}
        assert wrong == [], "a closed case moved otherwise than by reopening"
        closed = [k for k in work if k[0] == "case" and not held.cases[k[1]].open]
        assert closed == [], "a closed case has an open action"

    def _expected_work(self) -> Counter[tuple[str, Any, str]]:
        found: Counter[tuple[str, Any, str]] = Counter()
        for case in self.model.cases.values():
            found.update({("case", case.id, k): n for k, n in case.actions.items() if n})
        for person in self.model.people.values():
            found.update({("person", person.id, k): n for k, n in person.actions.items() if n})
        return found

    def teardown(self) -> None:
        try:
            desk = self.desk(self.admin)
            for rows in (verify(desk), doctor(desk)):
                assert [r for r in rows if not r["ok"]] == []
            assert self.replayed() == self.replayed()
        finally:
            self.store.close()
            shutil.rmtree(self.folder)

    def replayed(self) -> bytes:
        """Return every row that the journal adds up to, as bytes."""
        parts: list[Any] = []
        with self.store.read() as conn:
            for kind in ("person", "case", "review", "team", "user"):
                ids = conn.exec_driver_sql(
                    "SELECT DISTINCT stream_id FROM entries WHERE stream_kind = ? ORDER BY 1",
                    (kind,),
                ).scalars()
                rows = expected_rows(conn, kind, list(ids))
                parts += [(*place, row) for place, (_, row) in rows.items()]
        return "\n".join(sorted(map(repr, parts))).encode()


def _work(conn: Connection) -> Counter[tuple[str, Any, str]]:
    """Count the open actions of the store by stream and cause."""
    found: Counter[tuple[str, Any, str]] = Counter()
    for case, person, cause in conn.exec_driver_sql(WORK):
        found["case" if case is not None else "person", case or person, cause] += 1
    return found
