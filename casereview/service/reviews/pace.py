"""How fast a review goes, and which case comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from casereview.service import ids
from casereview.service.desk import Desk, Rows
from casereview.service.packs_used import pack_of
from casereview.service.reviews.progress import CONFIRMED, LEFT, NOT_REACHED, PARTLY
from casereview.store import watching

BREAK_SECONDS = 30 * 60
"""A longer silence in a meeting is a break, not time spent on a case."""
TO_DO = (NOT_REACHED, PARTLY, "offered")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a review goes.

    Attributes:
        total: cases on the agenda that are still the team's.
        done: cases reviewed, confirmed or skipped.
        confirmed: of those, confirmed on plan.
        worked_s: seconds worked until `last_at`, breaks of more than 30 minutes left out.
        last_at: when something was last recorded, aware.
        target_s: seconds that the pack plans for a case.
        complex_share: percent of the planned time that is kept for complex cases.
        complex_left: complex cases still to be reviewed.
    """

    total: int
    done: int
    confirmed: int
    worked_s: int
    last_at: datetime
    target_s: int
    complex_share: int
    complex_left: int

    def elapsed(self, now: datetime) -> int:
        """Return the seconds worked by now."""
        since = int((now - self.last_at).total_seconds())
        return self.worked_s + (since if 0 < since <= BREAK_SECONDS else 0)

    def seconds_per_case(self, now: datetime) -> int | None:
        """Return seconds worked for each case done, None before the first."""
        return round(self.elapsed(now) / self.done) if self.done else None

    def finish(self, now: datetime) -> datetime:
        """Return when the rest will be done at this pace, at the pack's pace before the first."""
        each = self.seconds_per_case(now)
        left = self.total - self.done
        return now + timedelta(seconds=left * (self.target_s if each is None else each))

    @property
    def confirmed_share(self) -> int | None:
        """Return the percent of the cases done that were confirmed, None before the first."""
        return round(100 * self.confirmed / self.done) if self.done else None

    @property
    def protected_s(self) -> int:
        """Return the seconds kept for complex cases, 0 when none of them is left."""
        planned = self.total * self.target_s * self.complex_share // 100
        return planned if self.complex_left else 0


def pace(desk: Desk, review: str, lines: Rows) -> Pace:
    """Return how fast a review goes, by what was recorded in it and its lines."""
    with desk.reading() as work:
        state = work.review(ids.number(ids.REVIEW, review))
        pack = pack_of(work, state.review)
        opened = datetime.fromtimestamp(state.review.opened_s, desk.now.tzinfo)
        times = [opened, *watching.instants_of_review(work.connection, state.review.id)]
        gaps = [int((b - a).total_seconds()) for a, b in pairwise(times)]
        return counted(
            Pace(
                total=0, done=0, confirmed=0, complex_left=0, last_at=times[-1],
                worked_s=sum(g for g in gaps if 0 < g <= BREAK_SECONDS),
                target_s=pack.seconds_per_case, complex_share=pack.complex_share,
            ),
            lines,
        )  # fmt: skip


def counted(held: Pace, lines: Rows, *, at: datetime | None = None) -> Pace:
    """Return the pace with its lines counted again, after something was recorded at an instant."""
    mine = [x for x in lines if x["progress"] != LEFT]
    done = [x["progress"] for x in mine if x["progress"] not in TO_DO]
    moved: dict[str, Any] = {}
    if at is not None:
        moved = {"worked_s": held.elapsed(at), "last_at": max(at, held.last_at)}
    return replace(
        held,
        total=sum(x["progress"] != "offered" for x in mine),
        done=len(done),
        confirmed=done.count(CONFIRMED),
        complex_left=sum(x["lane"] == "complex" and x["progress"] in TO_DO for x in mine),
        **moved,
    )


def resume_at(lines: Rows, last_case: str | None) -> int:
    """Return the line to go on with: the last one touched while it is to do, else the next."""
    last = next((n for n, x in enumerate(lines) if x["case"] == last_case), None)
    if last is not None and lines[last]["progress"] in TO_DO:
        return last
    start = 0 if last is None else last + 1
    order = [*range(start, len(lines)), *range(start)]
    return next((n for n in order if lines[n]["progress"] in TO_DO), max(0, start - 1))


def next_to_do(lines: Rows, at: int) -> int | None:
    """Return the next line still to do after one, wrapping round; None when nothing is left."""
    order = [*range(at + 1, len(lines)), *range(at)]
    return next((n for n in order if lines[n]["progress"] in TO_DO), None)
