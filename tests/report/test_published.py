"""A published page: every number through the rule, what is hidden left out with the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from casereview.errors import Refused, Usage
from casereview.report.page import page_html
from casereview.report.page_parts import Chart, Grid
from casereview.service.desk import Desk
from casereview.service.measuring.stats import stats
from casereview.service.reporting.report import OWN_VIEW, report
from casereview.service.typed.figures import put_figure

FROM, TO = date(2025, 1, 1), date(2026, 2, 28)


@pytest.fixture
def desk(service: Any, year: Callable[..., list[Any]]) -> Desk:
    found: Desk = service(year()).desk
    return found


def test_no_small_number_leaves_and_counts_are_rounded(desk: Desk) -> None:
    page = report(desk, from_on=FROM, to_on=TO, publish="hes7")
    days = {"target", "median", "7+"}
    for section in page.sections:
        for part in section.parts:
            if isinstance(part, Grid):
                for row in part.rows:
                    for column, text in zip(part.columns, row, strict=True):
                        if text.replace(",", "").isdigit() and column not in days:
                            assert int(text.replace(",", "")) % 5 == 0, (part.caption, column)


def test_a_chart_of_hidden_figures_is_left_out_with_the_reason(desk: Desk) -> None:
    page = report(desk, from_on=FROM, to_on=TO, publish="hes7", every="week")
    charts = [p for s in page.sections for p in s.parts if isinstance(p, Chart)]
    missing = next(c for c in charts if c.title.startswith("Planned completions"))
    assert missing.drawing is None
    assert "hidden by the disclosure rule" in missing.left_out
    for chart in charts:
        if chart.drawing is not None:
            assert all("*" not in row for row in chart.drawing.rows)


def test_charts_that_stay_show_the_published_figures(desk: Desk) -> None:
    page = report(desk, from_on=FROM, to_on=TO, publish="hes7", every="month")
    chart = next(
        p for s in page.sections for p in s.parts
        if isinstance(p, Chart) and p.title.startswith("Open cases")
    )  # fmt: skip
    rows, _ = stats(desk, "caseload", from_on=FROM, to_on=TO, every="month", publish="hes7")
    assert chart.drawing is not None
    assert [r[1] for r in chart.drawing.rows] == [str(r["open"]) for r in rows]


def test_single_journeys_and_typed_words_stay_inside(desk: Desk) -> None:
    put_figure(desk.again(), "agency_staff", "2026-01", "12", source="Mrs Jones rang", new=True)
    page = report(desk, publish="hes7")
    survival = next(s for s in page.sections if s.id == "survival")
    assert [p.left_out for p in survival.parts if isinstance(p, Chart)] == [
        "it shows single journeys, which are not published."
    ]
    assert "Mrs Jones" not in page_html(page)
    assert "Mrs Jones" in page_html(report(desk))


def test_the_top_names_the_rule(desk: Desk, read_page: Any) -> None:
    html = page_html(report(desk, publish="mhsds5"))
    assert OWN_VIEW not in html
    top = read_page(html).all("header")[0].all("p")[0].words
    assert "Mental Health Services Data Set" in top


def test_exact_tables_do_not_stand_beside_each_other(desk: Desk, read_page: Any) -> None:
    top = read_page(page_html(report(desk, publish="threshold10"))).all("header")[0]
    assert "Threshold 10, several tables: 1 to 9 hidden, nearest 5" in top.all("p")[0].words


def test_identifiable_figures_need_a_reason_and_are_stamped(desk: Desk, read_page: Any) -> None:
    with pytest.raises(Refused, match="needs a reason"):
        report(desk, publish="none")
    page = report(desk, publish="none", reason="Audit <12>")
    said = read_page(page_html(page)).words
    assert "IDENTIFIABLE" in said
    assert "because: Audit <12>" in said
    assert page.sections[4].parts[0].drawing is not None  # type: ignore[union-attr] # the curve


@pytest.mark.parametrize(
    "more", [{"publish": "hes8"}, {"reason": "x"}, {"publish": "hes7", "reason": "x"}]
)
def test_a_rule_that_does_not_exist_or_a_reason_too_many_is_refused(
    desk: Desk, more: dict[str, str]
) -> None:
    with pytest.raises(Usage):
        report(desk, **more)  # type: ignore[arg-type] # some of its options
