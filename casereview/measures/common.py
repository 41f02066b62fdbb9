"""What measures share: cases that count, periods of days, the frame of rows to fill, counting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

from casereview.measures.ask import CASE_GROUPS, Ask
from casereview.measures.tables import Lazy, Tables

FAR = 10_000_000
"""A day after every date that a store can hold: stands for "still"."""

UTC = "utc"
"""The method that dates what happened by its instant in UTC instead of the local calendar."""

Expr = nw.Expr


def flag(condition: Expr) -> Expr:
    """Return 1 where a condition is true, else 0 (also where it is unknown)."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


def total(column: str) -> Expr:
    """Return the sum of a column of whole numbers under the same name."""
    return nw.col(column).sum().cast(nw.Int64)


def percent(part: str, whole: str) -> Expr:
    """Return one column in percent of another, None where the whole is 0."""
    return nw.when(nw.col(whole) > 0).then(nw.col(part) * 100.0 / nw.col(whole))


def bands(column: str, limits: Mapping[str, tuple[int, int | None]]) -> dict[str, Expr]:
    """Return 1 for the band that a value lies in, 0 for the others; both ends are inside."""
    value = nw.col(column)
    return {
        name: flag((value >= low) if high is None else (value >= low) & (value <= high))
        for name, (low, high) in limits.items()
    }


def with_groups(frame: Lazy, ask: Ask) -> Lazy:
    """Write an unknown group as "" so that it joins with itself; rows turn it back to None."""
    held = [g for g in ask.by if g in CASE_GROUPS]
    return frame.with_columns(nw.col(g).fill_null("") for g in held) if held else frame


def kept_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the cases that count: those not excluded, with `is_return` and their groups."""
    kept = tables["cases"].filter(nw.col("excluded").is_null())
    if ask.method == UTC:
        kept = _in_utc(kept)
    return with_groups(kept, ask).with_columns(is_return=flag(nw.col("link") == "return"))


def _in_utc(cases: Lazy) -> Lazy:
    """Date referrals and ends by the day of their instant in UTC, where the instant is known."""
    for name in ("referred", "closed"):
        moment, day = nw.col(f"{name}_s"), nw.col(f"{name}_day")
        there = (moment // 86_400).cast(nw.Int32)
        cases = cases.with_columns(
            nw.when(moment.is_null()).then(day).otherwise(there).alias(f"{name}_day")
        )
    return cases


def closings(cases: Lazy, ask: Ask) -> Lazy:
    """Return the cases that ended; a journey that went on with another team has not ended."""
    ended = cases.filter(~nw.col("closed_day").is_null())
    return ended.filter(nw.col("handed_on") == 0) if ask.joined else ended


def in_period(frame: Lazy, tables: Tables, day: str) -> Lazy:
    """Add the period in which a day falls; days outside every period are left out."""
    return frame.join(
        tables["calendar"], left_on=day, right_on="day", how="inner"
    )  # fmt: skip


def groups_of(frame: Lazy, ask: Ask) -> Lazy | None:
    """Return the groups that occur in a frame, None when nothing is grouped."""
    return frame.select(*ask.by).unique() if ask.by else None


def spine(tables: Tables, groups: Lazy | None, *more: Lazy) -> Lazy:
    """Return one row for each period and group, so that a period without cases shows its zero."""
    frame = tables["periods"].select("period")
    for other in (groups, *more):
        if other is not None:
            frame = frame.join(other, how="cross")
    return frame


def filled(frame: Lazy, parts: Sequence[Lazy], keys: Sequence[str], counts: Sequence[str]) -> Lazy:
    """Put the parts beside the spine; a count that nothing was counted for is 0."""
    for part in parts:
        frame = frame.join(part, on=list(keys), how="left")
    return frame.with_columns(nw.col(c).fill_null(0).cast(nw.Int64) for c in counts)


def spread(value: str, suffix: str, percentiles: Sequence[int]) -> list[Expr]:
    """Return the mean and the percentiles of a column; they ignore unknown values.

    Percentiles are linear between the two nearest values; the 50th is called the median.

    Source: domain.md 2.5 (linear everywhere, the method is printed).
    """
    found = [nw.col(value).mean().alias(f"mean_{suffix}")]
    for p in percentiles:
        title = "median" if p == 50 else f"p{p}"
        column = nw.col(value).quantile(p / 100, interpolation="linear")
        found.append(column.alias(f"{title}_{suffix}"))
    return found


def earlier(one: str, other: str) -> Expr:
    """Return the earlier of two days; both are known."""
    return nw.when(nw.col(one) < nw.col(other)).then(nw.col(one)).otherwise(nw.col(other))


def later(one: str, other: str) -> Expr:
    """Return the later of two days; both are known."""
    return nw.when(nw.col(one) > nw.col(other)).then(nw.col(one)).otherwise(nw.col(other))


CASE_COLUMNS = ("case_id", "person_id", "team", "referred_day", "closed_day", "exit")
"""What a list of cases shows of each."""


def case_face(tables: Tables, ask: Ask) -> Lazy:
    """Return of the cases that count what lists show of them, and their groups."""
    held = [g for g in ask.by if g in CASE_GROUPS]
    return kept_cases(tables, ask).select(*dict.fromkeys((*CASE_COLUMNS, *held)))


def listed(frame: Lazy, ask: Ask, counted: str, *more: str, **values: Any) -> Lazy:
    """Return the cases behind a number: period, groups, what they count as, ids and dates."""
    columns = ["period", *ask.by, "counted", *(c for c in CASE_COLUMNS if c not in ask.by), *more]
    return frame.with_columns(counted=nw.lit(counted), **values).select(*dict.fromkeys(columns))
