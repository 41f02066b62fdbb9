"""The page: one file that needs nothing, says what its figures allow, and is always the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from casereview.report.page import page_html
from casereview.report.page_parts import Chart, Grid, Page
from casereview.report.page_style import STYLE
from casereview.service.desk import Desk
from casereview.service.measuring.stats import stats
from casereview.service.reporting.report import NOT_CERTIFIED, OWN_VIEW, report

MOST = 600_000
SECTIONS = (
    "throughput", "waits", "stages", "stays", "survival", "delays", "caseload", "actions",
    "reviews", "attendance", "returns", "teams",
)  # fmt: skip
FROM, TO = date(2025, 1, 1), date(2026, 2, 28)


def tables(page: Page) -> dict[str, Grid]:
    return {p.caption: p for s in page.sections for p in s.parts if isinstance(p, Grid)}


def charts(page: Page) -> list[Chart]:
    return [p for s in page.sections for p in s.parts if isinstance(p, Chart)]


def cells(table: Grid, row: str | None = None) -> dict[str, str]:
    found = (r for r in table.rows if row is None or row in r)
    return dict(zip(table.columns, next(found), strict=True))


@pytest.fixture
def desk(service: Any, year: Callable[..., list[Any]]) -> Desk:
    found: Desk = service(year()).desk
    return found


# --- the file


def test_the_page_is_well_formed_and_its_headings_are_in_order(desk: Desk, read_page: Any) -> None:
    page = read_page(page_html(report(desk)))
    levels = [int(e.tag[1]) for e in in_order(page) if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def in_order(element: Any) -> list[Any]:
    return [x for e in element.inside for x in (e, *in_order(e))]


def test_the_page_fetches_nothing_and_runs_nothing(desk: Desk, read_page: Any) -> None:
    html = page_html(report(desk))
    page = read_page(html)
    assert {e.tag for e in in_order(page)}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"}
    )
    for element in in_order(page):
        for name, value in element.attrs.items():
            assert not name.startswith("on"), f"{element.tag} has {name}"
            if name in ("href", "src", "xlink:href", "action", "data"):
                assert value.startswith("#"), f"{element.tag} points to {value}"
    outside = re.sub(r'xmlns="http://www\.w3\.org/2000/svg"', "", html)
    assert not re.search(r"https?:|//[a-z]|url\(|@import", outside)


def test_every_link_inside_the_page_leads_somewhere(desk: Desk, read_page: Any) -> None:
    page = read_page(page_html(report(desk)))
    ids = {e.attrs["id"] for e in in_order(page) if "id" in e.attrs}
    assert {a.attrs["href"][1:] for a in page.all("a")} <= ids
    assert set(SECTIONS) <= ids


def test_every_drawing_has_a_name_a_description_and_its_data(desk: Desk, read_page: Any) -> None:
    page = read_page(page_html(report(desk)))
    drawings = page.all("svg")
    assert len(drawings) > 10
    for svg in drawings:
        assert svg.attrs["role"] == "img"
        first = {e.tag: e for e in svg.inside[:2]}
        assert first["title"].attrs["id"] == svg.attrs["aria-labelledby"]
        assert first["desc"].attrs["id"] == svg.attrs["aria-describedby"]
        assert first["title"].words
        assert first["desc"].words
    for figure in page.all("figure"):
        assert figure.all("details")[0].all("table")[0].all("tr")


def test_every_table_says_what_its_headings_head(desk: Desk, read_page: Any) -> None:
    page = read_page(page_html(report(desk)))
    for table in page.all("table"):
        assert table.all("caption")[0].words
        assert all(th.attrs.get("scope") in ("col", "row") for th in table.all("th"))
        rows = table.all("tbody")[0].all("tr")
        wide = len(table.all("thead")[0].all("th"))
        for row in rows:
            assert len(row.inside) == wide or row.inside[0].attrs["colspan"] == str(wide)


def test_a_year_fits_into_a_few_hundred_kilobytes(desk: Desk) -> None:
    assert len(page_html(report(desk)).encode()) < MOST
    assert len(page_html(report(desk, every="week")).encode()) < MOST


def test_the_same_store_and_day_give_the_same_bytes(desk: Desk) -> None:
    later = replace(desk, now=desk.now.replace(hour=17))
    assert page_html(report(desk)) == page_html(report(later))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(scheme: str) -> None:
    ours = re.findall(r"--(\w+):(#[0-9a-f]{3,6})", STYLE.replace("\n", ""))
    half = len(ours) // 2
    of = dict(ours[:half] if scheme == "light" else ours[half:])
    for word in ("ink", "soft", "grey", "blue", "orange", "purple"):
        assert contrast(of[word], of["paper"]) >= 4.5, word
    assert contrast(of["ink"], of["notice"]) >= 4.5
    assert contrast(of["ink"], of["panel"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_words_and_marks_of_drawings_stand_out(dark: bool) -> None:
    light, _, night = STYLE.rpartition("@media screen and (prefers-color-scheme:dark)")
    rules = dict(re.findall(r"\.cr ([.\w]+)\{fill:(#[0-9a-f]{6})\}", night if dark else light))
    for kind in ("text", ".soft"):
        assert contrast(rules[kind], rules[".paper"]) >= 4.5, kind
    for kind in (".grey", ".blue", ".orange", ".purple"):
        assert contrast(rules[kind], rules[".paper"]) >= 3, kind


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours. Source: WCAG 2.2, relative luminance."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_paper_keeps_rows_and_drawings_whole() -> None:
    _, _, paper = STYLE.partition("@media print")
    assert "break-inside:avoid" in paper
    assert "@page{size:A4" in STYLE
    assert "table-header-group" in paper


# --- what it says


def test_it_says_at_the_top_that_it_is_the_teams_own_view(desk: Desk, read_page: Any) -> None:
    page = read_page(page_html(report(desk)))
    assert page.all("header")[0].all("p")[0].words == OWN_VIEW


def test_it_ends_with_where_its_figures_come_from(desk: Desk, read_page: Any) -> None:
    found = dict(report(desk).provenance)
    assert found["As of"] == "2026-03-03"
    assert found["Store"] == desk.store.id
    assert found["Sealed head"] == "none yet"
    assert found["Note"] == NOT_CERTIFIED
    assert found["Known by"].startswith("everything recorded")


def test_every_measure_shown_is_defined(desk: Desk) -> None:
    page = report(desk)
    named = {m.name for m in page.meanings}
    assert {"throughput", "waits", "stages", "los", "survival", "delays", "caseload", "actions",
            "reviews", "attendance", "returns", "long-stay"} <= named  # fmt: skip
    for meaning in page.meanings:
        assert {k for k, _ in meaning.parts} >= {"Definition", "Denominator", "Leaves out"}


def test_its_figures_are_those_of_the_measures(desk: Desk) -> None:
    found = tables(report(desk, from_on=FROM, to_on=TO))
    (flow,), _ = stats(desk, "throughput", from_on=FROM, to_on=TO)
    shown = cells(found["The whole period"])
    assert shown["referred"] == str(flow["referred"])
    assert shown["completed"] == str(flow["completed"])
    assert shown["open at end"] == str(flow["open_at_end"])
    (stay,), _ = stats(desk, "los", from_on=FROM, to_on=TO)
    shown = cells(found["Stays that ended, in days"])
    assert (shown["number"], shown["mean"]) == (str(stay["n"]), f"{stay['mean_days']:.1f}")
    waits, _ = stats(desk, "waits", from_on=FROM, to_on=TO)
    kept = found["Both sides of each wait, in days"]
    assert [(r[0], r[1], r[2]) for r in kept.rows] == [
        (w["wait"], w["side"], str(w["n"])) for w in waits
    ]


def test_its_charts_hold_the_figures_of_the_periods(desk: Desk) -> None:
    page = report(desk, from_on=FROM, to_on=TO, every="month")
    chart = next(c for c in charts(page) if c.title == "Planned completions, by month")
    rows, _ = stats(desk, "throughput", from_on=FROM, to_on=TO, every="month")
    assert chart.drawing is not None
    assert [(r[0], r[1]) for r in chart.drawing.rows] == [
        (r["period_from"].isoformat(), str(r["completed"])) for r in rows
    ]


def test_it_never_says_fell_or_rose_of_a_steady_service(desk: Desk, read_page: Any) -> None:
    page = report(desk, since=date(2025, 9, 1))
    said = read_page(page_html(replace(page, meanings=()))).words
    assert not re.search(r"\b(fell|rose)\b", said)
    assert "no change" in " ".join(page.short)


def test_the_verdicts_are_words_and_shapes_beside_what_chance_gives(desk: Desk) -> None:
    page = report(desk)
    judged = [v for s in page.sections for v in s.verdicts]
    assert {v.kind for v in judged} <= {"improvement", "concern", "special", "none", "few"}
    assert any("chance alone" in s for s in page.short)
    for verdict in judged:
        assert verdict.words


def test_nobody_is_named_and_no_worker_is_compared(desk: Desk, read_page: Any) -> None:
    said = read_page(page_html(report(desk))).words
    assert not re.search(r"\b[PC]\d+\b", said), "an id of a person or a case"
    captions = " ".join(tables(report(desk)))
    assert "worker" not in captions.lower()


def test_teams_stand_beside_each_other_only_in_funnels(desk: Desk) -> None:
    page = report(desk)
    last = next(s for s in page.sections if s.id == "teams")
    drawn = [p for p in last.parts if isinstance(p, Chart) and p.drawing is not None]
    assert [p.title for p in drawn] == ["Did not attend"]
    assert drawn[0].drawing is not None
    assert [r[0] for r in drawn[0].drawing.rows] == ["CHILD", "RECOV", "WARD"]


# --- little or nothing to show


def test_an_empty_store_gives_a_page_that_says_so(service: Any, read_page: Any) -> None:
    page = report(service([]).desk)
    read_page(page_html(page))
    assert page.short == ("There are no figures yet for this period.",)
    assert all(c.drawing is None and c.left_out for c in charts(page))


def test_a_single_case_gives_a_page_without_verdicts(
    service: Any, read_page: Any, one_case: list[Any]
) -> None:
    page = report(service(one_case).desk)
    said = read_page(page_html(page)).words
    assert "1 person was referred" in said
    assert {v.kind for s in page.sections for v in s.verdicts} <= {"few", "none"}
    assert "No chart has the points that a verdict needs." in said


def test_the_lines_of_a_chart_stay_inside_it(desk: Desk, read_page: Any) -> None:
    """Ticks worked out anew from a rounded axis once lay on the heading and on the dates."""
    page = read_page(page_html(report(desk, every="week")))
    for svg in page.all("svg"):
        if "sigma" in svg.words:
            grid = [float(e.attrs["y1"]) for e in svg.all("line") if e.attrs["class"] == "grid"]
            assert min(grid) >= 64 - 0.01
            assert max(grid) <= 218 + 0.01
