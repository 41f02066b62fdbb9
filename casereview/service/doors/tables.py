"""The tables of an export: what was asked for, and the rows of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from casereview.errors import Refused
from casereview.exchange.out.allowed import EXACT, Allowed
from casereview.exchange.out.rows import Maker
from casereview.service.cases.facts import facts_of_many
from casereview.service.doors.sources import Sources
from casereview.service.work import Work
from casereview.store import journal
from casereview.store.facts import scope as scopes


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted.

    Attributes:
        what: one of TABLES, or fhir or xes.
        team: code of the one team, None for all.
        identifiable: True shows who people are.
        purpose: why it is made; an identifiable file needs one.
        key: key file of the pseudonyms, None for this installation's own.
        facts: further facts of cases.
    """

    what: str
    team: str | None = None
    identifiable: bool = False
    purpose: str = ""
    key: Path | None = None
    facts: tuple[str, ...] = ()


def _cases(work: Work, sources: Sources, maker: Maker, order: Order) -> Iterator[dict[str, Any]]:
    _refuse_facts(sources.allowed, order.facts)
    facts: Mapping[int, Mapping[str, Any]] = {}
    if order.facts:
        scope = scopes.all_cases(order.team)
        facts = facts_of_many(work.connection, work.desk.library, scope, order.facts, work.desk.on)
    for j in sources.journeys():
        found = facts.get(j.case.case.id, {})
        yield maker.case(j.case, j.person, {name: found.get(name) for name in order.facts})


def _refuse_facts(allowed: Allowed, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in allowed.catalogue:
            near = allowed.catalogue.nearest(name)
            raise Refused(
                f"There is no fact {name!r}.",
                code="no_such_fact",
                next=f"Did you mean {near}?" if near else "See `rules facts`.",
            )
        if name in EXACT and not allowed.free:
            raise Refused(
                f"The fact {name} leaves in a pseudonymised file only as a band.",
                code="too_exact",
                next="Leave it out: every row has age_band.",
            )
        if allowed.fact(name) is None:
            raise Refused(
                f"The fact {name} is free text, which never leaves in a pseudonymised file.",
                code="free_text",
                next="Leave it out.",
            )


def _events(_w: Work, sources: Sources, maker: Maker, _o: Order) -> Iterator[dict[str, Any]]:
    for j in sources.journeys():
        for event in j.events:
            yield maker.event(event, j.case.case.person_id)


def _actions(_w: Work, sources: Sources, maker: Maker, _o: Order) -> Iterator[dict[str, Any]]:
    return (maker.action(*found) for found in sources.actions())


def _reviews(_w: Work, sources: Sources, maker: Maker, _o: Order) -> Iterator[dict[str, Any]]:
    return (maker.review(state) for state in sources.reviews())


def _answers(_w: Work, sources: Sources, maker: Maker, _o: Order) -> Iterator[dict[str, Any]]:
    for j in sources.journeys():
        yield from maker.answers(j.case)


def _journal(work: Work, _s: Sources, maker: Maker, order: Order) -> Iterator[dict[str, Any]]:
    as_of = work.desk.as_of
    entries = journal.iterate(work.connection)
    kept = (e for e in entries if as_of is None or e.occurred_on <= as_of)
    return maker.journal(kept, order.team)


ROWS: Mapping[str, Callable[[Work, Sources, Maker, Order], Iterator[dict[str, Any]]]] = (
    MappingProxyType({
        "cases": _cases, "events": _events, "actions": _actions, "reviews": _reviews,
        "answers": _answers, "journal": _journal,
    })
)  # fmt: skip
