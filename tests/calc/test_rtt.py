"""Weekly bands against NHSRtt and the Health Foundation's rule."""

from __future__ import annotations

from typing import Any

import pytest

from casereview.errors import CaseReviewError
from casereview.measures.methods import rtt
from casereview.service.calculating.calc import calc


def test_all_24_lists_are_reached(golden: Any) -> None:
    rows, about = calc("rtt", golden.path("rtt/bands_input.csv"))
    theirs = golden.rows("rtt/expected.csv")
    assert len(theirs) == 24
    golden.same_rows(rows, theirs)
    assert set(about["conventions"]) == {"interp", "band_lower"}


def test_the_band_from_17_weeks_is_within_18_weeks_and_the_next_is_not() -> None:
    # T-23: day 126 is the last of the band from 17 weeks, and is within.
    assert rtt.within({17: 1}) == 1
    assert rtt.within({18: 1}) == 0


def test_a_percentile_in_the_band_without_an_end_is_left_out(worked: Any) -> None:
    rows, about = worked("rtt", "weeks_from,count", "0,10", "104,90")
    assert (rows[0]["interp_92"], rows[0]["band_lower_92"]) == (None, 104)
    assert any("104 weeks has no end" in w for w in about["warnings"])


def test_a_list_of_nobody_has_no_percentile(worked: Any) -> None:
    rows, _ = worked("rtt", "id,weeks_from,count", "A,0,0")
    assert (rows[0]["total"], rows[0]["interp_50"]) == (0, None)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (("id,weeks_from,count", "A,0,1", "A,0,2"), "occurs twice"),
        (("id,weeks_from,count", "A,0.5,1"), "0.5 is no whole number"),
        (("id,weeks_from,count", "A,0,-1"), "-1 is less than 0"),
        (("id,weeks,count", "A,0,1"), "Did you mean 'weeks'?"),
    ],
)
def test_wrong_input_gets_a_sentence(worked: Any, lines: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CaseReviewError) as refused:
        worked("rtt", *lines)
    assert sentence in str(refused.value)
