"""The same figures on Polars and on DuckDB over Parquet, for every measure, group and list."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from casereview.core.periods import periods_between
from casereview.core.records import CaseFact, Delay
from casereview.measures.ask import Ask, Wait
from casereview.measures.registry import MEASURES
from casereview.measures.tables import calendar_tables, on_files, on_polars, rows_of
from casereview.store.relations.relations import write_parquet

day = date.fromisoformat


def _history(history: Any) -> None:
    classes = ("planned", "unplanned", "died", "list-removal", None)
    for i in range(24):
        kind = classes[i % 5]
        closed = f"2026-03-{i + 1:02}" if kind else None
        one = history.case(
            f"2026-01-{i + 1:02}", closed, person=i // 2 + 1, team=f"W{i % 2}",
            ended="complete" if kind == "planned" else "left", exit_class=kind,
            worker=("ann", "bob", None)[i % 3],
            milestones={"ready": f"2026-02-{i + 1:02}", "offered": f"2026-01-{i + 3:02}"},
        )  # fmt: skip
        history.contact(one, f"2026-02-{i + 1:02}", attended="56735"[i % 5])
        if i % 2:
            history.records.append(Delay(one, 60, ("09", "26X")[i % 4 // 2], day("2026-02-25")))
        for n, name in enumerate(("complexity", "risk", "travel")):
            history.records.append(CaseFact(one, name, 70 + n, day("2026-02-01"), number=i % 3 + 1))
        history.fact(one, "expected_end_on", "2026-02-01", f"2026-03-{i + 2:02}")


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def tidy(value: Any) -> Any:
        if isinstance(value, float):
            return None if math.isnan(value) else round(value, 9)
        return value

    found = [{k: tidy(v) for k, v in row.items()} for row in rows]
    return sorted(found, key=lambda row: [str(v) for v in row.values()])


@pytest.mark.parametrize("name", list(MEASURES))
def test_both_engines_give_the_same_rows_and_groups_add_up(
    history: Any, frames_of: Callable[..., Any], tmp_path: Path, name: str
) -> None:
    _history(history)
    frames = frames_of("2026-03-31")
    measure = MEASURES[name]
    sums: list[int] = []
    for by in {measure.always_by, measure.by[:1] + measure.always_by}:
        ask = Ask(
            periods=periods_between(day("2026-01-01"), day("2026-04-01"), "month"),
            as_of=day("2026-03-31"), by=by, joined=False, waits=(Wait("r", "referred", "ready"),),
        )  # fmt: skip
        tables = {**frames, **calendar_tables(ask)}
        paths = write_parquet(tables, tmp_path / "-".join(by))
        for compute in (measure.compute, measure.cases):
            ours = _plain(rows_of(compute(on_polars(tables), ask)))
            with duckdb.connect() as engine:
                theirs = _plain(rows_of(compute(on_files(paths, engine.read_parquet), ask)))
            assert ours == theirs
            if compute is measure.compute:
                counts = ("n", "open", "delayed", "raised", "cases", "appointments", "started",
                          "meetings", "came", "completions", "completed", "discharges")  # fmt: skip
                sums.append(sum(row[c] for row in ours for c in counts if c in row))
    if name != "successful-completion":
        assert len(set(sums)) == 1
