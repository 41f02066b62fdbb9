"""Making an agenda: every case of a team with its lane, simplest first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from casereview.core import requirements
from casereview.core.conditions import Condition, unlock
from casereview.core.facts import Facts
from casereview.core.lanes import LANE_FACTS, Candidate, Placed, arrange
from casereview.core.packs import Pack
from casereview.core.pathways import Move, Pathway
from casereview.packs.library import Library
from casereview.service.facts import facts_of_many
from casereview.service.work import Work
from casereview.store.facts import scope as scopes
from casereview.store.rows import (
    AgendaItemRow,
    AllocationRow,
    AnswerRow,
    MarkRow,
    ReviewRow,
)


class Unlocks:
    """Steps and effort to a case's next move; cases with the same facts are worked out once."""

    def __init__(self, library: Library, pathway: Pathway, goal: str | None, on: date) -> None:
        self.library = library
        self.on = on
        self._moves: dict[str, Move | None] = {
            stage: self._next(pathway, stage, goal) for stage in ("assess", "stabilise", "recover")
        }
        self._conditions: dict[str, list[Condition]] = {
            stage: [library.condition(r.when) for r in move.requires] if move else []
            for stage, move in self._moves.items()
        }
        self._names = {
            stage: tuple(sorted({n for c in conditions for n in c.names}))
            for stage, conditions in self._conditions.items()
        }
        self._memo: dict[tuple[Any, ...], tuple[int | None, int | None]] = {}

    @staticmethod
    def _next(pathway: Pathway, stage: str, goal: str | None) -> Move | None:
        moves = pathway.moves_from(stage)
        if goal is not None:
            return next((m for m in moves if m.dest == goal), None)
        return next((m for m in moves if m.kind == "forward"), None)

    @property
    def names(self) -> frozenset[str]:
        """Return every fact that the next moves read."""
        return frozenset(n for names in self._names.values() for n in names)

    def of(self, facts: Facts) -> tuple[int | None, int | None]:
        """Return (steps, effort) of a case, (None, None) when nothing unlocks its next move."""
        stage = str(facts.get("stage"))
        names = self._names.get(stage, ())
        key = (stage, *(facts.get(n) for n in names))
        if key not in self._memo:
            self._memo[key] = self._work_out(stage, facts)
        return self._memo[key]

    def _work_out(self, stage: str, facts: Facts) -> tuple[int | None, int | None]:
        conditions = self._conditions.get(stage, [])
        if self._moves.get(stage) is None:
            return None, None
        unmet = [c for c in conditions if c.evaluate(facts) is not True]
        if not unmet:
            return 0, 0
        least = unlock(conditions, facts, self.library.catalogue, on=self.on)
        return (len(least.changes), least.cost) if least.possible else (None, None)


def goal_of(pack: Pack) -> str | None:
    """Return the stage that the pack's proposals lead to, None for the next stage of each case."""
    return pack.proposals[0].proposes if pack.proposals else None


def candidates(
    work: Work, pack: Pack, team: str, on: date, *, only: Iterable[int] | None = None
) -> list[Candidate]:
    """Return the open cases of a team to which a pack applies, with what lanes need to know."""
    library = work.desk.library
    unlocks = Unlocks(library, library.pathway(work.team(team).team.pathway), goal_of(pack), on)
    applies = library.condition(pack.applies, pack) if pack.applies else None
    names = LANE_FACTS | set(pack.watched) | unlocks.names | (applies.names if applies else set())
    scope = scopes.open_cases(team) if only is None else scopes.case_ids(sorted(only))
    found = facts_of_many(work.connection, library, scope, names, on)
    last = last_review(work, pack.id, team)
    before = frozen_facts(work, last) if last is not None else {}
    marks = last_marks(work, last) if last is not None else {}
    result = []
    for case_id, facts in found.items():
        if applies is not None and applies.evaluate(facts) is not True:
            continue
        steps, effort = unlocks.of(facts)
        mark = marks.get(case_id, "")
        known = before.get(case_id) if mark in ("discussed", "confirmed") else None
        result.append(Candidate(case_id, facts, steps, effort, known, mark))
    return result


def last_review(work: Work, pack: str, team: str) -> int | None:
    """Return the last closed review of a pack by a team, None when there is none."""
    row = work.connection.execute(
        select(ReviewRow.id)  # type: ignore[call-overload] # SQLModel columns
        .where(ReviewRow.pack == pack, ReviewRow.team == team, ReviewRow.status == "closed")
        .order_by(ReviewRow.on.desc(), ReviewRow.id.desc())  # type: ignore[attr-defined, union-attr]
        .limit(1)
    ).first()
    return row[0] if row else None


def frozen_facts(work: Work, review: int) -> Mapping[int, dict[str, Any]]:
    """Return the facts that were frozen on an agenda, by case."""
    rows = work.connection.execute(
        select(AgendaItemRow.case_id, AgendaItemRow.facts).where(AgendaItemRow.review_id == review)  # type: ignore[call-overload] # SQLModel columns
    ).all()
    return {case_id: json.loads(facts) for case_id, facts in rows}


def last_marks(work: Work, review: int) -> Mapping[int, str]:
    """Return what a review did with each case."""
    rows = work.connection.execute(
        select(MarkRow.case_id, MarkRow.kind)  # type: ignore[call-overload] # SQLModel columns
        .where(MarkRow.review_id == review)
        .order_by(MarkRow.n)
    ).all()
    return dict(rows)  # type: ignore[arg-type] # rows of two


def workers(work: Work, cases: Sequence[int], on: date) -> Mapping[int, str]:
    """Return the key worker of each case that has one at the end of a day."""
    if not cases:
        return {}
    wanted = set(cases)
    rows = work.connection.execute(
        select(AllocationRow.case_id, AllocationRow.login)  # type: ignore[call-overload] # SQLModel columns
        .where(
            AllocationRow.role == "key-worker",
            AllocationRow.from_on <= on,
            (AllocationRow.before_on.is_(None)) | (AllocationRow.before_on > on),  # type: ignore[union-attr, operator]
        )
        .order_by(AllocationRow.n)
    ).all()
    return {case: login for case, login in rows if case in wanted}


def make(
    work: Work, pack: Pack, team: str, on: date, *, seed: str, worker: str | None = None
) -> list[Placed]:
    """Return the agenda of a team for a pack on a day.

    `worker` keeps the cases of one key worker: the slices of a first meeting.
    """
    found = candidates(work, pack, team, on)
    if worker is not None:
        held = workers(work, [c.case for c in found], on)
        found = [c for c in found if held.get(c.case) == worker]
    return arrange(pack, found, on=on, seed=seed)


def answered_in(work: Work, review: int) -> Mapping[int, set[str]]:
    """Return the questions with an undrafted answer in a review, by case."""
    rows = work.connection.execute(
        select(AnswerRow.case_id, AnswerRow.question).where(  # type: ignore[call-overload] # SQLModel columns
            AnswerRow.review_id == review,
            AnswerRow.drafted == False,  # noqa: E712 - a column, not a value
        )
    ).all()
    found: dict[int, set[str]] = {}
    for case_id, question in rows:
        found.setdefault(case_id, set()).add(question)
    return found


def blockers(
    library: Library, pathway: Pathway, stage: str, facts: Facts, goal: str | None
) -> list[str]:
    """Return the ids of the unmet requirements of a case's next move."""
    moves = pathway.moves_from(stage)
    move = next((m for m in moves if (m.dest == goal if goal else m.kind == "forward")), None)
    if move is None:
        return []
    return [r.id for r in move.requires if library.condition(r.when).evaluate(facts) is not True]


def names_read(library: Library, pathway: Pathway) -> frozenset[str]:
    """Return every fact that any move of a pathway reads."""
    names: set[str] = set()
    for move in pathway.moves:
        names |= requirements.facts_read(move, library.condition)
    return frozenset(names)
