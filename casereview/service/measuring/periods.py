"""The periods of a question: whole calendar ones, from the first event to the last that counts."""

from __future__ import annotations

from datetime import date

from casereview.core.calendar import add_days
from casereview.core.periods import Every, Period, period_of, periods_between
from casereview.errors import Refused
from casereview.measures.ask import date_of
from casereview.store.relations.relations import Frames

MAX_PERIODS = 1_500
QUIET_DAYS = 365
"""With nothing at all for so long, periods asked for without an end stop at the last event."""
_AT_LEAST_DAYS = {"week": 7, "month": 28, "quarter": 90, "year": 365, "financial-year": 365}
_BEGINNINGS = (
    ("cases", "referred_day"), ("milestones", "day"), ("attendances", "day"), ("reviews", "day"),
    ("actions", "opened_day"),
)  # fmt: skip
_EVENTS = ("day", "referred_day", "closed_day", "from_day", "before_day", "opened_day")


def periods_of(start: date, to_on: date, every: Every | None) -> tuple[Period, ...]:
    """Return the periods from the first to the last date, both counted.

    Raises:
        Refused: there are more than 1,500.
    """
    whole = Period(start, add_days(to_on, 1))
    if every is None:
        return (whole,)
    if whole.days // _AT_LEAST_DAYS[every] > MAX_PERIODS:
        raise Refused(
            f"From {start.isoformat()} to {to_on.isoformat()} there are more than "
            f"{MAX_PERIODS} periods.",
            code="too_many_periods",
            next="Give a later start, or a longer period.",
        )
    return periods_between(start, whole.before_on, every)


def first_day(frames: Frames, to_on: date) -> date:
    """Return the first day on which anything happened, so that the whole leaves nothing out."""
    days = [frames[name][column].min() for name, column in _BEGINNINGS if name in frames]
    known = [date_of(d) for d in days if isinstance(d, int)]
    return min([*known, to_on])


def quiet_since(frames: Frames, to_on: date) -> date | None:
    """Return the day of the last event where nothing has happened for a year since, else None.

    A log that was imported years later would otherwise end in empty periods without number.
    """
    days = [
        frame[name].max() for frame in frames.values() for name in _EVENTS if name in frame.columns
    ]
    known = [d for d in days if isinstance(d, int)]
    last = date_of(max(known)) if known else to_on
    return last if add_days(last, QUIET_DAYS) < to_on else None


def end_of_period(on: date, every: Every) -> date:
    """Return the last date of the period that holds a date."""
    return period_of(on, every).last_on
