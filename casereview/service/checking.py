"""Is the store right? `verify` recomputes it from the journal, `doctor` looks for what is stuck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casereview.errors import StoreDamaged
from casereview.packs.library import Library
from casereview.service.desk import Desk, Rows
from casereview.service.work import Work
from casereview.store.invariants import (
    INVARIANTS,
    UNACCEPTED_TRANSFERS,
    UNCONFIRMED_OVERRIDES,
    WITHOUT_NEXT_STEP,
    breaches,
)
from casereview.store.rebuild import compare_rows
from casereview.store.verify import verify_chains

SHOWN = 20


def verify(desk: Desk, *, since_head: str | None = None) -> Rows:
    """Recompute every chain and every row; one row a check, ok False when anything differs."""
    with desk.reading() as work:
        problems = [str(p) for p in verify_chains(work.connection, since_head=since_head)]
        try:
            differences = [str(d) for d in compare_rows(work.connection)]
        except StoreDamaged as error:
            # An entry that cannot be read is a finding, not the end of the check.
            differences = [error.message]
        entries = work.connection.exec_driver_sql("SELECT count(*) FROM entries").scalar_one()
    return [
        _row("journal chains", problems, f"{entries} entries"),
        _row("rows equal the journal", differences, "every row accounted for"),
    ]


def _row(check: str, found: list[str], fine: str) -> dict[str, Any]:
    shown = found[:SHOWN]
    if len(found) > SHOWN:
        shown.append(f"and {len(found) - SHOWN} more")
    return {
        "check": check, "ok": not found, "detail": "; ".join(shown) or fine, "count": len(found),
    }  # fmt: skip


def doctor(desk: Desk) -> Rows:
    """Check the invariants and look for what nobody can act on; warnings leave ok True.

    Returns:
        One row a check: check, ok, detail, warning.
    """
    rows: Rows = []
    with desk.reading() as work:
        for invariant in INVARIANTS:
            found = breaches(work.connection, invariant.sql)
            row = _row(invariant.name, found, "holds")
            if found:
                row["detail"] += f" ({invariant.says})"
            row["warning"] = bool(found) and invariant.warning
            row["ok"] = not found or invariant.warning
            rows.append(row)
        for name, look in _LOOKS.items():
            found = look(work)
            row = _row(name, found, "fine")
            row |= {"warning": bool(found), "ok": True}
            rows.append(row)
    return rows


def _unfilled_posts(work: Work) -> list[str]:
    from casereview.service.setup import list_teams

    found = []
    for team in list_teams(work.desk):
        wanted = posts_wanted(work.desk.library, team["pathway"])
        found += [f"{team['team']}: {post}" for post in sorted(wanted - set(team["posts"]))]
    return found


def posts_wanted(library: Library, pathway: str) -> set[str]:
    """Return the posts that the packs of a pathway give actions to."""
    return {
        o.owner
        for p in library.packs_for(pathway)
        for o in _outcomes(p)
        if o.action and o.owner not in ("key-worker", "chair")
    }


def _outcomes(pack: Any) -> list[Any]:
    found = []
    for question in (*pack.questions, *pack.waiting_questions):
        found += [question.otherwise, question.unknown, *(o.outcome for o in question.options)]
    found += [r.outcome for r in pack.rules]
    return [o for o in found if o is not None]


def _refused_packs(work: Work) -> list[str]:
    return [f"{name}: {why}" for name, why in work.desk.library.refused.items()]


_LOOKS: dict[str, Callable[[Work], list[str]]] = {
    "posts that actions go to are filled": _unfilled_posts,
    "every open case has a next step": lambda w: breaches(w.connection, WITHOUT_NEXT_STEP),
    "overrides have been confirmed": lambda w: breaches(w.connection, UNCONFIRMED_OVERRIDES),
    "offered transfers have been accepted": lambda w: breaches(w.connection, UNACCEPTED_TRANSFERS),
    "rule files can be used": _refused_packs,
}


def all_ok(rows: Rows) -> bool:
    """Tell whether nothing is wrong; warnings do not count."""
    return all(row["ok"] for row in rows)
