"""What a manager sees of a measure at a terminal: figures, chart, caption; and in files."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casereview.cli.caption import caption
from casereview.cli.cells import column_texts, head_of
from casereview.cli.table import markdown, render

Program = Any


@pytest.mark.parametrize(
    ("key", "values", "shown"),
    [
        ("mean_days", [3.12661, 12.0, None], ["3.13", "12.00", ""]),
        ("percent", [47.2492, 100], ["47.25", "100.00"]),
        ("median_days", [7.5, 36.0], ["7.5", "36.0"]),
        ("median_days", [7.0, 36.0], ["7", "36"]),
        ("surv", [0.99434, 1.0], ["0.9943", "1.0000"]),
        ("p", [1e-124], ["<0.0001"]),
        ("mean_hand_offs", [0.0129], ["0.0129"]),
        ("percent_not_reached", [0.003], ["0.003"]),
        ("difference", [-1e-17, 2.5], ["0.0", "2.5"]),
        ("typed", [12.1255], ["12.1255"]),
        ("n", [284, None], ["284", ""]),
        ("n", [284, "*"], ["284", "*"]),
    ],
)
def test_a_column_has_the_decimals_that_its_figures_need(
    key: str, values: list[Any], shown: list[str]
) -> None:
    assert column_texts(values, key) == shown


def test_a_suppressed_number_stands_where_its_number_would() -> None:
    assert render([{"n": 120}, {"n": "*"}], width=80).splitlines()[2:] == ["120", "  *"]


@pytest.mark.parametrize(
    ("key", "head"),
    [("d2_3", "d2-3"), ("over_18_weeks", "over 18 weeks"), ("mean_days", "mean days")],
)
def test_heads_are_words_and_bands_have_two_ends(key: str, head: str) -> None:
    assert head_of(key) == head
    assert f"| {head} |" in markdown([{key: 1}])


ABOUT = {
    "as_of": "2026-03-03", "known_by": "2026-03-03T09:00:00Z", "measure": "los",
    "definition": "The number of midnights.", "numerator": "Days.", "denominator": "Cases.",
    "method": "Local dates. Percentiles are linear.", "leaves_out": "Removals.",
    "exclusions": [{"reason": "declined", "n": 13}, {"reason": "died", "n": 1}],
    "source": "NHS England.", "from": "2026-01-01", "to": "2026-03-03", "every": "month",
    "by": ["age_band"], "team": "W1", "partial_periods": ["2026-03"],
    "sealed": {"number": 3, "head": "0123456789abcdef" * 4},
    "choices": [{"what": "the day", "usual": "local", "other": "in UTC", "ask": "--method utc",
                 "used": "usual"}],
}  # fmt: skip


def test_a_terminal_shows_definition_filters_exclusions_and_the_seal_at_once() -> None:
    text = caption(ABOUT, width=80, short=True)
    for said in (
        "From 2026-01-01 to 2026-03-03, by month, by age band, team W1.",
        "Sealed head: 0123456789abcdef... (seal 3).", "Definition: The number of midnights.",
        "Left out: Removals. Here: declined 13, died 1.", "Cut short by the dates: 2026-03.",
        "Method: Local dates. [...]", "With --method utc: in UTC.", "--definition",
    ):  # fmt: skip
        assert said in text
    assert not any(word in text for word in ("Numerator", "Denominator", "Source", "linear"))


def test_the_whole_caption_has_every_word_of_the_definition() -> None:
    text = caption(ABOUT, width=80)
    assert "Method: Local dates. Percentiles are linear." in text
    assert "Numerator: Days.\nDenominator: Cases." in text
    assert "Source: NHS England." in text
    assert "0123456789abcdef" * 4 in text


def test_the_reading_that_was_asked_for_is_named_with_the_usual_one() -> None:
    choices = [{**ABOUT["choices"][0], "used": "other"}]  # type: ignore[index] # one of its values
    text = caption({**ABOUT, "choices": choices}, width=80, short=True)
    assert "Reading of the day: in UTC. Usually: local." in text


@pytest.fixture
def stays(program: Program) -> Program:
    """A ward with a referral in each week of 2025."""
    program.now("2025-12-31T12:00:00Z")
    program.ok("init", "--rehearsal")
    program.ok("team", "add", "W1", "--pathway", "ward")
    for n in range(24):
        on = f"2025-{n // 2 + 1:02}-{5 + 14 * (n % 2):02}"
        program.ok("case", "refer", "--team", "W1", "--person", str(n), "--on", on)
    return program


CHART = ("stats", "throughput", "--every", "month", "--column", "referred", "--spc")


def test_a_chart_is_drawn_above_its_points_and_says_where_it_comes_from(stays: Program) -> None:
    text = stays.ok(*CHART).out
    assert text.startswith("Throughput: referred by month\n")
    assert "── mean  ┄┄ limits" in text
    assert text.index("┤") < text.index("lower limit") < text.index("Definition:")
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("2025-05-01") == 1


def test_a_chart_in_other_formats_keeps_the_names_of_the_reference(stays: Program) -> None:
    assert "lpl" in stays.rows(*CHART)[0]
    assert stays.ok(*CHART, "--format", "csv").out.startswith("facet,date,value,")


def test_a_picture_of_a_chart_is_written_as_svg(stays: Program) -> None:
    place = stays.folder / "chart.svg"
    assert "Wrote the chart" in stays.ok(*CHART, "-o", str(place)).err
    assert place.read_text(encoding="utf-8").startswith("<svg ")


@pytest.mark.parametrize(
    "words",
    [
        ("stats", "throughput"),
        ("case", "refer", "--team", "W1", "--person", "99"),
        ("case", "list"),
    ],
)
def test_a_picture_of_what_is_no_chart_is_refused_before_anything_is_done(
    stays: Program, words: tuple[str, ...]
) -> None:
    place = stays.folder / "none.svg"
    result = stays(*words, "-o", str(place))
    assert result.code == 2
    assert "There is no picture of this." in result.err
    assert not place.exists()
    assert len(stays.rows("case", "list")) == 24


def test_a_file_carries_the_whole_definition_and_a_terminal_on_request(stays: Program) -> None:
    assert "Numerator:" not in stays.ok("stats", "los").out
    assert "Numerator:" in stays.ok("stats", "los", "--definition").out
    assert "Numerator:" in stays.ok("stats", "los", "--format", "md").out
    place = stays.folder / "los.txt"
    stays.ok("stats", "los", "-o", str(place))
    assert "Numerator:" in place.read_text(encoding="utf-8")


def test_beside_a_csv_stands_a_file_that_says_what_it_is(stays: Program) -> None:
    place = stays.folder / "los.csv"
    told = stays.ok("stats", "los", "-o", str(place)).err
    assert "los.csv.about.json" in told
    about = json.loads((stays.folder / "los.csv.about.json").read_text(encoding="utf-8"))
    assert {"definition", "method", "exclusions", "sealed", "as_of", "from", "to"} <= set(about)
    assert "rows" not in about
    place.unlink()
    assert stays("stats", "los", "-o", str(place)).code == 2
    assert not place.exists()


def test_a_csv_begins_with_the_mark_of_utf_8_only_on_request(stays: Program) -> None:
    for name, more, start in (("a.csv", (), b"n,"), ("b.csv", ("--bom",), b"\xef\xbb\xbfn,")):
        stays.ok("stats", "los", "-o", str(stays.folder / name), *more)
        assert (stays.folder / name).read_bytes().startswith(start)
    assert stays("stats", "los", "--bom").code == 2


def test_publishing_without_control_keeps_what_is_said_and_is_stamped(stays: Program) -> None:
    own = stays.ok("stats", "survival", "--format", "json").json
    asked = ("stats", "survival", "--publish", "none", "--reason", "The board asked")
    out = stays.ok(*asked, "--format", "json").json
    assert out["journeys"] == own["journeys"] == 24
    assert out["open"] == own["open"]
    assert "IDENTIFIABLE" in stays.ok(*asked).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--every", "month", "--from", "2025-11-01", "--to", "2026-01-31"),
         "After the as-of date, so nothing is known yet: 2026-01."),
        (("--every", "quarter", "--from", "2025-07-01", "--to", "2026-03-31"),
         "After the as-of date, so nothing is known yet: Q4 2025/26."),
        (("--every", "year", "--from", "2025-01-01", "--to", "2025-12-31", "--as-of", "2025-12-30"),
         "Not over on the as-of date: 2025."),
        (("--from", "2025-12-01", "--to", "2026-01-31"),
         "Not over on the as-of date: 2025-12-01 to 2026-01-31."),
    ],
)  # fmt: skip
def test_periods_that_are_not_over_or_have_not_begun_are_called_so(
    stays: Program, words: tuple[str, ...], said: str
) -> None:
    assert said in stays.ok("stats", "throughput", *words).out


def test_periods_that_are_over_are_not_called_anything(stays: Program) -> None:
    out = stays.ok("stats", "throughput", "--every", "month", "--to", "2025-12-31").out
    assert "as-of date" not in out


def test_a_comparison_names_the_day_of_the_change_in_words(stays: Program) -> None:
    out = stays.ok("stats", "throughput", "--every", "month", "--column", "referred", "--from",
                   "2025-01-01", "--compare", "2025-07-01").out  # fmt: skip
    assert "Compared: 181 days before 2025-07-01 with 184 days from it on." in out
