"""One way to write a value as bytes, so that its hash is the same everywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

_PLAIN = frozenset((str, int, bool, type(None)))


def instant(at: datetime) -> str:
    """Return an aware instant as UTC text of fixed width, so that text order is time order.

    Raises:
        ValueError: the instant has no time zone.
    """
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def _default(value: Any) -> str | dict[str, Any]:
    """Write dates as ISO text and any mapping as an object; nothing else has one written form."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


_ENCODER = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,
    default=_default,
)


def _refuse_floats(value: Any) -> None:
    """Refuse numbers that print differently elsewhere, and keys that are not text."""
    kind = type(value)
    if kind in _PLAIN:
        return
    if isinstance(value, float):
        raise TypeError("a float has no canonical form")
    if kind is dict or isinstance(value, Mapping):
        for key, inner in value.items():
            if type(key) is not str:
                raise TypeError("a key of canonical JSON is text")
            if type(inner) not in _PLAIN:
                _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            if type(inner) not in _PLAIN:
                _refuse_floats(inner)


def canonical_text(value: Any) -> str:
    """Return canonical JSON: sorted keys, no blanks, dates as ISO text.

    Raises:
        TypeError: a float, a key that is no text, or a type JSON does not know.
    """
    _refuse_floats(value)
    return _ENCODER.encode(value)
