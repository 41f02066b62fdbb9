"""What is there when somebody sits down: meetings, their actions, worries, each team's cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casereview.core.facts import Value
from casereview.core.identity import initials
from casereview.core.next_step import stands_still, waits
from casereview.core.records import Worry
from casereview.packs.pack_file import is_met_about
from casereview.service import ids
from casereview.service.actions.action_rows import row_of
from casereview.service.cases.facts import facts_of_many
from casereview.service.cases.people import local_id_of
from casereview.service.desk import Desk, Rows
from casereview.service.organisation.calendar import meeting_days, next_meeting
from casereview.service.work import Work
from casereview.store import lookup, watching
from casereview.store.facts import scope as scopes

HEALTH_FACTS = (
    "stage", "waiting_for", "overdue_actions", "open_actions", "parked_actions", "leeches",
    "safeguarding", "decision",
)  # fmt: skip


def home_view(desk: Desk) -> dict[str, Any]:
    """Return what is due today for the person at the desk, and how many cases each team has.

    Keys: login, today, rehearsal, teams (codes that are theirs), meetings, actions, worries,
    offers (cases that other teams offered to theirs), cases.
    """
    with desk.reading() as work:
        mine = my_teams(work)
        return {
            "login": desk.actor,
            "today": desk.today,
            "rehearsal": desk.rehearsal,
            "teams": mine,
            "meetings": [m for team in mine for m in _meetings(work, team)],
            "actions": _actions(work),
            "worries": worries(work),
            "offers": [row for team in mine for row in _offers(work, team)],
            "cases": sum(len(lookup.open_cases_of_team(work.connection, t)) for t in mine),
        }


def my_teams(work: Work) -> list[str]:
    """Return the teams of the person at the desk; somebody of no team sees every team."""
    held = work.user(work.desk.actor).teams(work.desk.today)
    return sorted(held) if held else sorted(lookup.team_numbers(work.connection))


def _meetings(work: Work, team: str) -> Rows:
    """Return a team's meetings of today, and those of earlier days that are still open."""
    desk = work.desk
    state = work.team(team)
    held = lookup.reviews(work.connection, team=team)
    rows: Rows = [
        _meeting(team, desk.library.pack(r["pack"]).title, r)
        for r in held
        if r["status"] == "open" or r["on"] == desk.today
    ]
    known = {r["pack"] for r in held if r["status"] == "open" or r["on"] == desk.today}
    for pack in desk.library.packs_for(state.team.pathway):
        if not is_met_about(pack) or pack.id in known:
            continue
        if not _meets(work, team, pack.id):
            continue
        rows.append({
            "team": team, "pack": pack.id, "title": pack.title, "review": None, "on": desk.today,
            "status": "due", "chair": None,
        })  # fmt: skip
    order = {"open": 0, "due": 1, "closed": 2, "abandoned": 3}
    return sorted(rows, key=lambda r: (order[r["status"]], r["title"]))


def _meets(work: Work, team: str, pack: str) -> bool:
    desk = work.desk
    days = meeting_days(desk.library, work.team(team), pack, desk.today)
    return days.is_meeting(desk.today)


def _meeting(team: str, title: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "team": team, "pack": row["pack"], "title": title, "status": row["status"],
        "review": ids.out(ids.REVIEW, row["id"]), "on": row["on"], "chair": row["chair"],
    }  # fmt: skip


def meetings_ahead(desk: Desk) -> Rows:
    """Return the next meeting of each pack of each of the person's teams, soonest first."""
    with desk.reading() as work:
        rows: Rows = []
        for team in my_teams(work):
            state = work.team(team)
            for pack in desk.library.packs_for(state.team.pathway):
                days = meeting_days(desk.library, state, pack.id, desk.today)
                if is_met_about(pack) and (days.weekdays or days.changes):
                    on = next_meeting(desk.library, state, pack.id, desk.today)
                    rows.append({"team": team, "pack": pack.id, "title": pack.title, "on": on})
        return sorted(rows, key=lambda r: (r["on"], r["team"], r["title"]))


def _actions(work: Work) -> dict[str, Any]:
    """Return how many open actions are the person's: due by today, overdue, leeches, to accept."""
    today = work.desk.today
    held = lookup.actions_on(work.connection, today, owner=work.desk.actor)
    rows = [(action, row_of(action, spell, today)) for action, spell in held]
    mine = [(a, r) for a, r in rows if r["status"] == "open"]
    due = [r for _, r in mine if r["due_on"] is not None and r["due_on"] <= today]
    return {
        "open": len(mine),
        "due": len(due),
        "overdue": sum(r["overdue"] for r in due),
        "leeches": sum(r["leech"] for _, r in mine),
        "to_accept": sum(a.needs_owner_accept for a, _ in mine),
        "first": due[0] if due else None,
    }


def _offers(work: Work, team: str) -> Rows:
    """Return the cases that other teams offered to a team, the one that waits longest first."""
    held = [work.case(n).case for n in watching.cases_offered_to(work.connection, team)]
    return [
        {"case": ids.out(ids.CASE, c.id), "team": c.team, "to": team, "on": c.transfer_on}
        for c in held
    ]


def worries(work: Work) -> Rows:
    """Return the open safeguarding worries of the person's teams, the first to act on first."""
    mine = set(my_teams(work))
    rows: Rows = []
    for worry in watching.open_worries(work.connection):
        row = worry_row(work, worry)
        if row["team"] in (None, *mine) or worry.owner == work.desk.actor:
            rows.append(row)
    return rows


def worry_row(work: Work, worry: Worry) -> dict[str, Any]:
    """Return an open worry with whom it is about and the team whose it is, None for no team."""
    person = work.person(worry.person_id)
    cases = lookup.cases_of(work.connection, [worry.person_id])
    team = work.case(worry.case_id or cases[-1]).case.team if worry.case_id or cases else None
    held = person.person
    return {
        "worry": ids.out(ids.WORRY, worry.id),
        "person_id": ids.out(ids.PERSON, worry.person_id),
        "case": ids.out(ids.CASE, worry.case_id or (cases[-1] if cases else None)),
        "team": team,
        "initials": initials(held.name or ""),
        "local_id": local_id_of(person, team or ""),
        "name": held.name,
        "restricted": held.restricted,
        "words": worry.words, "owner": worry.owner, "act_by": worry.act_by,
        "overdue": worry.act_by is not None and worry.act_by < work.desk.today,
        "danger_now": worry.danger_now, "raised_on": worry.raised_on,
        "emergency": work.team(team).team.emergency if worry.danger_now and team else None,
        "raised_by": worry.raised_by, "told": worry.told, "handed_to": worry.handed_to,
        "handed_by": worry.handed_by,
    }  # fmt: skip


def open_worries(desk: Desk) -> Rows:
    """Return the open safeguarding worries that concern the person at the desk."""
    with desk.reading() as work:
        return worries(work)


def health(desk: Desk) -> Rows:
    """Return how the caseload of each of the person's teams stands today, one row a team.

    It reads every open case, so screens ask for it apart from what is due.
    """
    with desk.reading() as work:
        rows: Rows = []
        for team in my_teams(work):
            found = facts_of_many(
                work.connection, desk.library, scopes.open_cases(team), HEALTH_FACTS, desk.today
            )
            pathway = desk.library.pathway(work.team(team).team.pathway)
            rows.append({"team": team, "pathway": pathway.title, **_counts(found.values())})
        return rows


def _counts(cases: Iterable[Mapping[str, Value]]) -> dict[str, int]:
    held = list(cases)

    return {
        "open": len(held),
        **{s: sum(f.get("stage") == s and not waits(f) for f in held)
           for s in ("assess", "stabilise", "recover")},
        "waiting": sum(waits(f) for f in held),
        "overdue": sum(bool(f.get("overdue_actions")) for f in held),
        "no_next_action": sum(stands_still(f) for f in held),
        "leeches": sum(bool(f.get("leeches")) for f in held),
        "decided": sum(f.get("decision") == "agreed" for f in held),
        "safeguarding": sum(f.get("safeguarding") == "open" for f in held),
        "safeguarding_unknown": sum(f.get("safeguarding") is None for f in held),
    }  # fmt: skip
