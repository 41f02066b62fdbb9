"""A review as a screen holds it: its agenda, its pace, what others have recorded meanwhile."""

from __future__ import annotations

from typing import Any, NamedTuple

from casereview.core.identity import initials
from casereview.core.lanes import LANE_WORDS
from casereview.core.packs import Pack
from casereview.core.state.person import PersonState
from casereview.core.state.review import ReviewState
from casereview.packs.codes import lists_for
from casereview.service import ids
from casereview.service.cases.people import age_of, local_id_of
from casereview.service.desk import Desk, Rows
from casereview.service.home import worry_row
from casereview.service.organisation.calendar import next_meeting
from casereview.service.packs_used import pack_of
from casereview.service.reviews import agenda as making
from casereview.service.reviews.progress import LEFT, NOT_REACHED, progress_of
from casereview.service.reviews.reviewing import agenda_rows, concerns
from casereview.service.work import Work
from casereview.store import lookup, watching


def meeting_view(desk: Desk, review: str) -> dict[str, Any]:
    """Return a review whole: what it is, its lines in the order to take them, who is there.

    `number` is the journal's last entry: `meeting_news` says what came after it.
    """
    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        pack = pack_of(work, state.review)
        rows = agenda_rows(work, state, pack)
        lines = [_line(work, state, row) for row in rows]
        return {
            "review": ids.out(ids.REVIEW, state.review.id),
            "team": state.review.team,
            "pack": pack.id,
            "title": pack.title,
            "on": state.review.on,
            "status": state.review.status,
            "chair": state.review.chair,
            "baseline": state.review.baseline,
            "paper": state.review.paper,
            "may_confirm": pack.confirm,
            "next_meeting": next_meeting(
                work.desk.library, work.team(state.review.team), pack.id, state.review.on
            ),
            "delay_reasons": _delay_reasons(work, state),
            "lines": worries_first(lines),
            "aside": _aside(work, state, lines),
            "last_case": ids.out(
                ids.CASE, watching.last_case_of_review(work.connection, state.review.id)
            ),
            "number": watching.last_number(work.connection),
        }


def _delay_reasons(work: Work, state: ReviewState) -> Rows:
    """Return the delay codes that apply to the team on the review's date."""
    team = work.team(state.review.team).team
    on = state.review.on
    return [
        {"code": code.code, "title": code.title}
        for found in lists_for(team.pathway, team.division, on)
        for code in found.codes
        if code.is_valid(on)
    ]


def _line(work: Work, state: ReviewState, row: dict[str, Any]) -> dict[str, Any]:
    case = work.case(ids.number(ids.CASE, row["case"]))
    person = work.person(case.case.person_id)
    frozen = row["facts"]
    return {
        **{k: row[k] for k in ("position", "case", "person", "lane", "lane_words", "stage",
                               "drawn", "late", "progress")},
        **who(person, state.review.team, state),
        "person_id": ids.out(ids.PERSON, case.case.person_id),
        "days": (state.review.on - case.stage_from).days,
        "steps": len(row["blockers"]),
        "worry": bool(person.open_worries()),
        "was_safe": not frozen.get("open_worries"),
    }  # fmt: skip


def who(person: PersonState, team: str, state: ReviewState) -> dict[str, Any]:
    """Return how a person is named: on a shared screen, and when names are shown."""
    held = person.person
    return {
        "initials": initials(held.name or ""),
        "local_id": local_id_of(person, team),
        "age_band": age_of(person, state.review.on),
        "name": held.name,
        "born_on": held.born_on,
        "nhs_number": held.nhs_number,
        "restricted": held.restricted,
    }


def worries_first(lines: Rows) -> Rows:
    """Return agenda lines with cases whose worry was raised since the agenda was made on top."""

    def fresh(line: dict[str, Any]) -> bool:
        return bool(line["worry"] and line["was_safe"] and line["lane"] != "left")

    return [x for x in lines if fresh(x)] + [x for x in lines if not fresh(x)]


def worries_aside(desk: Desk, review: str, lines: Rows) -> Rows:
    """Return the open worries of a review's team, or raised in it, about nobody on these lines."""
    with desk.reading() as work:
        return _aside(work, work.review(ids.number(ids.REVIEW, review)), lines)


def _aside(work: Work, state: ReviewState, lines: Rows) -> Rows:
    here = {line["person_id"] for line in lines if line["lane"] != "left"}
    raised = watching.people_worried_about(work.connection, state.review.id)
    rows = [worry_row(work, w) for w in watching.open_worries(work.connection)]
    return [
        row for row in rows
        if row["person_id"] not in here
        and (row["team"] == state.review.team
             or ids.number(ids.PERSON, row["person_id"]) in raised)
    ]  # fmt: skip


def line_now(desk: Desk, review: str, line: dict[str, Any]) -> dict[str, Any]:
    """Return one agenda line as it stands now."""
    with desk.reading() as work:
        return _renewed(work, work.review(ids.number(ids.REVIEW, review)), line)


def _renewed(work: Work, state: ReviewState, line: dict[str, Any]) -> dict[str, Any]:
    pack = pack_of(work, state.review)
    number = ids.number(ids.CASE, line["case"])
    case = work.case(number)
    item = state.item(number)
    person = work.person(case.case.person_id)
    how = "offered" if item is None else progress_of(work, state, pack, case)
    lane = item.lane if item is not None else line["lane"]
    here = concerns(pack, case, state.review.team)
    if item is not None and how == NOT_REACHED and not here:
        how = LEFT
    lane = "left" if how == LEFT else lane
    return {
        **line,
        "progress": how,
        "lane": lane,
        "lane_words": LANE_WORDS.get(lane, line["lane_words"]),
        "stage": case.case.stage,
        "steps": _steps(work, state, pack, number, case.case.stage),
        "worry": bool(person.open_worries()),
        **who(person, state.review.team, state),
    }


def _steps(work: Work, state: ReviewState, pack: Pack, number: int, stage: str) -> int:
    library = work.desk.library
    pathway = work.pathway(work.team(state.review.team))
    facts = work.facts(number, making.names_read(library, pathway) | {"stage"}, state.review.on)
    return len(making.blockers(library, pathway, stage, facts, making.goal_of(pack)))


def meeting_news(
    desk: Desk, review: str, number: int, lines: Rows, *, own: frozenset[str] | set[str]
) -> dict[str, Any]:
    """Return what others recorded after an entry: renewed lines by case, who, the new number.

    Args:
        desk: who looks.
        review: the review on the screen.
        number: the last entry that the screen knows.
        lines: agenda lines as the screen holds them.
        own: command ids of this screen, whose effects it shows already.
    """
    with desk.reading() as work:
        found = [
            r for r in watching.recorded_since(work.connection, number) if r.command not in own
        ]
        last = watching.last_number(work.connection)
        if not found:
            return {
                "number": last, "lines": {}, "aside": None, "by": [], "agenda": False,
                "status": "open",
            }  # fmt: skip
        state = work.review(ids.number(ids.REVIEW, review))
        aside = _aside(work, state, lines)
        here = _Here(
            state.review.id, state.review.team, frozenset(x["case"] for x in lines),
            frozenset(x["person_id"] for x in (*lines, *aside)),
        )  # fmt: skip
        found = [r for r in found if here.concerns(work, r)]
        cases = {ids.out(ids.CASE, r.id) for r in found if r.kind == "case"}
        people = {ids.out(ids.PERSON, r.id) for r in found if r.kind == "person"}
        renewed = {
            line["case"]: _renewed(work, state, line)
            for line in lines
            if line["case"] in cases or line["person_id"] in people
        }
        return {
            "number": last,
            "lines": renewed,
            "aside": aside,
            "by": sorted({r.by for r in found}),
            "agenda": any(r.kind == "review" for r in found) or bool(cases - here.cases),
            "status": state.review.status,
        }


class _Here(NamedTuple):
    """What a review on a screen is about: other work in the store is no news for it."""

    review: int
    team: str
    cases: frozenset[str]
    people: frozenset[str]

    def concerns(self, work: Work, entry: watching.Recorded) -> bool:
        """Tell whether an entry is about this review, its people, or a case of its team."""
        if entry.kind == "case":
            if ids.out(ids.CASE, entry.id) in self.cases:
                return True
            held = work.case(entry.id).case
            return self.team in (held.team, held.transfer_to)
        if entry.kind == "person":
            return ids.out(ids.PERSON, entry.id) in self.people
        return entry.kind == "review" and entry.id == self.review


def attendance(desk: Desk, review: str) -> Rows:
    """Return who belongs to a review's team and how they attend, guests at the end."""
    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        team = state.review.team
        status = state.attendance()
        members = [
            u["login"] for u in lookup.users(work.connection)
            if u["removed_on"] is None
            and (team in work.user(u["login"]).teams(desk.today) or u["login"] in status)
        ]  # fmt: skip
        names = {u["login"]: u["name"] for u in lookup.users(work.connection)}
        held = lookup.key_workers(
            work.connection, [i.case_id for i in state.agenda], state.review.on
        )
        worked = list(held.values())
        rows: Rows = [
            {
                "login": m, "name": names.get(m), "status": status.get(m, ""),
                "chair": m == state.review.chair, "cases": worked.count(m),
            }
            for m in sorted({*members, state.review.chair})
        ]  # fmt: skip
        rows += [
            {"login": None, "name": a.guest, "status": "guest", "chair": False, "cases": 0}
            for a in state.attendances
            if a.login is None
        ]
        return rows
