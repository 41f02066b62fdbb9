"""NHS numbers, local ids, initials, ages."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casereview.core.identity import (
    age_band,
    age_on,
    check_nhs_number,
    checked_born_on,
    foreign_letters,
    format_nhs_number,
    initials,
    is_nhs_number,
    local_id,
    local_id_key,
    never_issued,
    normalise_nhs_number,
)
from casereview.errors import Refused

VALID = [
    "9434765919", "9876543210", "9990000018", "9990000026", "9990000034", "9990000042",
    "9990000050", "9990000069", "9990000077", "9990000085", "9990000093", "9990000107",
    "9990000115", "9990000123", "9990000190",
]  # fmt: skip


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize("number", VALID)
def test_t43_valid_numbers_are_taken(number: str) -> None:
    assert check_nhs_number(number) == number
    assert is_nhs_number(number)


@pytest.mark.parametrize("nine", ["999000000", "999000014", "999000028", "999000031", "999123456"])
def test_t43_no_check_digit_completes_some_numbers(nine: str) -> None:
    assert not any(is_nhs_number(f"{nine}{check}") for check in range(10))


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("999 123 4560", "first nine digits"),
        ("987 654 4321", "check digit"),
        ("0000000000", "all its digits are the same"),
        ("1111111111", "all its digits are the same"),
        ("9990000035", "check digit"),
        ("999000005", "9 digits instead of 10"),
        ("99900000182", "11 digits instead of 10"),
        ("9.99E+09", "spreadsheet"),
        ("9,99e9", "spreadsheet"),
        ("9990000026.0", "spreadsheet"),
        ("", "empty"),
        (" - ", "empty"),
        ("99900000I8", "something other than digits"),
        ("999000001²", "something other than digits"),
        ("٩٩٩٠٠٠٠٠١٨", "something other than digits"),
    ],
)
def test_t43_invalid_numbers_are_refused_with_the_reason(number: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        check_nhs_number(number)
    assert refused.value.code == "nhs_number"
    assert refused.value.next
    digits = "".join(c for c in number if c.isdigit())
    assert not digits or digits not in refused.value.message
    assert not is_nhs_number(number)


def test_t43_the_last_quoted_number_needs_check_digit_2() -> None:
    assert is_nhs_number("987 654 4322")


@pytest.mark.parametrize(
    "typed",
    [
        "999 000 0026",
        "999-000-0026",
        " 9990000026 ",
        "999\u00a0000\u20110026",
        "９９９０００００２６",
        "999–000–0026",
    ],
)
def test_spaces_hyphens_and_full_width_digits_are_normalised(typed: str) -> None:
    assert check_nhs_number(typed) == "9990000026"


def test_a_leading_zero_is_kept() -> None:
    assert normalise_nhs_number("012 345 6789") == "0123456789"


@pytest.mark.parametrize("number", VALID)
def test_t43_a_number_is_shown_three_three_four(number: str) -> None:
    assert format_nhs_number(number) == f"{number[:3]} {number[3:6]} {number[6:]}"
    assert check_nhs_number(format_nhs_number(number)) == number


def test_anything_else_is_shown_as_it_is() -> None:
    assert format_nhs_number("H123 - ") == "H123 - "


def test_numbers_of_the_test_range_are_told_apart() -> None:
    assert never_issued("999 000 0018")
    assert not never_issued("943 476 5919")


@given(nine=st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_at_most_one_check_digit_fits(nine: str) -> None:
    fitting = [check for check in range(10) if is_nhs_number(f"{nine}{check}")]
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True))
    expected = 0 if total % 11 == 0 else 11 - total % 11
    same = len(set(f"{nine}{expected}")) == 1
    assert fitting == ([] if expected == 10 or same else [expected])


@given(number=st.sampled_from(VALID), place=st.integers(0, 9), other=st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, other: int) -> None:
    wrong = (int(number[place]) + other) % 10
    assert not is_nhs_number(f"{number[:place]}{wrong}{number[place + 1 :]}")


@given(text=st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    assert is_nhs_number(text) in {True, False}
    assert initials(text)
    assert local_id_key(text) == local_id_key(local_id_key(text))


@pytest.mark.parametrize(
    "typed", ["NA", "NULL", "None", "0012", "12", "1E5", "TRUE", "nan", "-", "007.0", "RXA 0012"]
)
def test_local_ids_stay_the_text_that_was_typed(typed: str) -> None:
    assert local_id(f" {typed}\t") == typed


def test_ten_ids_that_look_like_nothing_or_numbers_are_ten_people() -> None:
    ids = ["NA", "NULL", "None", "0012", "12", "1E5", "100000", "TRUE", "nan", "-"]
    assert len({local_id_key(one) for one in ids}) == 10


@pytest.mark.parametrize("other", ["c001 ", " C001", "C001\t", "Ｃ００１", "\u00a0C001"])
def test_spellings_of_one_id_compare_equal(other: str) -> None:
    assert local_id_key(other) == local_id_key("C001")


@pytest.mark.parametrize("typed", ["", "  ", "\t"])
def test_an_empty_local_id_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="local id"):
        local_id(typed)


def test_a_letter_that_only_looks_latin_is_named() -> None:
    assert foreign_letters("\u0421001") == ("CYRILLIC CAPITAL LETTER ES",)
    assert foreign_letters("C001-é") == ()
    assert local_id_key("\u0421001") != local_id_key("C001")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Łukasz Żółć", "ŁŻ"),
        ("mary", "M"),
        ("Anne-Marie O'Neill", "AMO"),
        ("Anne\u2010Marie Smith", "AMS"),
        ("SMITH, John", "SJ"),
        ("J.R. Hartley", "JRH"),
        ("van der Berg", "VDB"),
        ("E\u0301lodie Zoe\u0308", "ÉZ"),
        ("Q\u0323\u0307avier", "Q\u0323\u0307"),
        ("👩\u200d👩\u200d👧 family", "F"),
        ("👍", "?"),
        ("", "?"),
        ("   ", "?"),
        ("123 456", "?"),
        ("Person 1", "P"),
        ("(Bob) Dylan", "BD"),
        ("李 小龙", "李小"),
        ("محمد عبد الله", "معا"),
        ("ßtraße", "S"),
        ("One Two Three Four Five Six", "OTTF"),
    ],
)
def test_initials_for_a_shared_screen(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(name=st.text(max_size=60))
def test_initials_are_short_letters_or_a_question_mark(name: str) -> None:
    shown = initials(name)
    assert shown == "?" or all(unicodedata.category(c)[0] in "LM" for c in shown)
    assert 1 <= sum(c.isalpha() or c == "?" for c in unicodedata.normalize("NFC", shown)) <= 12


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2008-03-24", "2026-03-23", 17),
        ("2008-03-24", "2026-03-24", 18),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2026-03-24", "2026-03-24", 0),
        ("2025-12-31", "2026-01-01", 0),
        ("2026-03-25", "2026-03-24", None),
        (None, "2026-03-24", None),
    ],
)
def test_age_on_a_date(born: str | None, on: str, age: int | None) -> None:
    assert age_on(None if born is None else d(born), d(on)) == age


def test_an_impossible_date_of_birth_is_refused_without_repeating_it() -> None:
    for born in (d("2026-03-25"), d("1873-06-02")):
        with pytest.raises(Refused) as refused:
            checked_born_on(born, on=d("2026-03-24"))
        assert refused.value.code == "born_on"
        assert born.isoformat() not in str(refused.value)


def test_a_newborn_and_a_very_old_person_are_plausible() -> None:
    for born in (d("2026-03-24"), d("1901-03-24")):
        assert checked_born_on(born, on=d("2026-03-24")) == born


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "0-4"), (4, "0-4"), (5, "5-10"), (15, "11-15"), (16, "16-17"), (17, "16-17"),
        (18, "18-24"), (64, "55-64"), (65, "65-74"), (84, "75-84"), (85, "85+"), (125, "85+"),
        (None, "age unknown"),
    ],
)  # fmt: skip
def test_an_age_falls_in_one_band(age: int | None, band: str) -> None:
    assert age_band(age) == band


@given(age=st.integers(0, 130))
def test_children_and_adults_never_share_a_band(age: int) -> None:
    children = {age_band(n) for n in range(18)}
    assert (age_band(age) in children) is (age < 18)
