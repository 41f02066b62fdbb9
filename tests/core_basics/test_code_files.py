"""A code list file: dates of validity, months, and every fault at once."""

from __future__ import annotations

from datetime import date

import pytest

from casereview.errors import PackFaults, Refused
from casereview.packs.codes import load_codes

SMALL = """
[list]
id = "small"
version = 1
title = "Small list"
source = "A test"
use = "delay"

[[code]]
code = "A1"
title = "First, old"
valid_before = 2024-04-01

[[code]]
code = "A1"
title = "First, new"
valid_from = 2024-04-01
valid_before = "2025-04-01"

[[code]]
code = "B2"
title = "Second"
valid_from_month = 1489
"""


def test_a_code_out_of_force_is_never_offered_as_the_nearest() -> None:
    one = load_codes(SMALL, "small.toml")
    assert one.nearest("A1", date(2026, 1, 1)) != "A1"
    assert one.nearest("A11", date(2024, 1, 1)) == "A1"


def test_a_code_may_change_its_meaning_with_its_dates() -> None:
    one = load_codes(SMALL, "small.toml")
    assert one.find("a1", date(2024, 3, 31)).title == "First, old"
    assert one.find("a1", date(2024, 4, 1)).title == "First, new"
    with pytest.raises(Refused, match="2025-04-01"):
        one.find("a1", date(2025, 4, 1))
    assert one.find("B2", date(2024, 4, 1)).title == "Second"
    shown = one.get("a1")
    assert shown is not None
    assert shown.title == "First, new"
    assert one.get("zz") is None
    assert [c.code for c in one.valid_codes(date(2024, 3, 31))] == ["A1"]


def test_all_faults_of_a_file_are_named_at_once_with_key_line_and_nearest() -> None:
    text = """[list]
id = "bad"
title = "Bad"
source = "A test"
use = "delays"
colour = "red"
missing = "Z9"

[[group]]
id = "housing"
title = "Housing"

[[code]]
code = "1"
title = "One"
group = "housin"

[[code]]
code = "1"
title = "Again"
valid_from = 2025-01-01
valid_before = 2024-01-01

[[code]]
code = 3
title = "Number"

[[code]]
code = "4"
titel = "Four"
valid_from = 2024-01-01T00:00:00
"""
    with pytest.raises(PackFaults) as refused:
        load_codes(text, "bad.toml")
    faults = refused.value.faults
    assert [(f.key, f.line, f.nearest) for f in sorted(faults, key=lambda f: f.line or 0)] == [
        ("list", 1, None),
        ("list.use", 5, "delay"),
        ("list.colour", 6, None),
        ("list.missing", 7, None),
        ("code[1].group", 16, "housing"),
        ("code[2].valid_before", 22, None),
        ("code[3].code", 25, None),
        ("code[4]", 28, None),
        ("code[4].titel", 30, "title"),
        ("code[4].valid_from", 31, None),
    ]
    assert all(f.file == "bad.toml" for f in faults)


def test_a_code_that_stands_twice_for_the_same_days_is_a_fault() -> None:
    again = SMALL + '\n[[code]]\ncode = "b2"\ntitle = "Again"\n'
    with pytest.raises(PackFaults, match="twice"):
        load_codes(again, "small.toml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[list",
        "list = 3",
        "code = [1]",
        '[[list]]\nid = "x"',
        "x = " + "[" * 5_000,
        "[list]\nvalid_from_month = 0",
        "[list]\nvalid_from_month = true",
        SMALL.replace('use = "delay"', 'use = "delay"\nvalid_from = 2024-13-01'),
        SMALL.replace('use = "delay"', 'use = "delay"\nvalid_from = "soon"'),
        SMALL.replace("1489", "1489\nvalid_from = 2024-04-01"),
    ],
)
def test_a_damaged_file_is_a_list_of_faults_and_nothing_else(text: str) -> None:
    with pytest.raises(PackFaults) as refused:
        load_codes(text, "damaged.toml")
    assert refused.value.faults
