"""Who is at a review: present, late, absent, guests; whose cases move back."""

from __future__ import annotations

from typing import Any

from casereview.core.entries import Draft, Stream
from casereview.core.state.review import ReviewState
from casereview.core.text import checked_name
from casereview.errors import Refused
from casereview.service.desk import Desk, Rows
from casereview.service.reviews.reviewing import open_state
from casereview.service.work import Work
from casereview.store import lookup

PRESENCE = ("present", "late", "absent", "guest")


def attend(desk: Desk, review: str, who: str, status: str) -> Rows:
    """Record who is there: present, late, absent, or a guest from elsewhere by name.

    The cases of a late or absent worker move to the end of their lane.

    Raises:
        Refused: no such status, or the review is not open.
    """
    if status not in PRESENCE:
        raise Refused(
            f"{status!r} is no attendance.", code="bad_choice", next=f"Use {', '.join(PRESENCE)}."
        )

    def run(work: Work) -> Rows:
        state = open_state(work, review, "record attendance")
        stream = Stream("review", state.review.id)
        on, team = state.review.on, state.review.team
        if status == "guest":
            body: dict[str, Any] = {"status": "guest"}
            drafts = [Draft(stream, "attended", on, body, {"guest": checked_name(who)}, team)]
        else:
            work.user(who)
            body = {"login": who, "status": status}
            drafts = [Draft(stream, "attended", on, body, {}, team)]
        if status in ("late", "absent"):
            drafts += _moved_back(work, state, who)
        work.record(drafts)
        return [{"review": review, "who": who, "status": status}]

    return desk.change(run)


def _moved_back(work: Work, state: ReviewState, login: str) -> list[Draft]:
    held = lookup.key_workers(work.connection, [i.case_id for i in state.agenda], state.review.on)
    theirs = {case for case, worker in held.items() if worker == login}
    if not theirs:
        return []
    # A case not reached twice stands before the lanes, so a lane is not always in one piece.
    last = {item.lane: item.case_id for item in state.agenda}
    cases: list[int] = []
    for item in state.agenda:
        if item.case_id not in theirs:
            cases.append(item.case_id)
        if item.case_id == last[item.lane]:
            inside = [i.case_id for i in state.agenda if i.lane == item.lane]
            cases += [c for c in inside if c in theirs]
    body = {"order": cases, "late": sorted(theirs)}
    stream = Stream("review", state.review.id)
    return [Draft(stream, "agenda_reordered", state.review.on, body, {}, state.review.team)]
