"""Calendar tables of some measures: census days, months before and after, static lists."""

from __future__ import annotations

from datetime import date

import polars as pl

from casereview.core.calendar import LONG_TREATMENT_YEARS, add_days, add_months, last_thursday
from casereview.core.pathways import EXIT_CLASSES
from casereview.measures.ask import Ask, date_of, day_of

MATURE_MONTHS = 6
"""A completion counts once so many months have passed without another journey."""
YEAR_MONTHS = 12

PERIOD_SCHEMA = {
    "period": pl.Int32, "from_day": pl.Int32, "before_day": pl.Int32, "end": pl.Int32,
    "census_day": pl.Int32, "long_day": pl.Int32, "done_from_day": pl.Int32,
    "done_until_day": pl.Int32,
}  # fmt: skip


def period_rows(ask: Ask) -> pl.DataFrame:
    """Return the periods with the days that go with each.

    `end` is its last known day; `census_day` the last census on or before it within the period,
    None for none; `long_day` the last day on which treatment may have begun to have lasted six
    years at the end; `done_from_day` to `done_until_day`, both counted, the year whose completions
    can be judged at the end.

    Source: domain.md 1.8 (census), 3.4 (T-31), 3.6 (T-38).
    """
    rows = []
    for i, (p, end) in enumerate(zip(ask.periods, ask.ends, strict=True)):
        last = date_of(end)
        until = _months_before(last, MATURE_MONTHS)
        start = add_days(_months_before(last, MATURE_MONTHS + YEAR_MONTHS), 1)
        census = census_within(p.from_on, last)
        rows.append(
            (i, day_of(p.from_on), day_of(p.before_on), end,
             None if census is None else day_of(census),
             day_of(add_months(last, -12 * LONG_TREATMENT_YEARS)), day_of(start), day_of(until))
        )  # fmt: skip
    return pl.DataFrame(rows, schema=PERIOD_SCHEMA, orient="row")


def _months_before(on: date, months: int) -> date:
    """Return the day so many months before; the end of a month goes to the end of a month."""
    if add_days(on, 1).day == 1:
        return add_days(add_months(add_days(on, 1), -months), -1)
    return add_months(on, -months)


def census_within(first: date, last: date) -> date | None:
    """Return the latest last Thursday of a month from `first` to `last`, None for none.

    Source: domain.md 1.8 (T-16).
    """
    for month in (last, add_months(last, -1)):
        found = last_thursday(month.year, month.month)
        if first <= found <= last:
            return found
    return None


def half_years(periods: pl.DataFrame) -> pl.DataFrame:
    """Return for each day that a completion may have the same day six months on, month ends kept.

    Source: domain.md 3.4 (T-32).
    """
    first, last = periods["done_from_day"].min(), periods["done_until_day"].max()
    days = range(_whole(first), _whole(last) + 1)
    rows = [(d, day_of(add_months(date_of(d), MATURE_MONTHS))) for d in days]
    schema = {"day": pl.Int32, "until_day": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def static_tables(ask: Ask) -> dict[str, pl.DataFrame]:
    """Return the classes of exit in their order, and the agreed capacity of workers."""
    capacities = pl.DataFrame(
        list(ask.capacities), schema={"worker": pl.String, "capacity": pl.Int64}, orient="row"
    )
    classes = [(name, rank) for rank, name in enumerate(EXIT_CLASSES)]
    return {
        "exit_classes": pl.DataFrame(
            classes, schema={"class": pl.String, "rank": pl.Int32}, orient="row"
        ),
        "capacities": capacities,
    }
