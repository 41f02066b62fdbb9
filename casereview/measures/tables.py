"""Relations and calendar tables behind one face, on Polars or on any engine that reads Parquet.

Calendar tables stand in for date arithmetic, which no two engines do alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from casereview.core.calendar import add_months
from casereview.core.pathways import OPEN_STAGES, STAGES
from casereview.measures.ask import Ask, date_of, day_of
from casereview.measures.calendars import half_years, period_rows, static_tables

Lazy = nw.LazyFrame[Any]
Tables = Mapping[str, Lazy]

WINDOWS = ("28d", "6m")
"""Returns within 28 days, and within six calendar months, both inclusive."""
ELAPSED_WINDOWS = ("28x24h", "183d")
"""The other reading of them: 28 times 24 hours, and 183 days."""
RETURN_DAYS = 28
RETURN_MONTHS = 6
HALF_YEAR_DAYS = 183


def calendar_tables(ask: Ask) -> dict[str, pl.DataFrame]:
    """Return the small tables that measures join: periods, calendar, windows, stages.

    `calendar` gives the period of each day asked for; `windows` the last day on which somebody
    discharged on that day counts as returned (month ends clamped); `stages` the order of stages;
    the others are described where they are made.

    Source: data.md section 1 (inclusive; six calendar months, end clamped).
    """
    periods = period_rows(ask)
    rows = periods.select("period", "from_day", "before_day").iter_rows()
    days = [(day, i) for i, start, before in rows for day in range(start, before)]
    calendar = pl.DataFrame(days, schema={"day": pl.Int32, "period": pl.Int32}, orient="row")
    stages = pl.DataFrame(
        [(stage, rank, int(stage in OPEN_STAGES)) for rank, stage in enumerate(STAGES, 1)],
        schema={"stage": pl.String, "rank": pl.Int32, "open": pl.Int32},
        orient="row",
    )
    return {
        "periods": periods,
        "calendar": calendar,
        "windows": _windows(days, elapsed=ask.method == "elapsed"),
        "stages": stages,
        "half_years": half_years(periods),
        **static_tables(ask),
    }


def _windows(days: list[tuple[int, int]], *, elapsed: bool) -> pl.DataFrame:
    names = ELAPSED_WINDOWS if elapsed else WINDOWS
    until = [
        (window, day, last)
        for day, _ in days
        for window, last in zip(
            names,
            (day + RETURN_DAYS, day + HALF_YEAR_DAYS if elapsed else _six_months(day)),
            strict=True,
        )
    ]
    schema = {"window": pl.String, "day": pl.Int32, "until_day": pl.Int32}
    return pl.DataFrame(until, schema=schema, orient="row")


def _six_months(day: int) -> int:
    return day_of(add_months(date_of(day), RETURN_MONTHS))


def on_polars(frames: Mapping[str, pl.DataFrame]) -> Tables:
    """Return frames as lazy tables on Polars."""
    return {name: nw.from_native(frame.lazy()) for name, frame in frames.items()}


def on_files(paths: Mapping[str, Path], scan: Callable[[str], Any]) -> Tables:
    """Return Parquet files as lazy tables on another engine.

    Args:
        paths: Parquet file of each relation and calendar table.
        scan: opens one, e.g. `polars.scan_parquet` or the `read_parquet` of a DuckDB connection.
    """
    return {name: nw.from_native(scan(str(path))).lazy() for name, path in paths.items()}


def rows_of(frame: Lazy) -> list[dict[str, Any]]:
    """Work a lazy table out and return its rows; their order is not defined."""
    native = nw.to_native(frame)
    if isinstance(native, pl.LazyFrame):
        return native.collect().to_dicts()
    # DuckDB's own rows: through Arrow it would need a library of 170 MB.
    names = list(native.columns)
    return [dict(zip(names, row, strict=True)) for row in native.fetchall()]
