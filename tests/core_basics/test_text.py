"""Outside text: made safe, capped, and guarded against being a formula."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casereview.core.text import (
    NAME_MAX,
    NOTE_MAX,
    REPLACEMENT,
    cell_for_spreadsheet,
    checked_name,
    checked_note,
    safe,
)
from casereview.errors import Refused

HOSTILE = (
    [chr(n) for n in range(0x20)]
    + [chr(n) for n in range(0x7F, 0xA0)]
    + [chr(n) for n in (0xAD, 0x61C, 0x180E, 0xFEFF, 0xFFFE, 0xFFFF, 0xD800, 0xDFFF, 0xE0041)]
    + [chr(n) for n in range(0x200B, 0x2010)]
    + [chr(n) for n in range(0x2028, 0x202F)]
    + [chr(n) for n in range(0x2060, 0x2070)]
)
# Letters, marks, controls, surrogates: everything, with the dangerous ones drawn more often.
any_text = st.text(
    alphabet=st.one_of(
        st.characters(codec=None, exclude_categories=()),
        st.sampled_from(HOSTILE),
        st.sampled_from("\u0301\u0323\u0344\u0958e=+-@' \u00a0\u3000"),
    ),
    max_size=120,
)


@pytest.mark.parametrize("character", HOSTILE, ids=lambda c: f"U+{ord(c):04X}")
def test_every_invisible_or_controlling_character_is_shown_as_replaced(character: str) -> None:
    assert safe(f"a{character}b") == f"a{REPLACEMENT}b"
    if character not in "\t\n\r":
        assert safe(f"a{character}b", lines=True) == f"a{REPLACEMENT}b"


@pytest.mark.parametrize(
    "text",
    [
        "patient said [/]",
        "[bold red]Alert[/] [@click=app.quit]x[/]",
        "Zoë O'Neill-Żółć",
        "محمد عبد الله",
        "李 小龙",
        "👍🏽 ❤️",
        "'; DROP TABLE cases; --",
        "",
    ],
)
def test_text_that_is_only_text_comes_back_as_it_was(text: str) -> None:
    assert safe(text) == text


def test_escape_sequences_lose_their_power() -> None:
    assert safe("\x1b[2J\x1b[31mGone") == f"{REPLACEMENT}[2J{REPLACEMENT}[31mGone"
    assert safe("\x1b]52;c;aGk=\x07") == f"{REPLACEMENT}]52;c;aGk={REPLACEMENT}"
    assert safe("a\u202egnp.exe") == f"a{REPLACEMENT}gnp.exe"


def test_tabs_and_newlines_stay_where_lines_are_allowed() -> None:
    assert safe("one\r\ntwo\rthree\n\tfour", lines=True) == "one\ntwo\nthree\n\tfour"
    assert safe("one\ntwo\tthree") == f"one{REPLACEMENT}two{REPLACEMENT}three"


def test_decomposed_letters_compare_equal_to_composed_ones() -> None:
    assert safe("Zoe\u0308") == "Zoë"


@given(text=any_text, lines=st.booleans())
def test_making_text_safe_twice_changes_nothing_more(text: str, *, lines: bool) -> None:
    once = safe(text, lines=lines)
    assert safe(once, lines=lines) == once


@given(text=any_text, lines=st.booleans())
def test_safe_text_holds_no_control_character_and_can_be_written(text: str, *, lines: bool) -> None:
    clean = safe(text, lines=lines)
    allowed = "\t\n" if lines else ""
    for character in clean:
        assert character in allowed or unicodedata.category(character) not in {"Cc", "Cs"}
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert lines or len(clean.splitlines()) <= 1


def test_no_character_of_the_whole_of_unicode_that_hides_or_controls_is_left() -> None:
    left = [
        n
        for n in range(sys.maxunicode + 1)
        if unicodedata.category(chr(n)) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        and safe(chr(n)) != REPLACEMENT
    ]
    # Signs that Arabic, Syriac and Kaithi writing show on the line.
    visible = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    assert set(left) <= visible


def test_long_runs_of_marks_are_capped_before_they_take_quadratic_time() -> None:
    # Sorting this many marks without the cap would run into the timeout of the test run.
    clean = safe("a" + "\u0301\u0323" * 500_000)
    assert sum(1 for c in clean if unicodedata.combining(c)) <= 31
    assert safe("\u0915" + "\u093c" * 5) == unicodedata.normalize("NFC", "\u0915" + "\u093c" * 5)


def test_a_name_is_trimmed_and_kept_up_to_its_limit() -> None:
    assert checked_name("  Zoe\u0308 Ż \u00a0") == "Zoë Ż"
    assert checked_name("n" * NAME_MAX) == "n" * NAME_MAX
    # Two characters that are one after normalising count once.
    assert len(checked_name("e\u0308" * NAME_MAX)) == NAME_MAX


@pytest.mark.parametrize("length", [NAME_MAX + 1, 5_000, 1_000_000])
def test_a_longer_name_is_refused_with_the_limit_and_without_the_name(length: int) -> None:
    with pytest.raises(Refused) as refused:
        checked_name("n" * length, what="name")
    assert refused.value.code == "text_too_long"
    assert "200" in refused.value.message
    assert f"{length:,}" in refused.value.message
    assert "nnn" not in refused.value.message


def test_a_note_keeps_its_lines_and_has_its_own_limit() -> None:
    assert checked_note("\none\r\ntwo\n") == "one\ntwo"
    assert len(checked_note("x" * NOTE_MAX)) == NOTE_MAX
    with pytest.raises(Refused, match="10,000"):
        checked_note("x" * (NOTE_MAX + 1))


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u00a0\u3000"])
def test_an_empty_text_is_refused(text: str) -> None:
    for check in (checked_name, checked_note):
        with pytest.raises(Refused) as refused:
            check(text, what="reason")
        assert refused.value.code == "text_empty"
        assert "reason" in refused.value.message


SIGNS = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]
SPACES = ["", " ", "   ", "\u00a0", "\u3000", " \u00a0\u3000 "]


@pytest.mark.parametrize("sign", SIGNS, ids=lambda c: f"U+{ord(c):04X}")
@pytest.mark.parametrize("spaces", SPACES, ids=lambda s: f"{len(s)}")
def test_text_that_would_be_a_formula_gets_an_apostrophe(sign: str, spaces: str) -> None:
    text = f"{spaces}{sign}cmd|' /C calc'!A0"
    assert cell_for_spreadsheet(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Smith", "a=b", "12", "'=1", " x-y", "1+1", "C001"])
def test_other_text_goes_into_a_cell_unchanged(text: str) -> None:
    assert cell_for_spreadsheet(text) == text


@given(text=any_text)
def test_no_exported_cell_starts_like_a_formula(text: str) -> None:
    cell = cell_for_spreadsheet(text)
    assert cell.endswith(text)
    assert not cell.strip(" \u00a0\u3000").startswith(tuple(SIGNS))
    assert cell_for_spreadsheet(cell) == cell
