"""What is asked of a measure, checked before the store is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from casereview.core.periods import Every, every_word
from casereview.errors import NotFound, Refused, Usage
from casereview.measures.ask import PLACE_GROUPS, Ask, Wait
from casereview.measures.registry import MEASURES, Measure
from casereview.measures.time_to_event import SHOWS
from casereview.service.desk import Desk
from casereview.service.measuring.options import (
    agreed_capacities,
    method_of,
    shown_rows,
    target_share,
    weeks_to_wait,
)
from casereview.service.measuring.periods import end_of_period, first_day, periods_of, quiet_since
from casereview.service.measuring.wanted import Wanted
from casereview.service.near import nearest
from casereview.store.relations.relations import Frames

UNITS = ("days", "hours")


@dataclass(frozen=True, slots=True)
class Question:
    """One checked question; the dates are inclusive, None for the first referral.

    Attributes:
        name: of the measure.
        measure: the measure itself.
        from_on, to_on: first and last date.
        every: kind of period, None for one row for the whole.
        by: groups.
        wait: a wait by name or FROM:TO, None for all.
        unit: days or hours.
        team: the only team, None for all.
        method: one of the measure's methods, "" where it has none.
        target: share to reach in percent, None for none.
        capacities: agreed weight of cases of each worker.
        show: rows of the time to the end.
        target_wait: weeks that a wait should not exceed, None for the pathway's own target.
        open_end: True when no last date was given.
    """

    name: str
    measure: Measure
    from_on: date | None
    to_on: date
    every: Every | None
    by: tuple[str, ...]
    wait: str | None
    unit: str
    team: str | None
    method: str = ""
    target: Fraction | None = None
    capacities: tuple[tuple[str, int], ...] = ()
    show: str = SHOWS[0]
    target_wait: float | None = None
    open_end: bool = False

    def ask(self, desk: Desk, frames: Frames, waits: tuple[Wait, ...]) -> Ask:
        """Return the question as measures read it.

        Raises:
            Refused: it has more than 1,500 periods.
        """
        start = self.from_on or first_day(frames, self.to_on)
        return Ask(
            periods=periods_of(start, max(self._end(frames), start), self.every),
            as_of=desk.on,
            by=self.by,
            joined=self.team is None and not PLACE_GROUPS.intersection(self.by),
            unit="hours" if self.unit == "hours" else "days",
            waits=waits,
            waiting_pathways=tuple(p.id for p in desk.library.pathways.values() if p.waits),
            zone=desk.store.time_zone,
            method=self.method,
            target=self.target,
            capacities=self.capacities,
            show=self.show,
            target_wait=self.target_wait,
        )

    def _end(self, frames: Frames) -> date:
        if self.every is None or not self.open_end:
            return self.to_on
        quiet = quiet_since(frames, self.to_on)
        return self.to_on if quiet is None else end_of_period(quiet, self.every)


def measure_called(name: str) -> Measure:
    """Return a measure.

    Raises:
        NotFound: there is none of that name; the nearest is named.
    """
    found = MEASURES.get(name)
    if found is None:
        near = nearest(name, MEASURES)
        raise NotFound(
            f"There is no measure {name!r}.",
            code="unknown_measure",
            next=(f"Did you mean {near}? " if near else "")
            + f"There are {', '.join(MEASURES)}. Series that were typed: `stats figures`.",
        )
    return found


def check_question(wanted: Wanted, *, today: date) -> Question:
    """Return the question when every word of it is known; without an end it runs to `today`.

    Raises:
        NotFound: no such measure.
        Usage: no such period, group or unit; a wait asked of another measure.
        Refused: the period ends before it starts.
    """
    name, measure = wanted.name, measure_called(wanted.name)
    groups = _groups(name, measure, wanted.by)
    _check_unit(name, measure, wanted.unit)
    if wanted.wait is not None and not measure.waits:
        raise Usage(
            f"{name} is not about a wait.", code="no_wait", next="Ask waits, or leave --wait out."
        )
    spans = None if wanted.every is None else every_word(wanted.every)
    last = wanted.to_on or today
    if wanted.from_on is not None and last < wanted.from_on:
        raise Refused(
            f"The period ends before it starts: from {wanted.from_on.isoformat()} to "
            f"{last.isoformat()}.",
            code="period",
            next="Give an end on or after the start.",
        )
    _check_taken(name, measure, wanted.taken())
    return Question(
        name, measure, wanted.from_on, last, spans, groups, wanted.wait, wanted.unit, wanted.team,
        method=method_of(measure.methods, wanted.method), target=target_share(wanted.target),
        capacities=agreed_capacities(wanted.capacity), show=shown_rows(wanted.show),
        target_wait=weeks_to_wait(wanted.target_wait), open_end=wanted.to_on is None,
    )  # fmt: skip


def _check_taken(name: str, measure: Measure, given: Mapping[str, object]) -> None:
    for option, value in given.items():
        if value and option not in measure.takes:
            others = [n for n, m in MEASURES.items() if option in m.takes]
            raise Usage(
                f"{name} has no --{option}.",
                code="no_such_option",
                next=f"It belongs to {' and '.join(others)}.",
            )


def _groups(name: str, measure: Measure, by: str | None) -> tuple[str, ...]:
    words = [w.strip().replace("-", "_") for w in (by or "").split(",") if w.strip()]
    for word in words:
        if word not in measure.by:
            near = (nearest(word, measure.by) or "").replace("_", "-")
            known = ", ".join(g.replace("_", "-") for g in measure.by)
            raise Usage(
                f"{name} has no figures by {word.replace('_', '-')}.",
                code="unknown_group",
                next=(f"Did you mean {near}? " if near else "") + f"It has them by {known}.",
            )
    return tuple(dict.fromkeys((*words, *measure.always_by)))


def _check_unit(name: str, measure: Measure, unit: str) -> None:
    if unit not in UNITS:
        raise Usage(f"{unit!r} is no unit.", code="unknown_unit", next="Use days or hours.")
    if unit == "hours" and not measure.hours:
        raise Usage(
            f"{name} is counted in days only.",
            code="unit_of_measure",
            next="Leave --unit out; waits can be asked in hours.",
        )
