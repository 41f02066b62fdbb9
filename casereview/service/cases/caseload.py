"""The caseload as a list: one page of it, and what it can be narrowed by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from casereview.core.identity import age_shown, initials
from casereview.core.lanes import LANE_WORDS
from casereview.core.next_step import stands_still
from casereview.core.pathways import STAGES
from casereview.errors import NotFound, Refused
from casereview.service import ids
from casereview.service.cases.facts import facts_of_many
from casereview.service.desk import Desk
from casereview.service.home import my_teams
from casereview.service.near import nearest
from casereview.service.work import Work
from casereview.store import caseload_page, lookup
from casereview.store.caseload_page import ONLY, SORTS, Wanted
from casereview.store.facts import scope as scopes

__all__ = ["ONLY", "SORTS", "Wanted", "caseload", "choices", "named"]

SHOWN_FACTS = (
    "stage", "days_in_stage", "days_since_referral", "waiting_for", "open_actions",
    "parked_actions", "overdue_actions", "days_most_overdue", "next_action_due_on", "leeches",
    "safeguarding", "decision", "planned_departure_on", "expected_end_on",
    "days_past_expected_end", "delay_reason",
)  # fmt: skip
MOST = 500


def caseload(desk: Desk, wanted: Wanted, *, offset: int = 0, limit: int = 40) -> dict[str, Any]:
    """Return one page of a caseload: rows, how many in all (`total`), where it starts (`offset`).

    Past the end it gives the last page. Without teams it is about those of the person at the desk.

    Raises:
        NotFound: no such team, stage or lane.
        Refused: no such filter or order, or more than 500 rows at once.
    """
    _check(wanted, limit)
    with desk.reading() as work:
        for team in wanted.teams:
            work.team(team)
        asked = wanted if wanted.teams else replace(wanted, teams=tuple(my_teams(work)))
        if not asked.teams:
            return {"rows": [], "total": 0, "offset": 0}
        start = max(0, offset)
        found, total = caseload_page.page(
            work.connection, asked, on=desk.on, offset=start, limit=limit
        )
        if not found and start:
            start, total = _last_page(work, asked, limit)
            found, _ = caseload_page.page(
                work.connection, asked, on=desk.on, offset=start, limit=limit
            )
        return {"rows": _rows(work, found), "total": total, "offset": start}


def _check(wanted: Wanted, limit: int) -> None:
    for value, known, what in (
        (wanted.stage, STAGES, "stage"), (wanted.lane, tuple(LANE_WORDS), "lane"),
    ):  # fmt: skip
        if value is not None and value not in known:
            near = nearest(value, known)
            raise NotFound(
                f"There is no {what} {value!r}.",
                next=f"Did you mean {near}?" if near else f"There are {', '.join(known)}.",
            )
    for word, names, what in ((wanted.only, ONLY, "filter"), (wanted.sort, SORTS, "order")):
        if word is not None and word not in names:
            raise Refused(f"{word!r} is no {what}.", code="bad_choice", next=", ".join(names))
    if not 0 < limit <= MOST:
        raise Refused(f"A page has 1 to {MOST} rows.", code="bad_choice", next="Ask for fewer.")


def _last_page(work: Work, asked: Wanted, limit: int) -> tuple[int, int]:
    _, total = caseload_page.page(work.connection, asked, on=work.desk.on, offset=0, limit=1)
    return max(0, (total - 1) // limit * limit), total


def _rows(work: Work, cases: Sequence[int]) -> list[dict[str, Any]]:
    on, library = work.desk.on, work.desk.library
    facts = facts_of_many(work.connection, library, scopes.case_ids(cases), SHOWN_FACTS, on)
    workers = lookup.key_workers(work.connection, cases, on)
    lanes = caseload_page.lanes_of(work.connection, cases, on)
    people = _people(work, cases)
    return [
        {
            **people[c],
            "worker": workers.get(c),
            "lane": lanes.get(c),
            "lane_words": LANE_WORDS.get(lanes.get(c, ""), ""),
            **held,
            "stands_still": stands_still(held),
        }
        for c in cases
        for held in (facts.get(c, dict.fromkeys(SHOWN_FACTS)),)
    ]


def _people(work: Work, cases: Sequence[int]) -> dict[int, dict[str, Any]]:
    on = work.desk.on
    found = caseload_page.people_of(work.connection, cases)
    unknown = [p for p, _, _, _, _, born in found.values() if born is None]
    expected = caseload_page.expected_births(work.connection, unknown)
    return {
        case: {
            "case": ids.out(ids.CASE, case),
            "person_id": ids.out(ids.PERSON, person),
            "team": team,
            "local_id": local_id,
            "initials": initials(name or ""),
            "age_band": age_shown(born, expected.get(person), on),
            "name": name,
            "restricted": restricted,
        }
        for case, (person, team, local_id, name, restricted, born) in found.items()
    }


def named(desk: Desk, cases: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return who cases are about, by case: names for a shared screen and when names are shown."""
    wanted = sorted({ids.number(ids.CASE, c) for c in cases})
    with desk.reading() as work:
        return {row["case"]: row for row in _people(work, wanted).values()}


def choices(desk: Desk) -> dict[str, list[str]]:
    """Return what a caseload can be narrowed by: teams, workers, stages, lanes."""
    with desk.reading() as work:
        mine = my_teams(work)
        return {
            "teams": mine,
            "workers": caseload_page.workers_of(work.connection, mine, desk.on),
            "stages": list(STAGES),
            "lanes": list(LANE_WORDS),
        }
