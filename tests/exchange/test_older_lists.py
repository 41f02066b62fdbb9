"""A list of an earlier day than one that is in never takes newer states back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casereview.errors import Refused

OLD, NEW = "K1,05/01/2026,Assess,,", "K1,05/01/2026,Stabilise,,"


def stage(ward: Any) -> Any:
    return ward.one("SELECT stage FROM cases")


def test_an_older_list_is_refused_and_names_the_newer_one(ward: Any, snapshot: Any) -> None:
    ward.take(*snapshot(NEW), on=date(2026, 2, 10))
    with pytest.raises(Refused, match="2026-02-03, and one of 2026-02-10 is in already") as found:
        ward.take(*snapshot(OLD), on=date(2026, 2, 3))
    assert found.value.code == "older_list"
    assert stage(ward) == "stabilise"


def test_a_list_of_the_same_or_a_later_day_is_taken(ward: Any, snapshot: Any) -> None:
    for day, line in ((3, OLD), (3, NEW), (10, OLD)):
        assert ward.take(*snapshot(line), on=date(2026, 2, day))["accepted"] == 1


def test_an_older_list_that_changes_nothing_is_only_unchanged(ward: Any, snapshot: Any) -> None:
    ward.take(*snapshot(OLD), on=date(2026, 2, 3))
    ward.take(*snapshot(OLD, "K2,06/01/2026,Assess,,"), on=date(2026, 2, 10))
    got = ward.take(*snapshot(OLD), on=date(2026, 2, 3))
    assert (got["accepted"], got["unchanged"]) == (0, 1)
