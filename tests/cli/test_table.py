"""Plain text tables: width, wrapping, wide letters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casereview.cli.cells import plain
from casereview.cli.table import markdown, render, width_of, wrapped


@pytest.mark.parametrize(
    ("value", "key", "shown"),
    [
        (None, "x", ""), (None, "holds", "cannot tell"), (True, "x", "yes"), (False, "x", "no"),
        (date(2026, 3, 1), "x", "2026-03-01"), (2.50, "x", "2.5"), (7, "x", "7"),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "x", "2026-03-01T09:00:00+00:00"),
        (["a", 1], "x", "a, 1"), ({"a": None, "b": 2}, "x", "a: -, b: 2"),
        ("a\x1bb", "x", "a\ufffdb"),
    ],
)  # fmt: skip
def test_values_read_as_people_write_them(value: Any, key: str, shown: str) -> None:
    assert plain(value, key) == shown


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("", 0)])
def test_width_counts_places_on_a_terminal(text: str, width: int) -> None:
    assert width_of(text) == width


def test_columns_line_up_and_numbers_stand_right() -> None:
    rows = [{"name": "a", "n": 1}, {"name": "bb", "n": 20}]
    assert render(rows, width=80) == "name   n\n----  --\na      1\nbb    20\n"


def test_long_words_break_at_their_dashes() -> None:
    assert wrapped("discharge-coordinator", 12) == ["discharge-", "coordinator"]


def test_rows_that_do_not_fit_become_tables_that_each_begin_with_what_names_the_row() -> None:
    rows = [
        {"case": f"C{n}", **{f"column_{c}": f"word{n}{c}" for c in range(20)}} for n in range(3)
    ]
    text = render(rows, width=60)
    tables = text.split("\n\n")
    assert len(tables) > 1
    for table in tables:
        assert [line.split()[0] for line in table.splitlines()][-3:] == ["C0", "C1", "C2"]
    assert all(text.count(f"word{n}{c} ") + text.count(f"word{n}{c}\n") == 1
               for n in range(3) for c in range(20))  # fmt: skip
    assert max(len(line) for line in text.splitlines()) <= 60


def test_the_rows_of_several_tables_are_named_by_as_many_columns_as_tell_them_apart() -> None:
    rows = [
        {"wait": w, "side": s, **{f"figure_number_{c}": 1000 + c for c in range(12)}}
        for w in ("first", "second") for s in ("completed", "waiting")
    ]  # fmt: skip
    for table in render(rows, width=60).split("\n\n"):
        assert table.splitlines()[-4].split()[:2] == ["first", "completed"]
        assert table.splitlines()[-1].split()[:2] == ["second", "waiting"]


def test_a_single_row_that_does_not_fit_and_rows_of_long_texts_become_blocks() -> None:
    row = {f"column_{n}": "word" for n in range(20)}
    assert render([row], width=60).splitlines()[0].split() == ["column", "0", "word"]
    long = {"case": "C1", "sentence": "word " * 200, **{f"other_{n}": "w" * 20 for n in range(5)}}
    assert render([long, long], width=60).count("sentence ") == 2


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["case", "sentence", "due_on", "n"]),
            st.one_of(st.none(), st.text(max_size=300), st.integers(), st.dates()),
            max_size=4,
        ),
        max_size=5,
    )
)
def test_no_line_is_ever_wider_than_the_screen_nor_holds_a_control(
    rows: list[dict[str, Any]],
) -> None:
    text = render(rows, width=80)
    assert all(width_of(line) <= 80 for line in text.split("\n"))
    assert not any(ord(c) < 32 and c != "\n" for c in text)
    assert "\x1b" not in markdown(rows)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Mn"])), st.integers(2, 40))
def test_wrapping_loses_no_letter(text: str, width: int) -> None:
    joined = "".join(wrapped(text, width)).replace(" ", "")
    assert joined == text.replace(" ", "")
