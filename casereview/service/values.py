"""What people type for a fact, turned into a value or refused."""

from __future__ import annotations

import re
from datetime import date

from casereview.core.calendar import years_since
from casereview.core.facts import FactSpec, Value
from casereview.core.identity import AGE_MAX
from casereview.core.text import checked_name
from casereview.errors import Refused
from casereview.service.near import nearest

_UNKNOWN = ("unknown", "not known", "?")
_LIMIT = 10**9


def parse_value(spec: FactSpec, text: str, *, today: date) -> Value:
    """Return a typed value; "unknown" is None.

    A date that programs write where there is none, or one of more than 125 years before `today`, is
    refused as imports refuse it.

    Raises:
        Refused: the text does not fit the fact (code bad_value); it says what would.
    """
    raw = text.strip()
    if raw.lower() in _UNKNOWN:
        return None
    parser = {
        "code": _code, "date": _date, "integer": _integer, "boolean": _boolean, "text": _text,
    }[spec.type]  # fmt: skip
    value = parser(spec, raw)
    if spec.type == "date" and isinstance(value, date):
        _check_real(spec, raw, value, today)
    return value


def _check_real(spec: FactSpec, raw: str, value: date, today: date) -> None:
    from casereview.exchange.layouts.parts import NEVER

    if value.isoformat() in NEVER or years_since(value, today) > AGE_MAX:
        raise Refused(
            f"{spec.name}: {raw!r} stands for no date.",
            code="bad_value",
            next="Give the real date, or the word unknown.",
        )


def _bad(spec: FactSpec, text: str, what: str) -> Refused:
    return Refused(f"{spec.name}: {text!r} does not fit.", code="bad_value", next=what)


def _code(spec: FactSpec, raw: str) -> Value:
    value = raw.lower()
    if spec.values and value not in spec.values:
        near = nearest(value, spec.values)
        listed = ", ".join((*spec.values, "unknown"))
        hint = f"Did you mean {near}? " if near else ""
        raise _bad(spec, raw, f"{hint}Values: {listed}.")
    return value


def _date(spec: FactSpec, raw: str) -> Value:
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise _bad(spec, raw, "Write dates as year-month-day, 2026-03-01.") from error


def _integer(spec: FactSpec, raw: str) -> Value:
    if not re.fullmatch(r"[+-]?\d{1,9}", raw) or abs(int(raw)) > _LIMIT:
        raise _bad(spec, raw, "Write a whole number.")
    return int(raw)


def _boolean(spec: FactSpec, raw: str) -> Value:
    words = {"yes": True, "true": True, "no": False, "false": False}
    if raw.lower() not in words:
        raise _bad(spec, raw, "Write yes or no.")
    return words[raw.lower()]


def _text(spec: FactSpec, raw: str) -> Value:
    if not raw:
        raise _bad(spec, raw, "Write a word, or unknown.")
    return checked_name(raw, what=spec.noun or spec.name)
