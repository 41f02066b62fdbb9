"""A review from opening to the floor: the frozen agenda, who is there, what comes late."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from casereview.core.decide.setting import check_date
from casereview.core.entries import Draft, Stream
from casereview.core.lanes import LANE_WORDS, arrange
from casereview.core.packs import Pack
from casereview.core.records import Review
from casereview.core.state.case import CaseState
from casereview.core.state.review import ReviewState
from casereview.errors import Refused
from casereview.packs.pack_file import sweeps_completed, takes_over
from casereview.service import ids
from casereview.service.access import need_team
from casereview.service.cases.facts import facts_of_many
from casereview.service.cases.people import local_id_of
from casereview.service.desk import Desk, Rows
from casereview.service.packs_used import keep, pack_of
from casereview.service.reviews import agenda as making
from casereview.service.reviews import overrides
from casereview.service.reviews.progress import LEFT, NOT_REACHED, progress
from casereview.service.reviews.standing import standing
from casereview.service.work import Work
from casereview.store import journal, lookup, review_lines
from casereview.store.facts import scope as scopes


def open_review(
    desk: Desk,
    *,
    pack: str,
    team: str,
    on: date,
    worker: str | None = None,
    paper: bool = False,
) -> Rows:
    """Open a review: the agenda is made and frozen.

    Raises:
        Refused: the pack does not fit the team's pathway, an earlier review of it is still open,
            or the date is after today.
    """

    def run(work: Work) -> Rows:
        need_team(work, team, "hold its reviews")
        held_team = work.team(team)
        found = desk.library.pack(pack)
        _check_fits(found, held_team.team.pathway, team)
        check_date(on, desk.today, earliest=None, what="")
        _check_none_open(work, found.id, team)
        review_id = journal.next_id(work.connection, "review")
        keep(work, "pack", found)
        keep(work, "pathway", desk.library.pathway(held_team.team.pathway))
        placed = making.make(work, found, team, on, seed=f"R{review_id}", worker=worker)
        baseline = bool(placed) and making.last_review(work, found.id, team) is None
        body = {
            "pack": found.id,
            "version": found.ref.version,
            "hash": found.ref.hash,
            "chair": desk.said_by or desk.actor,
            "agenda": [_line(p) for p in placed],
            "baseline": baseline,
            "paper": paper,
        }
        stream = Stream("review", review_id)
        work.record([Draft(stream, "review_opened", on, body, {}, team, pack=found.ref)])
        lanes: dict[str, int] = {}
        for line in placed:
            lanes[line.lane] = lanes.get(line.lane, 0) + 1
        return [{
            "review": ids.out(ids.REVIEW, review_id), "cases": len(placed), "lanes": lanes,
            "pack": found.id, "version": found.ref.version, "baseline": baseline,
        }]  # fmt: skip

    return desk.change(run)


def _line(placed: Any) -> dict[str, Any]:
    return {
        "case": placed.case, "lane": placed.lane, "effort": placed.effort, "drawn": placed.drawn,
        "late": placed.late, "facts": dict(placed.facts),
    }  # fmt: skip


def _check_fits(pack: Pack, pathway: str, team: str) -> None:
    if pack.pathways and pathway not in pack.pathways:
        raise Refused(
            f"{pack.title} is for {', '.join(pack.pathways)}; {team} is on {pathway}.",
            code="pack_does_not_fit",
            next="See `rules list` for the packs of this pathway.",
        )
    if not pack.questions:
        raise Refused(
            f"{pack.title} asks no questions; it is swept, not met about.",
            code="no_questions",
            next=f"Run `sweep --pack {pack.id}`.",
        )
    if sweeps_completed(pack):
        raise Refused(
            f"{pack.title} is about completed cases, and an agenda lists open ones.",
            code="completed_cases",
            next=f"Run `sweep --pack {pack.id} --list`, and record each contact with"
            " `case contact`.",
        )


def _check_none_open(work: Work, pack: str, team: str) -> None:
    found = lookup.reviews(work.connection, team=team, pack=pack, status="open")
    if found:
        held = found[0]
        name = f"R{held['id']}"
        raise Refused(
            f"The review {name} of {held['on'].isoformat()} is still open.",
            code="review_open",
            next=f"Go on with {name}, close it with the rest not reached"
            f" (`review close {name}`), or"
            f" `review abandon {name} --reason WHY` if it was a mistake.",
        )


def open_state(work: Work, review: str, what: str) -> ReviewState:
    """Return an open review that the actor may work on, with its whole agenda.

    Raises:
        Refused: it is closed or abandoned.
    """
    state = work.review(ids.number(ids.REVIEW, review))
    _check_open(work, state.review, what)
    return state


def open_line(work: Work, review: str, what: str, case: str | None = None) -> ReviewState:
    """Return an open review with one case's line of its agenda, the other lines unread.

    Raises:
        NotFound: there is no such review.
        Refused: it is closed or abandoned.
    """
    number = ids.number(ids.REVIEW, review)
    found = review_lines.header(work.connection, number)
    if found is None:
        return open_state(work, review, what)
    _check_open(work, found, what)
    case_id = ids.number(ids.CASE, case) if case is not None else 0
    line = review_lines.line(work.connection, number, case_id) if case_id else None
    return ReviewState(found, (line,) if line is not None else ())


def _check_open(work: Work, review: Review, what: str) -> None:
    need_team(work, review.team, what)
    if review.status != "open":
        raise Refused(
            f"The review R{review.id} is {review.status}.",
            code="review_closed",
            next="Open a new review, or record it on the case itself.",
        )


def agenda(desk: Desk, review: str) -> Rows:
    """Return the frozen agenda with what has happened to each case since, arrivals at the end.

    While the review is open, closed cases whose override waits to be confirmed come last.
    """
    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        pack = pack_of(work, state.review)
        rows = agenda_rows(work, state, pack)
        if state.review.status == "open":
            rows += overrides.agenda_part(work, state, len(rows))
        return rows


def agenda_rows(work: Work, state: ReviewState, pack: Pack) -> Rows:
    """Return agenda lines in order: position, case, person, lane, blockers, unlock_effort."""
    library = work.desk.library
    team = work.team(state.review.team)
    pathway = work.pathway(team)
    done = progress(work, state, pack)
    names = making.names_read(library, pathway) | {"stage"}
    cases = [i.case_id for i in state.agenda]
    facts = facts_of_many(work.connection, library, scopes.case_ids(cases), names, state.review.on)
    stand = standing(work, cases, state.review.team)
    offered = making.offered_to(work, pack, state.review.team)
    rows: Rows = []
    for item in state.agenda:
        case = stand[item.case_id]
        elsewhere = case.team != state.review.team and item.case_id not in offered
        left = not case.open or elsewhere
        lane = "left" if left and done[item.case_id] in (LEFT, NOT_REACHED) else item.lane
        held = facts.get(item.case_id, {})
        rows.append(
            {
                "position": item.position,
                "case": ids.out(ids.CASE, item.case_id),
                "person": case.person,
                "lane": lane,
                "lane_words": LANE_WORDS.get(lane, lane),
                "stage": case.stage,
                "blockers": making.blockers(
                    library, pathway, case.stage, held, making.goal_of(pack)
                ),
                "unlock_effort": item.effort,
                "drawn": item.drawn,
                "late": item.late,
                "progress": done[item.case_id],
                "facts": json.loads(item.facts),
            }
        )
    if state.review.status == "open":
        rows += _arrivals(work, state, pack, len(rows))
    return rows


def _arrivals(work: Work, state: ReviewState, pack: Pack, after: int) -> Rows:
    team = state.review.team
    known = {i.case_id for i in state.agenda}
    there = lookup.open_cases_of_team(work.connection, team, referred_by=state.review.on)
    unlisted = {*there, *making.offered_to(work, pack, team)} - known
    # A review of one worker's cases leaves the others out on purpose: they are no arrivals.
    fresh = sorted(unlisted & journal.arrived_since(work.connection, state.review.id))
    if not fresh:
        return []
    found = making.candidates(work, pack, team, state.review.on, only=fresh)
    placed = arrange(pack, found, on=state.review.on, seed=f"R{state.review.id}")
    rows: Rows = []
    for n, line in enumerate(placed):
        case = work.case(line.case)
        rows.append(
            {
                "position": after + n + 1,
                "case": ids.out(ids.CASE, line.case),
                "person": local_id_of(work.person(case.case.person_id), team),
                "lane": "arrived",
                "lane_words": "arrived since, offered at the end",
                "stage": case.case.stage,
                "blockers": [],
                "unlock_effort": line.effort,
                "drawn": False,
                "late": False,
                "progress": "offered",
                "facts": dict(line.facts),
            }
        )
    return rows


def concerns(pack: Pack, case: CaseState, team: str) -> bool:
    """Tell whether a case is a team's, or offered to it where the pack is about taking over."""
    return case.case.team == team or (takes_over(pack) and case.case.transfer_to == team)


def ensure_on_agenda(work: Work, state: ReviewState, case_id: int) -> ReviewState:
    """Return the review with a case on its agenda: one that arrived since is added at the end.

    Raises:
        Refused: the case is not this team's, or it is closed.
    """
    if state.item(case_id) is not None:
        return state
    case, pack = work.case(case_id), pack_of(work, state.review)
    if not (case.open and concerns(pack, case, state.review.team)):
        raise Refused(
            f"C{case_id} is not on the agenda of R{state.review.id}.",
            code="not_on_agenda",
            next="Only open cases of the review's team can be reviewed in it.",
        )
    found = making.candidates(work, pack, state.review.team, state.review.on, only=[case_id])
    placed = arrange(pack, found, on=state.review.on, seed=f"R{state.review.id}")
    if not placed:
        raise Refused(
            f"{pack.title} does not apply to C{case_id}.",
            code="not_on_agenda",
            next="See `rules show` for whom it is.",
        )
    body = {"agenda": [_line(p) for p in placed]}
    stream = Stream("review", state.review.id)
    work.record([
        Draft(stream, "agenda_added", state.review.on, body, {}, state.review.team,
              review=state.review.id)
    ])  # fmt: skip
    return work.review(state.review.id)


def list_reviews(desk: Desk, *, team: str | None = None, status: str | None = None) -> Rows:
    """Return reviews, newest first."""
    with desk.reading() as work:
        return [
            {
                "review": ids.out(ids.REVIEW, row["id"]),
                **{k: row[k] for k in ("team", "pack", "version", "on", "status", "chair")},
            }
            for row in lookup.reviews(work.connection, team=team, status=status)
        ]
