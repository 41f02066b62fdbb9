from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest

from casereview.store.canonical import canonical_text, instant


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ({"on": date(2024, 2, 29)}, '{"on":"2024-02-29"}'),
        ({"at": datetime(2024, 2, 29, 1, tzinfo=UTC)}, '{"at":"2024-02-29T01:00:00.000000Z"}'),
        (("é", 10**20), '["é",100000000000000000000]'),
        (MappingProxyType({"z": MappingProxyType({}), "a": ()}), '{"a":[],"z":{}}'),
    ],
)
def test_a_value_has_one_written_form(value: Any, text: str) -> None:
    assert canonical_text(value) == text


@pytest.mark.parametrize(
    "value", [1.0, {"a": 1.5}, [[0.1]], {"a": {"b": float("nan")}}, {1: "a"}, {"a": {1, 2}}, b"x"]
)
def test_what_has_no_single_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_text(value)


def test_half_a_character_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical_text("\ud800").encode()


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=1))), "2026-03-29T01:30:00"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00"),
    ],
)
def test_instants_are_utc_and_of_one_width(at: datetime, text: str) -> None:
    assert instant(at) == f"{text}.000000Z"


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 3, 3))
