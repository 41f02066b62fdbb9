"""The state of one review: its frozen agenda and who was there."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from casereview.core.entries import Entry
from casereview.core.records import AgendaItem, Attendance, Review
from casereview.core.state.fold import fold, required, seconds


@dataclass(frozen=True, slots=True)
class ReviewState:
    """One sitting: its frozen agenda and who was there."""

    review: Review
    agenda: tuple[AgendaItem, ...] = ()
    attendances: tuple[Attendance, ...] = ()

    def records(self) -> Iterator[Any]:
        """Yield every record to be stored."""
        yield self.review
        yield from self.agenda
        yield from self.attendances

    def item(self, case_id: int) -> AgendaItem | None:
        """Return the agenda line of a case, or None."""
        return next((i for i in self.agenda if i.case_id == case_id), None)

    def attendance(self) -> dict[str, str]:
        """Return login to last status; guests are not in it."""
        return {a.login: a.status for a in self.attendances if a.login is not None}


def _items(review_id: int, rows: Sequence[dict[str, Any]], start: int) -> tuple[AgendaItem, ...]:
    return tuple(
        AgendaItem(
            review_id=review_id,
            position=start + i,
            case_id=row["case"],
            lane=row["lane"],
            effort=row.get("effort"),
            drawn=bool(row.get("drawn", False)),
            late=bool(row.get("late", False)),
            facts=json.dumps(row.get("facts", {}), sort_keys=True),
        )
        for i, row in enumerate(rows)
    )


def _opened(state: ReviewState | None, entry: Entry) -> ReviewState:
    del state
    body = entry.body
    review = Review(
        id=entry.stream.id,
        team=entry.team or "",
        pack=body["pack"],
        version=body["version"],
        hash=body["hash"],
        on=entry.occurred_on,
        status="open",
        chair=body["chair"],
        opened_s=seconds(entry.recorded_at) or 0,
        head=entry.seq,
        paper=bool(body.get("paper", False)),
        baseline=bool(body.get("baseline", False)),
    )
    return ReviewState(review, _items(review.id, body["agenda"], 1))


def _arrived(state: ReviewState | None, entry: Entry) -> ReviewState:
    held = required(state)
    new = _items(held.review.id, entry.body["agenda"], len(held.agenda) + 1)
    return dataclasses.replace(held, agenda=(*held.agenda, *new))


def _reordered(state: ReviewState | None, entry: Entry) -> ReviewState:
    held = required(state)
    place = {case: i + 1 for i, case in enumerate(entry.body["order"])}
    late = set(entry.body.get("late", ()))
    agenda = sorted(
        (
            dataclasses.replace(i, position=place[i.case_id], late=i.late or i.case_id in late)
            for i in held.agenda
        ),
        key=lambda i: i.position,
    )
    return dataclasses.replace(held, agenda=tuple(agenda))


def _attended(state: ReviewState | None, entry: Entry) -> ReviewState:
    held = required(state)
    new = Attendance(
        review_id=held.review.id,
        n=entry.seq,
        login=entry.body.get("login"),
        status=entry.body["status"],
        guest=entry.texts.get("guest"),
    )
    return dataclasses.replace(held, attendances=(*held.attendances, new))


def _ended_review(state: ReviewState | None, entry: Entry) -> ReviewState:
    held = required(state)
    review = dataclasses.replace(
        held.review,
        status="closed" if entry.kind == "review_closed" else "abandoned",
        closed_s=seconds(entry.recorded_at),
        closed_on=entry.occurred_on,
    )
    return dataclasses.replace(held, review=review)


REVIEW_HANDLERS: dict[str, Callable[[ReviewState | None, Entry], ReviewState | None]] = {
    "review_opened": _opened,
    "agenda_added": _arrived,
    "agenda_reordered": _reordered,
    "attended": _attended,
    "review_closed": _ended_review,
    "review_abandoned": _ended_review,
}


def evolve(state: ReviewState | None, entry: Entry) -> ReviewState | None:
    """Return the state after one more live entry, its head moved on."""
    after = REVIEW_HANDLERS[entry.kind](state, entry)
    return None if after is None else _with_head(after, entry.seq)


def _with_head(state: ReviewState, seq: int) -> ReviewState:
    return dataclasses.replace(state, review=dataclasses.replace(state.review, head=seq))


def review_state(entries: Sequence[Entry]) -> ReviewState | None:
    """Fold a whole review stream."""
    state = fold(REVIEW_HANDLERS, entries)
    return None if state is None else _with_head(state, entries[-1].seq)
