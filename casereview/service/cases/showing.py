"""Looking at cases: lists, one case whole, why a move is blocked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from casereview.core.facts import Value
from casereview.core.identity import initials
from casereview.core.next_step import STEP_FACTS, stands_still, waits
from casereview.core.pathways import CLOSED_STAGES, STAGES
from casereview.core.state.case import CaseState
from casereview.errors import NotFound, Refused
from casereview.service import ids
from casereview.service.actions.action_rows import row_of
from casereview.service.cases.facts import facts_of_many
from casereview.service.cases.people import age_of, local_id_of
from casereview.service.desk import Desk, Rows
from casereview.service.near import nearest
from casereview.service.work import Work
from casereview.store import lookup
from casereview.store.facts import scope as scopes

LIST_FACTS = (
    "stage", "days_in_stage", "days_since_referral", "waiting_for", "open_actions",
    "overdue_actions", "next_action_due_on", "safeguarding", "decision", "planned_departure_on",
    "expected_end_on",
)  # fmt: skip


def list_cases(
    desk: Desk,
    *,
    team: str | None = None,
    worker: str | None = None,
    stage: str | None = None,
    only: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Rows:
    """Return cases as they stood on the day: open ones unless closed or all are asked for.

    `only` is overdue, no-next-action, waiting, decided, closed or all. For paging, `after` is the
    case number after which to go on and `limit` the most rows, None for all.

    Raises:
        NotFound: no such team or stage.
        Refused: no such filter.
    """
    if stage is not None and stage not in STAGES:
        near = nearest(stage, STAGES)
        raise NotFound(
            f"There is no stage {stage!r}.",
            next=f"Did you mean {near}?" if near else f"Stages: {', '.join(STAGES)}.",
        )
    if only is not None and only not in FILTERS:
        raise Refused(f"{only!r} is no filter.", code="bad_choice", next=", ".join(FILTERS))
    with desk.reading() as work:
        if team is not None:
            work.team(team)
        closed = only in ("closed", "all") or stage in CLOSED_STAGES
        scope = scopes.all_cases(team) if closed else scopes.open_cases(team)
        read = {*LIST_FACTS, *STEP_FACTS}
        found = facts_of_many(work.connection, desk.library, scope, read, desk.on)
        kept = [
            c for c, f in sorted(found.items())
            if c > after and _wanted(f, stage, only)
        ]  # fmt: skip
        held = lookup.key_workers(work.connection, kept, desk.on)
        if worker is not None:
            kept = [c for c in kept if held.get(c) == worker]
        kept = kept[:limit] if limit is not None else kept
        names = _people(work, kept)
        return [
            {
                "case": ids.out(ids.CASE, c), **names[c], "worker": held.get(c),
                **{n: found[c].get(n) for n in LIST_FACTS},
            }
            for c in kept
        ]  # fmt: skip


_KEEPS: dict[str, Callable[[dict[str, Value]], bool]] = {
    "closed": lambda f: f.get("stage") in CLOSED_STAGES,
    "overdue": lambda f: bool(f.get("overdue_actions")),
    "no-next-action": stands_still,
    "waiting": waits,
    "decided": lambda f: f.get("decision") == "agreed",
    "all": lambda _: True,
}
FILTERS = tuple(_KEEPS)


def _wanted(facts: dict[str, Value], stage: str | None, only: str | None) -> bool:
    if stage is not None and facts.get("stage") != stage:
        return False
    return only is None or _KEEPS[only](facts)


def _people(work: Work, cases: list[int]) -> dict[int, dict[str, Any]]:
    return {
        case: {
            "person": local_id, "team": team,
            "initials": "" if restricted else initials(name or ""),
        }
        for case, (team, local_id, name, restricted) in lookup.people_of(
            work.connection, cases
        ).items()
    }  # fmt: skip


def show(desk: Desk, case: str) -> Rows:
    """Return one case whole: stages, workers, facts, answers, actions, contacts, delays."""
    with desk.reading() as work:
        state = work.case(ids.number(ids.CASE, case))
        person = work.person(state.case.person_id)
        return [{
            "case": ids.out(ids.CASE, state.case.id),
            "person": local_id_of(person, state.case.team),
            "name": person.person.name,
            "age_band": age_of(person, desk.on),
            "team": state.case.team,
            "pathway": state.case.pathway,
            "stage": state.case.stage,
            "referred_on": state.case.referred_on,
            "first_referred_on": state.case.first_referred_on,
            "closed_on": state.case.closed_on,
            "exit": state.case.exit,
            "linked_case": ids.out(ids.CASE, state.case.linked_case_id),
            "link": state.case.link,
            "transfer_to": state.case.transfer_to,
            "key_worker": state.key_worker(desk.on),
            "stages": [{"stage": s.stage, "from_on": s.from_on, "before_on": s.before_on}
                       for s in state.spells],
            "facts": _facts(work, state, desk.on),
            "worries": [ids.out(ids.WORRY, w.id) for w in person.open_worries()],
            "decision": _decision(state),
            "answers": _answers(state),
            "actions": [row_of(a, s, desk.on) for a, s in state.actions.open()],
            "contacts": [{"on": c.on, "kind": c.kind, "attended": c.attended}
                         for c in state.contacts],
            "delays": [{"reason": d.reason, "from_on": d.from_on, "before_on": d.before_on}
                       for d in state.delays],
            "version": state.case.head,
        }]  # fmt: skip


def _facts(work: Work, state: CaseState, on: date) -> dict[str, Any]:
    catalogue = work.desk.library.catalogue
    names = [s.name for s in catalogue if s.settable]
    values = work.facts(state.case.id, names, on)
    return {n: v for n, v in values.items() if v is not None}


def _decision(state: CaseState) -> dict[str, Any] | None:
    live = state.decision()
    if live is None:
        return None
    return {
        "to": live.dest, "status": live.status, "proposed_on": live.proposed_on,
        "proposed_by": live.proposed_by, "effective_on": live.effective_on,
    }  # fmt: skip


def _answers(state: CaseState) -> list[dict[str, Any]]:
    return [
        {
            "pack": a.pack, "question": a.question, "value": a.value, "on": a.on,
            "by": a.said_by or a.by, "drafted": a.drafted,
        }
        for a in state.answers
        if a.before_on is None
    ]  # fmt: skip


def why(desk: Desk, case: str, *, move: str | None = None) -> Rows:
    """Return every requirement of a move: whether it holds, its facts, who can fix it, effort.

    Without a move it answers for the next stage forward.

    Raises:
        Refused: the pathway has no such move, or the case is closed.
    """
    with desk.reading() as work:
        state = work.case(ids.number(ids.CASE, case))
        pathway = desk.library.pathway(state.case.pathway)
        if not state.open:
            raise Refused(
                f"The case is closed ({state.case.stage}).",
                code="case_closed",
                next="Reopen it, or record a return.",
            )
        dest = move
        if dest is None:
            dest = pathway.next_stage(state.case.stage)
        found = work.why(state, dest, desk.on)
        rows = [{"move": f"{state.case.stage} to {dest}", **c.as_row()} for c in found.checks]
        return rows or [{
            "move": f"{state.case.stage} to {dest}", "requirement": "none", "holds": True,
            "sentence": "Nothing is required for this move.", "facts": [], "values": {},
            "missing": [], "fixer": "", "effort": "", "at": "", "in_smallest_set": False,
        }]  # fmt: skip


def unlock_sentence(desk: Desk, case: str, move: str) -> str:
    """Return the least that would open a move, in words."""
    with desk.reading() as work:
        state = work.case(ids.number(ids.CASE, case))
        return work.why(state, move, desk.on).least()
