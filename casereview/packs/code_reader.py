"""Reading one code list file: what it may say, and every fault of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from casereview.core.calendar import add_months
from casereview.packs.code_lists import Code, CodeList
from casereview.packs.holidays_data import DIVISIONS
from casereview.packs.reader import SLUG, Reader, Table, nearest, shown

# Month ids of the Mental Health Services Data Set: 1 is April 1900, so 1429 is April 2019.
FIRST_MONTH = date(1900, 4, 1)
LAST_MONTH_ID = 97_000
USES = ("delay", "attendance", "contact")

Validity = tuple[date | None, date | None]


def month_start(month_id: int) -> date:
    """Return the first day of a month of the Mental Health Services Data Set; 1 is April 1900.

    Raises:
        Refused: the month is beyond the calendar.

    Source: NHS England mental-health-monthly-statistics, month ids 1429 and 1489.
    """
    return add_months(FIRST_MONTH, month_id - 1)


def load_codes(text: str, file: str) -> CodeList:
    """Read one code list.

    Args:
        text: TOML: one [list], any [[group]], at least one [[code]], any [[attributable]]. Dates of
            validity are given as dates or as months of the Mental Health Services Data Set; those
            of [list] hold for every code that has none of its own.
        file: name of the file, for the faults.

    Raises:
        PackFaults: with every fault of the file, its key, its line and the nearest valid name.
    """
    reader = Reader(text, file)
    reader.data = _with_dates_as_text(reader.data)
    root = reader.root()
    head = root.table("list")
    if head is None and "list" not in root:
        root.fault("", "There is no [list] table.")
    values, validity = _head(head) if head is not None else (_NOTHING, (None, None))
    groups = _groups(root.tables("group"))
    tables = root.tables("code")
    if not tables:
        root.fault("", "There is no [[code]] table.")
    codes = tuple(_code(table, validity, tuple(groups)) for table in tables)
    attributable = tuple(_code(table, validity, None) for table in root.tables("attributable"))
    root.done()
    made = CodeList(**values, codes=codes, groups=groups, attributable=attributable, file=file)
    _check_doubles(made, tables)
    _check_missing(made, head)
    reader.finish()
    return made


_NOTHING: dict[str, Any] = {"id": "", "version": 0, "title": "", "source": "", "use": ""}


def _head(table: Table) -> tuple[dict[str, Any], Validity]:
    validity = _validity(table)
    # The empty prefix is a prefix too: every word is then allowed.
    local = table.text("allow_local", limit=20)
    values: dict[str, Any] = {
        "id": table.text("id", required=True, limit=60, like=SLUG),
        "version": table.integer("version", default=1, low=1, required=True),
        "title": table.text("title", required=True, limit=160),
        "source": table.text("source", required=True),
        "use": table.word("use", USES, required=True),
        "pathways": table.words("pathways"),
        "divisions": table.words("divisions", DIVISIONS),
        "fallback": table.flag("fallback"),
        "order": table.integer("order", default=100),
        "allow_local": local if "allow_local" in table else None,
        "strip_zeros": table.flag("strip_zeros"),
        "pad_to": table.integer("pad_to", default=0, high=10),
        "missing": table.text("missing", limit=40),
        "valid_from": validity[0],
        "valid_before": validity[1],
    }
    table.done()
    return values, validity


def _groups(tables: Sequence[Table]) -> dict[str, str]:
    groups: dict[str, str] = {}
    for table in tables:
        name = table.text("id", required=True, limit=60, like=SLUG)
        if name and name in groups:
            table.fault("id", f"The group {name!r} is there twice.")
        groups[name] = table.text("title", required=True, limit=160)
        table.done()
    return groups


def _code(table: Table, around: Validity, groups: tuple[str, ...] | None) -> Code:
    own = _validity(table)
    code = Code(
        code=table.text("code", required=True, limit=40),
        title=table.text("title", required=True, limit=240),
        group="" if groups is None else table.word("group", groups),
        also=() if groups is None else table.words("also"),
        flags=() if groups is None else table.words("flags"),
        valid_from=own[0] or around[0],
        valid_before=own[1] or around[1],
    )
    table.done()
    return code


def _validity(table: Table) -> Validity:
    first, before = _day(table, "valid_from"), _day(table, "valid_before")
    if first is not None and before is not None and before <= first:
        table.fault("valid_before", "The validity ends before it starts.")
    return first, before


def _day(table: Table, key: str) -> date | None:
    month_key = f"{key}_month"
    given = table.text(key, limit=40)
    month = table.integer(month_key, low=1, high=LAST_MONTH_ID)
    if given and month is not None:
        table.fault(month_key, f"Give {key!r} or {month_key!r}, not both.")
    if given:
        try:
            return date.fromisoformat(given)
        except ValueError:
            table.fault(key, f"This must be a date such as 2024-05-27, not {shown(given)}.")
            return None
    return None if month is None else month_start(month)


def _with_dates_as_text(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data with plain dates in its tables as text: quotes around them do not matter."""
    made: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            made[key] = _row_with_text(value)
        elif isinstance(value, list):
            made[key] = [_row_with_text(r) if isinstance(r, dict) else r for r in value]
        else:
            made[key] = value
    return made


def _row_with_text(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}


def _check_doubles(made: CodeList, tables: Sequence[Table]) -> None:
    seen: dict[str, list[Code]] = {}
    for table, code in zip(tables, made.codes, strict=True):
        for key in dict.fromkeys(made.key(word) for word in (code.code, *code.also) if word):
            earlier = seen.setdefault(key, [])
            if any(_overlap(code, other) for other in earlier):
                table.fault("code", f"{shown(key)} is there twice for the same days.")
            earlier.append(code)


def _check_missing(made: CodeList, head: Table | None) -> None:
    if head is None or not made.missing:
        return
    keys = {made.key(code.code): code.code for code in made.codes}
    if made.key(made.missing) not in keys:
        near = nearest(made.missing, keys.values())
        head.fault("missing", f"There is no code {shown(made.missing)}.", near=near)


def _overlap(a: Code, b: Code) -> bool:
    first = max(a.valid_from or date.min, b.valid_from or date.min)
    before = min(a.valid_before or date.max, b.valid_before or date.max)
    return first < before
