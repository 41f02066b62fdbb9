"""Making an agenda: every case of a team with its lane, simplest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from casereview.core import requirements
from casereview.core.facts import Facts
from casereview.core.lanes import LANE_FACTS, ON_PLAN_FACTS, Candidate, Placed, arrange, plain
from casereview.core.packs import Pack
from casereview.core.pathways import Pathway
from casereview.core.state.review import ReviewState
from casereview.packs.library import Library
from casereview.packs.pack_file import takes_over
from casereview.service import ids
from casereview.service.cases.facts import facts_of_many
from casereview.service.cases.unlocks import Unlocks
from casereview.service.work import Work
from casereview.store import lookup, watching
from casereview.store.facts import scope as scopes


def goal_of(pack: Pack) -> str | None:
    """Return the stage that the pack's proposals lead to, None for the next stage of each case."""
    return pack.proposals[0].proposes if pack.proposals else None


def candidates(
    work: Work,
    pack: Pack,
    team: str,
    on: date,
    *,
    only: Iterable[int] | None = None,
    unlocking: bool = True,
) -> list[Candidate]:
    """Return the open cases of a team to which a pack applies, with what lanes need to know.

    Of a pack about taking over also those that other teams offer to this one.

    Without `unlocking` they hold only what tells whether a case is on plan.
    """
    library = work.desk.library
    unlocks = Unlocks(library, library.pathway(work.team(team).team.pathway), goal_of(pack), on)
    needed = LANE_FACTS | unlocks.names if unlocking else ON_PLAN_FACTS
    applies = library.condition(pack.applies, pack) if pack.applies else None
    names = needed | set(pack.watched) | (applies.names if applies else set())
    scope = scopes.open_cases(team) if only is None else scopes.case_ids(sorted(only))
    found = facts_of_many(work.connection, library, scope, names, on)
    if only is None and (offered := offered_to(work, pack, team)):
        taken_over = scopes.case_ids(sorted(offered))
        found |= facts_of_many(work.connection, library, taken_over, names, on)
    last = last_review(work, pack.id, team)
    one = next(iter(found)) if only is not None and len(found) == 1 else None
    before = lookup.frozen_facts(work.connection, last, case=one) if last is not None else {}
    marks = lookup.marks_of(work.connection, last, case=one) if last is not None else {}
    answered = _answered_then(work, pack, last, [c for c in found if c in before])
    result = []
    for case_id, facts in found.items():
        if applies is not None and applies.evaluate(facts) is not True:
            continue
        steps, effort = unlocks.of(facts) if unlocking else (None, None)
        mark = marks.get(case_id, "")
        known = before.get(case_id) if mark in ("discussed", "confirmed") else None
        if known is not None:
            known = {**known, **answered.get(case_id, {})}
        result.append(Candidate(case_id, facts, steps, effort, known, mark))
    return result


def offered_to(work: Work, pack: Pack, team: str) -> frozenset[int]:
    """Return the cases offered to a team, where a pack is about taking over; else none."""
    return frozenset(watching.cases_offered_to(work.connection, team) if takes_over(pack) else ())


def _answered_then(
    work: Work, pack: Pack, last: int | None, cases: list[int]
) -> Mapping[int, Mapping[str, Any]]:
    """Return, as they stood after the last review, the watched facts that its own answers set.

    What a review finds out is no change since: only what differs from its end is.
    """
    questions = (*pack.questions, *pack.waiting_questions)
    outcomes = [
        o for q in questions for o in (q.otherwise, q.unknown, *(x.outcome for x in q.options))
    ]
    names = {q.sets for q in questions} | {n for o in outcomes if o is not None for n in o.sets}
    names &= set(pack.watched)
    if last is None or not names or not cases:
        return {}
    on = work.review(last).review.on
    scope = scopes.case_ids(cases)
    found = facts_of_many(work.connection, work.desk.library, scope, names, on)
    return {case: {n: plain(v) for n, v in facts.items()} for case, facts in found.items()}


def last_review(work: Work, pack: str, team: str) -> int | None:
    """Return the last closed review of a pack by a team, None when there is none."""
    return lookup.last_closed_review(work.connection, team, pack)


def make(
    work: Work, pack: Pack, team: str, on: date, *, seed: str, worker: str | None = None
) -> list[Placed]:
    """Return the agenda of a team for a pack on a day.

    `worker` keeps the cases of one key worker: the slices of a first meeting.
    """
    found = candidates(work, pack, team, on)
    if worker is not None:
        held = lookup.key_workers(work.connection, [c.case for c in found], on)
        found = [c for c in found if held.get(c.case) == worker]
    return arrange(pack, found, on=on, seed=seed)


def blockers(
    library: Library, pathway: Pathway, stage: str, facts: Facts, goal: str | None
) -> list[str]:
    """Return the ids of the unmet requirements of a case's next move."""
    move = pathway.way_on(stage, goal)
    if move is None:
        return []
    return [r.id for r in move.requires if library.condition(r.when).evaluate(facts) is not True]


def one_step(work: Work, state: ReviewState) -> list[str]:
    """Return the cases whose completion lacks one requirement only, none that is agreed already."""
    library = work.desk.library
    pathway = work.pathway(work.team(state.review.team))
    moves = {m.source: m for m in pathway.moves if m.dest == "complete"}
    names = {n for m in moves.values() for n in requirements.facts_read(m, library.condition)}
    scope = scopes.case_ids([i.case_id for i in state.agenda])
    known = facts_of_many(work.connection, library, scope, names, state.review.on)
    found = []
    for item in state.agenda:
        case = work.case(item.case_id)
        move = moves.get(case.case.stage)
        if move is None or not case.open or item.case_id not in known:
            continue
        live = case.decision()
        if live is not None and live.status == "agreed":
            continue  # It stands under the decisions; what is left is to leave.
        facts = known[item.case_id]
        unmet = [r for r in move.requires if library.condition(r.when).evaluate(facts) is not True]
        if len(unmet) <= 1:
            found.append(str(ids.out(ids.CASE, item.case_id)))
    return found


def names_read(library: Library, pathway: Pathway) -> frozenset[str]:
    """Return every fact that any move of a pathway reads."""
    names: set[str] = set()
    for move in pathway.moves:
        names |= requirements.facts_read(move, library.condition)
    return frozenset(names)
