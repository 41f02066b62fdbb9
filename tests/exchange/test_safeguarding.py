"""A file may say that safeguarding is open; it never closes it, which two people sign for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

HELD = "SELECT text FROM person_facts WHERE fact = 'safeguarding' ORDER BY n"
FACT = """
[[fact]]
column = "worry"
name = "safeguarding"
values = { "yes" = "open", "no" = "none" }
"""
LIST = "case,referred,stage,ended,why,worry"
LOG = "case,what,when,worry"


@pytest.mark.parametrize("stage", ["new", "Stabilise"])
def test_a_list_leaves_open_what_was_open_and_says_so_for_the_row(
    ward: Any, snapshot: Any, stage: str
) -> None:
    ward.take(*snapshot("A,05/01/2026,new,,,yes", "B,05/01/2026,new,,,no", heading=LIST,
                        more=FACT), on=date(2026, 1, 31))  # fmt: skip
    got = ward.take(
        *snapshot(f"A,05/01/2026,{stage},,,no", "B,05/01/2026,new,,,no", heading=LIST, more=FACT),
        on=date(2026, 2, 28),
    )
    assert (got["rejected"], got["warned"]) == (0, 1)
    assert ward.report()[0]["reason"].startswith("Safeguarding is open for this person")
    assert "--sign" in ward.report()[0]["fix"]
    assert ward.sql(HELD) == [("open",), ("none",)]
    assert ward.problems() == []


def test_events_of_one_file_leave_it_open_too(ward: Any, events: Any) -> None:
    got = ward.take(*events(
        "A,Referred,05/01/2026 09:30,yes", "A,Treated,06/01/2026 10:00,no",
        "A,Better,07/01/2026 10:00,", head=LOG, more=FACT,
    ))  # fmt: skip
    assert (got["accepted"], got["rejected"], got["warned"]) == (3, 0, 1)
    assert ward.report()[0]["line"] == "3"
    assert ward.sql(HELD) == [("open",)]
    assert ward.problems() == []


def test_a_file_may_open_what_was_none(ward: Any, snapshot: Any) -> None:
    for word, day in (("no", date(2026, 1, 31)), ("yes", date(2026, 2, 28))):
        got = ward.take(*snapshot(f"A,05/01/2026,new,,,{word}", heading=LIST, more=FACT), on=day)
        assert got["warned"] == 0
    assert ward.sql(HELD) == [("none",), ("open",)]
