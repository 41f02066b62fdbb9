"""The headline figures before and since a change: claimed only where the figures allow it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from casereview.core.records import Case, StageSpell
from casereview.errors import Refused
from casereview.measures.methods.change_counts import Counted, rate_ratio
from casereview.measures.methods.change_means import percent_change_of_means
from casereview.report.page import page_html
from casereview.service.measuring.stats import stats
from casereview.service.reporting.headline import headline
from casereview.service.reporting.report import report
from casereview.service.typed.figures import put_figure

SINCE = date(2025, 9, 1)
WEEKS = 18
BASELINE = (SINCE - timedelta(weeks=WEEKS), SINCE - timedelta(days=1))
UNTIL = SINCE + timedelta(weeks=WEEKS) - timedelta(days=1)


def ended(before: int, after: int, *, long: tuple[int, int] = (30, 30)) -> list[Any]:
    """Return so many completed cases on each side, spread evenly, with stays around a length."""
    records: list[Any] = []
    for start, count, stay in ((BASELINE[0], before, long[0]), (SINCE, after, long[1])):
        for n in range(count):
            gone = start + timedelta(days=n * WEEKS * 7 // count)
            came = gone - timedelta(days=stay * (50 + n * 37 % 101) // 100)
            one = len(records) // 3 + 1
            records += [
                Case(
                    id=one, person_id=one, team="WARD", pathway="ward", stage="complete",
                    referred_on=came, first_referred_on=came, head=1, closed_on=gone,
                    exit_class="planned",
                ),
                StageSpell(one, 1, "assess", came, gone),
                StageSpell(one, 2, "complete", gone, None, move="forward"),
            ]  # fmt: skip
    return records


def figure(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(r for r in rows if r["figure"] == name)


def compared(desk: Any, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = headline(
        desk, since=SINCE, baseline=BASELINE, to_on=UNTIL, **more
    )[0]
    return found


def test_27_percent_more_of_5_a_week_is_no_change_that_can_be_claimed(service: Any) -> None:
    row = figure(compared(service(ended(90, 114)).desk), "Planned completions")
    found = rate_ratio(Counted(90, WEEKS), Counted(114, WEEKS))
    assert (row["n_before"], row["before"], row["n_after"]) == (90, 5.0, 114)
    assert row["change_percent"] == pytest.approx(26.67, abs=0.01)
    assert row["lower"] == pytest.approx((found.lower - 1) * 100)
    assert row["upper"] == pytest.approx(((found.upper or 0) - 1) * 100)
    assert row["verdict"] == "no change shown"
    assert row["why"] == "the interval spans no change"
    assert not {"rose", "fell"} & set(row["sentence"].split())
    assert (row["example_percent"], row["example"]) == (27, "inside the interval")


def test_27_percent_more_of_20_a_week_rose(service: Any) -> None:
    row = figure(compared(service(ended(360, 457)).desk), "Planned completions")
    assert row["verdict"] == "rose"
    assert "rose by 26.9%" in row["sentence"]
    assert "exact Poisson rate ratio" in row["sentence"]
    assert "Making Data Count" in row["spc"]


def test_stays_a_quarter_shorter_fell_when_there_are_many(service: Any) -> None:
    desk = service(ended(200, 200, long=(40, 30))).desk
    row = figure(compared(desk), "Length of stay")
    lists = [
        [float(r["days"]) for r in stats(desk, "los", from_on=a, to_on=b, list_cases=True)[0]]
        for a, b in (BASELINE, (SINCE, UNTIL))
    ]
    expected = percent_change_of_means(lists[0], lists[1])
    assert expected is not None
    assert row["change_percent"] == pytest.approx(expected.percent)
    assert (row["lower"], row["upper"]) == pytest.approx((expected.lower, expected.upper))
    assert row["verdict"] == "fell"
    assert row["example"] == "inside the interval"


def test_fewer_than_ten_on_a_side_claim_nothing(service: Any) -> None:
    row = figure(compared(service(ended(9, 60, long=(90, 10))).desk), "Length of stay")
    assert row["verdict"] == "no change shown"
    assert "fewer than 10" in row["why"]


def test_nothing_on_a_side_leaves_nothing_to_compare(service: Any) -> None:
    rows = compared(service(ended(0, 40)).desk)
    assert {r["verdict"] for r in rows} == {"no change shown"}
    assert figure(rows, "Length of stay")["change_percent"] is None
    assert figure(rows, "Agency staff")["before_from"] == "nothing typed"


def test_without_a_baseline_it_is_as_long_before_as_since(service: Any) -> None:
    _, about = headline(service(ended(5, 5)).desk, since=SINCE, to_on=UNTIL)
    assert (about["baseline_from"], about["baseline_to"]) == BASELINE


@pytest.mark.parametrize(
    ("since", "baseline", "said"),
    [
        (date(2027, 1, 1), None, "lies after the end"),
        (SINCE, (date(2025, 8, 1), SINCE), "not before the change"),
        (SINCE, (date(2025, 8, 1), date(2025, 7, 1)), "ends before it starts"),
    ],
)
def test_dates_that_do_not_fit_are_refused(
    service: Any, since: date, baseline: Any, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        headline(service([]).desk, since=since, baseline=baseline)


# --- typed figures


def put(desk: Any, name: str, start: date, value: float, **more: Any) -> None:
    typing = replace(desk.again(), as_of=None)
    period = f"{start.isocalendar()[0]}-W{start.isocalendar()[1]:02}"
    put_figure(typing, name, period, str(value), source="Payroll", **more)


def test_agency_staff_come_from_typed_figures(service: Any) -> None:
    desk = service([]).desk
    for n in range(12):
        put(desk, "agency_staff", BASELINE[0] + timedelta(weeks=n), 30 + n % 3)
        put(desk, "agency_staff", SINCE + timedelta(weeks=n), 24 + n % 3)
    row = figure(compared(desk), "Agency staff")
    assert (row["n_before"], row["before"], row["after"]) == (12, 31, 25)
    assert row["change_percent"] == pytest.approx(-19.35, abs=0.01)
    assert row["verdict"] == "fell"
    assert row["before_from"] == "typed: Payroll"
    assert "limits fixed on 12 points" in row["spc"]
    assert row["example"] == "inside the interval"


def test_a_typed_baseline_stands_where_the_store_has_nothing(service: Any) -> None:
    desk = service(ended(0, 120)).desk
    put(desk, "los", BASELINE[0], 40, column="mean_days")
    put(desk, "throughput", BASELINE[0], 5)
    rows = compared(desk)
    stay = figure(rows, "Length of stay")
    assert (stay["before"], stay["before_from"], stay["after_from"]) == (
        40, "typed: Payroll", "store",
    )  # fmt: skip
    assert stay["verdict"] == "no change shown"
    assert "has no interval" in stay["why"]
    flow = figure(rows, "Planned completions")
    assert (flow["n_before"], flow["before"]) == (5, 5.0)


# --- in the page


def test_the_page_shows_them_when_a_change_is_named(service: Any, read_page: Any) -> None:
    desk = service(ended(360, 457)).desk
    page = report(desk, since=SINCE, baseline=BASELINE, to_on=UNTIL)
    assert page.sections[0].id == "since"
    assert "Planned completions a week rose by 26.9%" in page.short[0]
    assert "Before and since 2025-09-01" in read_page(page_html(page)).words


def test_small_sides_are_hidden_when_published(service: Any) -> None:
    desk = service(ended(6, 60)).desk
    page = report(desk, since=SINCE, baseline=BASELINE, to_on=UNTIL, publish="hes7")
    first = page.sections[0].parts[0]
    stay = next(r for r in first.rows if r[0] == "Length of stay")  # type: ignore[union-attr] # a table
    assert stay[2:6] == ("*", "*", "*", "*")
    assert "not published" in page_html(page)
