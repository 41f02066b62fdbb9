"""Attendance: who came, who did not, and who cancelled, by national attendance code."""

from __future__ import annotations

import narwhals as nw

from casereview.core.attendance import ATTENDED, MISSED
from casereview.measures.ask import Ask
from casereview.measures.common import (
    case_face,
    filled,
    flag,
    groups_of,
    in_period,
    listed,
    percent,
    spine,
    total,
)
from casereview.measures.tables import Lazy, Tables

NOT_KEPT = ("2", "3", "4", "7")
"""Source: domain.md 2.6 (MHS58 missed care contacts: cancelled ones are among them)."""
COUNTS = (
    "appointments", "attended", "did_not_attend", "cancelled_by_person", "cancelled_by_provider",
    "to_come", "missed",
)  # fmt: skip


def _contacts(tables: Tables, ask: Ask) -> Lazy:
    code = nw.col("attended")
    held = tables["attendances"].select(
        "case_id", "day", nw.col("kind").fill_null("").alias("kind"), code.alias("code")
    )
    found = held.join(case_face(tables, ask), on="case_id", how="inner")
    code = nw.col("code")
    return in_period(found, tables, "day").with_columns(
        appointments=nw.lit(1), attended=flag(code.is_in(list(ATTENDED))),
        did_not_attend=flag(code.is_in(list(MISSED))), cancelled_by_person=flag(code == "2"),
        cancelled_by_provider=flag(code == "4"), to_come=flag(code == "0"),
        missed=flag(code.is_in(list(NOT_KEPT))),
    )  # fmt: skip


def attendance(tables: Tables, ask: Ask) -> Lazy:
    """Return appointments by what became of them, the DNA rate and the missed contacts.

    The DNA rate is (3 + 7) of (3 + 7 + 5 + 6): cancellations are no appointments to attend.

    Source: domain.md 2.6 (T-26).
    """
    found = _contacts(tables, ask)
    keys = ["period", *ask.by]
    figures = found.group_by(*keys).agg(*(total(c) for c in COUNTS))
    rows = filled(spine(tables, groups_of(found, ask)), [figures], keys, COUNTS)
    rows = rows.with_columns(expected=nw.col("attended") + nw.col("did_not_attend"))
    return rows.with_columns(dna_percent=percent("did_not_attend", "expected")).drop("expected")


def attendance_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the appointments behind the numbers, with their day and code."""
    more = ("day", "code") if "kind" in ask.by else ("day", "kind", "code")
    found = _contacts(tables, ask).with_columns(contact_day=nw.col("day"))
    return listed(found, ask, "appointments", *("contact_day" if m == "day" else m for m in more))
