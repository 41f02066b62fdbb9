"""Drawings hold every number, name and word as text, harmless and the same each time."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from casereview.report.blocks import drawn
from casereview.report.charts import draw
from casereview.report.svg import axis, ticks
from casereview.service.calculating.calc import METHODS, calc, calc_drawing, calc_svg

SVG = "{http://www.w3.org/2000/svg}"
FILES: list[tuple[str, str, dict[str, Any]]] = [
    ("spc", "spc/ae_facets_breaches_targets/input.csv", {"target": "RAS=600"}),
    ("spc", "spc/single_point/input.csv", {"profile": "nhsr"}),
    ("spc", "spc/constant_series/input.csv", {"profile": "nhsr"}),
    ("survival", "survival/treatment_120/input.csv", {}),
    ("survival", "survival/all_open/input.csv", {}),
    ("survival", "survival/one_case/input.csv", {}),
    ("logrank", "survival/los_small/input.csv", {}),
    ("waiting-list", "waitinglist/sim_04/input.csv", {}),
    ("waiting-list", "waitinglist/nobody_removed/input.csv", {}),
    ("rtt", "rtt/bands_input.csv", {}),
    ("proportion", "phe/proportion_input.csv", {}),
    ("rate", "phe/rate_input.csv", {}),
    ("mean", "phe/mean_input.csv", {}),
    ("funnel", "phe/funnel_proportion_input.csv", {}),
    ("funnel", "phe/funnel_rate_input.csv", {"statistic": "rate"}),
    ("funnel", "phe/funnel_rate_input.csv", {"statistic": "rate", "limits": True}),
]


@pytest.mark.parametrize(("method", "file", "options"), FILES)
def test_every_method_draws(golden: Any, method: str, file: str, options: dict[str, Any]) -> None:
    rows, about = calc(method, golden.path(file), **options)
    drawing = draw(METHODS[method].draws, rows, about)
    root = ET.fromstring(drawing.svg)  # noqa: S314 - our own drawing
    labels = [root.find(f"{SVG}{tag}") for tag in ("title", "desc")]
    assert all(label is not None and label.text for label in labels)
    named = {root.get("aria-labelledby"), root.get("aria-describedby")}
    assert {label.get("id") for label in labels if label is not None} == named
    assert root.get("role") == "img"
    ET.fromstring(drawing.table())  # noqa: S314 - our own table
    assert calc_svg(method, rows, about) == drawing.svg
    for width in (40, 80, 132):
        lines = calc_drawing(method, rows, about, width=width).splitlines()
        assert lines
        assert max(len(line) for line in lines) <= width


def test_the_data_are_read_out_and_stand_in_the_table(worked: Any, weekly: Any) -> None:
    rows, about = worked("spc", *weekly(10, 12, 9), profile="nhsr")
    drawing = draw("spc", rows, about)
    assert "date 2024-01-08, value 12" in drawing.description
    assert "<td>2024-01-08</td><td>12</td>" in drawing.table()


def test_special_causes_differ_by_shape_and_word(worked: Any, weekly: Any) -> None:
    values = (10, 11, 9, 10, 12, 8, 10, 11, 9, 10, 9, 11, 10, 25, 10)
    rows, about = worked("spc", *weekly(*values), improvement="decrease")
    svg = draw("spc", rows, about).svg
    assert "concern: Above UCL" in svg
    text = drawn("spc", rows, about)
    assert "▲ concern" in text
    assert "Making Data Count" in text


def test_outside_text_is_never_markup(worked: Any) -> None:
    rows, about = worked("funnel", "area,num,den", "<script>alert(1)</script>,1,9", "B & C,3,9")
    drawing = draw("funnel", rows, about)
    for text in (drawing.svg, drawing.table()):
        assert "<script" not in text
        assert "B &amp; C" in text


def test_a_note_is_drawn_where_it_belongs(worked: Any, weekly: Any) -> None:
    rows, about = worked("spc", *weekly(*range(10, 24)), note="2024-02-05=data cleansing")
    assert "1: 2024-02-05 data cleansing" in draw("spc", rows, about).svg
    assert "2024-02-05: data cleansing" in drawn("spc", rows, about)


@pytest.mark.parametrize(
    "lines",
    [
        ("period,value", "before,1", "before,2", "after,3", "after,9"),
        ("period,value", "before,0", "after,0"),
        ("period,events,time", "before,3,10", "after,0,10"),
        ("period,events,time", "before,0,10", "after,4,10"),
        ("period,x,n", "before,0,9", "after,4,10"),
    ],
)
def test_a_comparison_draws_its_change_and_verdict(worked: Any, lines: tuple[str, ...]) -> None:
    rows, about = worked("compare", *lines)
    assert "no change shown" in drawn("compare", rows, about)
    ET.fromstring(draw("compare", rows, about).svg)  # noqa: S314 - our own drawing


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0, 0.003), (-5, 7), (1e6, 3e6), (4, 4), (-3, -3), (0, 0)]
)
def test_axes_hold_their_values_on_round_ticks(low: float, high: float) -> None:
    found, first, last = axis([low, high])
    assert first <= low
    assert last >= high
    assert len(found) <= 12
    assert ticks(low, low) == [low]
