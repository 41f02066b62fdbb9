"""How a question is put: periods and their names, methods, wrong words, nothing to count."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from casereview.core.periods import every_word, parse_period, period_of, period_title
from casereview.errors import NotFound, Refused, Usage
from casereview.measures.ask import Ask
from casereview.measures.registry import MEASURES
from casereview.measures.tables import calendar_tables, on_files, on_polars, rows_of
from casereview.service.desk import Desk
from casereview.service.measuring.stats import measure_names, stats
from casereview.store.relations.relations import write_parquet

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
day = date.fromisoformat


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(NOW, W1="ward", W2="ward")


# --- financial years and quarters


@pytest.mark.parametrize(
    ("on", "title"),
    [
        ("2014-04-01", "Q1 2014/15"),
        ("2014-12-31", "Q3 2014/15"),
        ("2015-01-01", "Q4 2014/15"),
        ("2015-03-31", "Q4 2014/15"),
        ("2015-04-01", "Q1 2015/16"),
        ("1999-12-31", "Q3 1999/00"),
    ],
)
def test_quarters_are_named_by_the_financial_year_and_read_back(on: str, title: str) -> None:
    whole = period_of(day(on), "quarter")
    assert period_title(whole, "quarter") == title
    again = parse_period(title)
    assert (again.from_on, again.before_on) == (whole.from_on, whole.before_on)


@pytest.mark.parametrize(
    ("every", "named"),
    [
        ("quarter", [("2014-10-01", "Q3 2014/15"), ("2015-01-01", "Q4 2014/15")]),
        ("financial-quarter", [("2014-10-01", "Q3 2014/15"), ("2015-01-01", "Q4 2014/15")]),
        ("year", [("2014-10-01", "2014"), ("2015-01-01", "2015")]),
        ("financial-year", [("2014-10-01", "2014/15")]),
    ],
)
def test_rows_name_their_quarter_and_year(
    desk: Desk, told: Any, every: str, named: list[tuple[str, str]]
) -> None:
    told.case("2014-10-05", "2015-02-01")
    told.write()
    ask: dict[str, Any] = {"from_on": day("2014-10-01"), "to_on": day("2015-03-31")}
    for listing in (False, True):
        rows, facts = stats(desk, "throughput", every=every, list_cases=listing, **ask)
        found = dict.fromkeys((r["period_from"].isoformat(), r["period"]) for r in rows)
        assert [pair for pair in named if pair in found] == [p for p in named if p in found]
        assert set(found) <= set(named)
    rows, facts = stats(desk, "throughput", every=every, **ask)
    assert [(r["period_from"].isoformat(), r["period"]) for r in rows] == named
    if "quarter" in every:
        assert facts["partial_periods"] == []
    if every == "financial-year":
        assert facts["partial_periods"] == ["2014/15"]


def test_a_quarter_cut_short_is_named_as_partial(desk: Desk, told: Any) -> None:
    told.case("2015-02-05")
    told.write()
    _, facts = stats(desk, "throughput", every="quarter", to_on=day("2015-03-31"))
    assert facts["partial_periods"] == ["Q4 2014/15"]


def test_a_chart_of_quarters_has_one_line(desk: Desk, told: Any) -> None:
    for n in range(60):
        told.case((day("2016-04-01") + timedelta(days=60 * n)).isoformat())
    told.write()
    rows, _ = stats(desk, "throughput", every="quarter", spc={"column": "referred"})
    assert {r["facet"] for r in rows} == {"whole"}


def test_words_for_the_financial_quarter_are_a_quarter() -> None:
    assert every_word("Financial-Quarter") == "quarter"


# --- the end that nobody gave


def test_periods_run_to_the_as_of_date_while_anything_happened_within_the_year(
    desk: Desk, told: Any
) -> None:
    told.case("2025-04-15", "2025-05-01")
    told.write()
    rows, facts = stats(desk, "throughput", every="month")
    assert (len(rows), facts["to"], facts["quiet_after"]) == (12, day("2026-03-31"), None)


def test_an_old_log_ends_with_the_period_of_its_last_event(desk: Desk, told: Any) -> None:
    told.case("2014-04-15", "2015-02-10")
    told.case("2014-05-15")
    told.write()
    rows, facts = stats(desk, "throughput", every="month")
    assert (len(rows), facts["to"]) == (11, day("2015-02-28"))
    assert facts["quiet_after"] == day("2015-02-28")
    assert rows[-1]["open_at_end"] == 1
    whole, about = stats(desk, "throughput")
    assert (about["to"], whole[0]["open_at_end"]) == (day("2026-03-31"), 1)
    assert len(stats(desk, "throughput", every="month", to_on=day("2026-03-31"))[0]) == 144


def test_contacts_before_the_first_referral_are_in_the_whole(desk: Desk, told: Any) -> None:
    one = told.case("2026-02-01")
    told.contact(one, "2026-01-15")
    told.write()
    assert stats(desk, "attendance")[0][0]["attended"] == 1


# --- wrong words, nothing to count


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"name": "waiting-lst"}, NotFound, "Did you mean waiting-list"),
        ({"name": "rt"}, NotFound, "rtt"),
        ({"name": "returns", "method": "elapsd"}, Usage, "Did you mean elapsed"),
        ({"name": "throughput", "method": "gmt"}, Usage, "There are local, utc"),
        ({"name": "los", "method": "utc"}, Usage, "los has no --method"),
        ({"name": "los", "every": "quater"}, Usage, "Did you mean 'quarter'"),
        ({"name": "los", "by": "age"}, Usage, "no figures by age"),
        (
            {"name": "rtt", "from_on": day("2026-03-02"), "to_on": day("2026-03-01")},
            Refused, "ends before it starts",
        ),
        (
            {"name": "throughput", "from_on": day("2026-04-02"), "every": "week"},
            Refused, "ends before it starts",
        ),
        (
            {"name": "throughput", "every": "week", "spc": {"fix_after": "40"}},
            Usage, "The baseline ends after the series",
        ),
        (
            {"name": "throughput", "every": "week", "spc": {"fix_after": "5"}},
            Usage, "A baseline of 5 points is too short",
        ),
    ],
)  # fmt: skip
def test_wrong_questions_get_a_sentence(
    desk: Desk, told: Any, asked: dict[str, Any], error: Any, says: str
) -> None:
    for n in range(20):
        told.case((day("2025-10-06") + timedelta(weeks=n)).isoformat())
    told.write()
    with pytest.raises(error) as held:
        stats(desk, **asked)
    assert says in str(held.value)


def test_new_limits_from_a_date_with_too_few_points_are_warned_about(desk: Desk, told: Any) -> None:
    for n in range(25):
        told.case((day("2025-10-06") + timedelta(weeks=n)).isoformat())
    told.write()
    _, facts = stats(
        desk, "throughput", every="week", spc={"column": "referred", "rebase": ["2026-02-16"]},
        from_on=day("2025-10-06"), to_on=day("2026-03-29"),
    )  # fmt: skip
    assert any("13" in w and "6" in w for w in facts["warnings"])


@pytest.mark.parametrize("name", measure_names())
def test_a_team_without_a_case_is_an_empty_table(desk: Desk, told: Any, name: str) -> None:
    told.case("2026-01-05", "2026-02-01", team="W1")
    told.write()
    for more in ({}, {"every": "quarter"}, {"list_cases": True}):
        assert stats(desk, name, team="W2", **more)[0] == []


@pytest.mark.parametrize("name", measure_names())
def test_no_percentage_is_of_nothing(desk: Desk, told: Any, name: str) -> None:
    told.case("2026-01-05", team="W1")
    told.write()
    rows, _ = stats(desk, name, from_on=day("2025-11-01"), to_on=day("2025-12-31"), every="month")
    shares = {c: v for r in rows for c, v in r.items() if "percent" in c and v is not None}
    assert shares == {}


# --- the other readings run anywhere

METHODS = [(n, m) for n, one in MEASURES.items() for m in one.methods]


@pytest.mark.parametrize(("name", "method"), METHODS)
def test_every_method_gives_the_same_on_another_engine(
    history: Any, frames_of: Callable[..., Any], tmp_path: Path, name: str, method: str
) -> None:
    for n in range(12):
        at = 1_767_225_600 + n * 3_600
        history.case(
            f"2026-01-{n + 1:02}", f"2026-02-{n + 1:02}", person=n // 2 + 1,
            at=(at, at + 2_764_800), milestones={"ready": f"2026-01-{n + 9:02}"},
        )  # fmt: skip
    frames = frames_of("2026-03-31")
    ask = Ask(
        periods=(period_of(day("2026-01-01"), "quarter"),), as_of=day("2026-03-31"), method=method
    )
    tables = {**frames, **calendar_tables(ask)}
    measure = MEASURES[name]
    paths = write_parquet(tables, tmp_path / "lake")
    for compute in (measure.compute, measure.cases):
        ours = _plain(rows_of(compute(on_polars(tables), ask)))
        with duckdb.connect() as engine:
            theirs = _plain(rows_of(compute(on_files(paths, engine.read_parquet), ask)))
        assert ours == theirs
        assert ours


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def tidy(value: Any) -> Any:
        if isinstance(value, float):
            return None if math.isnan(value) else round(value, 9)
        return value

    found = [{k: tidy(v) for k, v in row.items()} for row in rows]
    return sorted(found, key=lambda row: [str(v) for v in row.values()])
