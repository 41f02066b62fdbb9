"""One case whole, for reading: who and where it stands, facts with their age, its ways on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from casereview.core.facts import FactSpec, Value
from casereview.core.identity import initials
from casereview.core.lanes import LANE_FACTS
from casereview.core.pathways import CLOSED_STAGES, Pathway
from casereview.core.records import CaseFact, PersonFact
from casereview.core.state.case import CaseState
from casereview.core.state.person import PersonState
from casereview.service import ids
from casereview.service.actions.action_rows import row_of
from casereview.service.cases.case_words import CARD_FACTS, flags
from casereview.service.cases.people import age_of, local_id_of
from casereview.service.desk import Desk, Rows
from casereview.service.work import Work
from casereview.store import lookup


def case_head(desk: Desk, case: str) -> dict[str, Any]:
    """Return who a case is about and where it stands.

    Keys: case, person_id, version, initials, local_id, age_band, name, born_on, nhs_number,
    restricted, team, pathway, title, stage, open, referred_on, closed_on, exit, worker,
    days_in_stage, days_since_referral, expected_end_on, slip_days, flags, decision, transfer_to,
    linked_case, link, actions (open ones).

    Raises:
        NotFound: there is no such case.
    """
    with desk.reading() as work:
        state = work.case(ids.number(ids.CASE, case))
        person = work.person(state.case.person_id)
        facts = work.facts(state.case.id, {*CARD_FACTS, *LANE_FACTS}, desk.on)
        return {
            **_who(person, state.case.team, desk.on),
            **_place(work, state, facts),
            "flags": flags(facts, state, desk.on),
            "actions": [row_of(a, s, desk.on) for a, s in state.actions.open()],
        }


def _who(person: PersonState, team: str, on: date) -> dict[str, Any]:
    held = person.person
    return {
        "person_id": ids.out(ids.PERSON, held.id),
        "initials": initials(held.name or ""),
        "local_id": local_id_of(person, team),
        "age_band": age_of(person, on),
        "name": held.name,
        "born_on": held.born_on,
        "nhs_number": held.nhs_number,
        "restricted": held.restricted,
    }


def _place(work: Work, state: CaseState, facts: dict[str, Value]) -> dict[str, Any]:
    case, live = state.case, state.decision()
    days = "days_in_stage", "days_since_referral", "expected_end_on"
    return {
        "case": ids.out(ids.CASE, case.id),
        "version": case.head,
        "team": case.team,
        "pathway": case.pathway,
        "title": work.desk.library.pathway(case.pathway).title,
        "stage": case.stage,
        "open": state.open,
        "referred_on": case.referred_on,
        "closed_on": case.closed_on,
        "exit": case.exit,
        "worker": state.key_worker(work.desk.on),
        **{name: facts.get(name) for name in days},
        "slip_days": facts.get("expected_end_slippage"),
        "transfer_to": case.transfer_to if state.open else None,
        "linked_case": ids.out(ids.CASE, case.linked_case_id),
        "link": case.link,
        "decision": None
        if live is None
        else {"to": live.dest, "status": live.status, "effective_on": live.effective_on},
    }


# --- facts


def fact_rows(desk: Desk, case: str) -> Rows:
    """Return what is recorded about a case and its person, each with its age; then what is missing.

    Keys: fact, noun, of, value, since (the day it holds from), days (its age), missing (True for a
    fact that a way on reads and nobody has recorded), values (codes it may take).
    """
    with desk.reading() as work:
        state = work.case(ids.number(ids.CASE, case))
        person = work.person(state.case.person_id)
        since = _since([*state.facts, *person.facts], desk.on)
        library = work.desk.library
        specs = [s for s in library.catalogue if s.settable]
        read = _read_by_moves(work, library.pathway(state.case.pathway))
        values = work.facts(state.case.id, [s.name for s in specs], desk.on)
        rows = [
            _fact(s, values.get(s.name), since.get(s.name), desk.on)
            for s in specs
            if values.get(s.name) is not None or s.name in read
        ]
        return sorted(rows, key=lambda r: r["missing"])


def _since(held: Iterable[CaseFact | PersonFact], on: date) -> dict[str, date]:
    """Return since when each fact has been what it is: its last spell that holds on the day."""
    return {
        f.fact: f.from_on
        for f in sorted(held, key=lambda f: f.n)
        if f.from_on <= on and (f.before_on is None or f.before_on > on)
    }


def _fact(spec: FactSpec, value: Value, since: date | None, on: date) -> dict[str, Any]:
    known = value is not None
    return {
        "fact": spec.name,
        "noun": spec.noun or spec.name.replace("_", " "),
        "of": spec.of,
        "value": value,
        "since": since if known else None,
        "days": (on - since).days if known and since is not None else None,
        "missing": not known,
        "values": list(spec.values),
        "sentence": spec.sentence,
    }


def _read_by_moves(work: Work, pathway: Pathway) -> set[str]:
    condition_of = work.desk.library.condition
    return {
        name
        for move in pathway.moves
        for requirement in move.requires
        for name in condition_of(requirement.when).names
    }


# --- ways on


def ways_on(desk: Desk, case: str) -> Rows:
    """Return every way on from where a case stands: its moves, then offering or taking it back.

    Keys: way (move, leave, transfer, accept, decline, withdraw, reopen, return), dest, title, kind,
    left (requirements not met), checks (rows as `case why` prints them), least (the least that
    would open it, in words), exits (code and title of each way of leaving), may_override (True when
    the person at the desk has the role for it and no safeguarding guard is shut).
    """
    with desk.reading() as work:
        state = work.case(ids.number(ids.CASE, case))
        pathway = desk.library.pathway(state.case.pathway)
        if not state.open:
            return [
                _way("reopen", "reopen", "It ended by mistake: open it again, with a reason"),
                _way("return", "return", "The person has come back: open a new, linked case"),
            ]
        rows = [
            _move(work, state, pathway, m.dest, m.kind, m.title)
            for m in pathway.moves_from(state.case.stage)
            if m.kind != "reopen"
        ]
        if state.case.transfer_to is not None:
            to = state.case.transfer_to
            words = f"Take it over for {to}: a linked case opens there"
            return [
                *rows,
                _way("accept", "accept", words),
                _way("decline", "decline", f"Decline it for {to}, with a reason: it stays here"),
                _way("withdraw", "withdraw", f"Take back the offer to {to}, with a reason"),
            ]
        others = [t for t in lookup.team_numbers(work.connection) if t != state.case.team]
        offer = _way("transfer", "transfer", "Offer it to another team; it stays here meanwhile")
        return [*rows, {**offer, "exits": [(t, t) for t in others]}] if others else rows


def _way(way: str, dest: str, title: str) -> dict[str, Any]:
    return {
        "way": way, "dest": dest, "title": title, "kind": way, "left": 0, "checks": [],
        "least": "", "exits": [], "may_override": False,
    }  # fmt: skip


def _move(
    work: Work, state: CaseState, pathway: Pathway, dest: str, kind: str, title: str
) -> dict[str, Any]:
    why = work.why(state, dest, work.desk.on)
    unmet = why.unmet()
    speaker = work.desk.said_by or work.desk.actor
    role = work.user(speaker).user.role
    leaving = dest == "left"
    return {
        "way": "leave" if leaving else "move",
        "dest": dest,
        "title": title or f"{state.case.stage} to {dest}",
        "kind": kind,
        "ends": dest in CLOSED_STAGES,
        "left": len(unmet),
        "checks": [c.as_row() for c in why.checks],
        "least": why.least(),
        "exits": [(e.code, e.title) for e in pathway.exits] if leaving else [],
        "may_override": bool(unmet)
        and role in pathway.override_roles
        and not any(c.requirement.guards for c in unmet),
    }
