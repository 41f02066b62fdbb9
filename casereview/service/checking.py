"""Is the store right? `verify` recomputes it from the journal, `doctor` looks for what is stuck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casereview.errors import NotFound, StoreDamaged
from casereview.packs.pack_file import text_hash
from casereview.packs.posts import posts_wanted
from casereview.service.desk import Desk, Rows
from casereview.service.organisation.teams import list_teams
from casereview.service.work import Work
from casereview.store import journal
from casereview.store.invariants import (
    INVARIANTS,
    UNACCEPTED_TRANSFERS,
    UNCONFIRMED_OVERRIDES,
    WITHOUT_NEXT_STEP,
    Invariant,
    breaches,
)
from casereview.store.kept_texts import kept_texts
from casereview.store.place import unwise
from casereview.store.rebuild import compare_rows
from casereview.store.verify import verify_chains
from casereview.store.whole import entries_held

SHOWN = 20


def verify(desk: Desk, *, since_head: str | None = None) -> Rows:
    """Recompute every chain and every row; one row a check, ok False when anything differs."""
    chains = _seen(
        desk, lambda w: [str(p) for p in verify_chains(w.connection, since_head=since_head)]
    )
    rows = [
        _row("journal chains", chains, f"{_entries(desk)} entries"),
        _row("rows equal the journal", _seen(desk, _differences), "every row accounted for"),
        _row("rule files kept whole", _seen(desk, _changed_rules), "each has the text of its hash"),
    ]
    if desk.store.path is not None:
        rows.append(_row("pages of the file", _bad_pages(desk), "whole"))
    return rows


def unreadable(error: StoreDamaged) -> Rows:
    """Return the one row of a store that is too damaged to be opened."""
    return [_row("the store can be opened", [error.message], "")]


def _seen(desk: Desk, look: Callable[[Work], list[str]]) -> list[str]:
    """Return what a look finds; what keeps it from looking is a finding, not the end."""
    try:
        with desk.reading() as work:
            return look(work)
    except StoreDamaged as error:
        return [error.message]


def _differences(work: Work) -> list[str]:
    found = [str(d) for d in compare_rows(work.connection)]
    began = next(journal.iterate(work.connection, kinds=["store"]), None)
    if began is not None and began.kind == "initialised":
        store = work.desk.store
        told = {"rehearsal": store.rehearsal, "zone": store.time_zone}
        found += [f"store_meta differs in {k}." for k, v in told.items() if began.body.get(k) != v]
    return found


def _changed_rules(work: Work) -> list[str]:
    return [
        f"the kept text of {name} has changed."
        for key, name, text in kept_texts(work.connection)
        if not isinstance(text, str) or text_hash(text) != key
    ]


def _entries(desk: Desk) -> int:
    try:
        with desk.reading() as work:
            return entries_held(work.connection)[0]
    except StoreDamaged:
        return 0


def _bad_pages(desk: Desk) -> list[str]:
    try:
        desk.store.quick_check()
    except StoreDamaged as error:
        return [error.message]
    return []


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
    rows = [_holds(desk, invariant) for invariant in INVARIANTS]
    for name, look in _LOOKS.items():
        try:
            with desk.reading() as work:
                found, damaged = look(work), False
        except (StoreDamaged, NotFound) as error:
            found, damaged = [error.message], True
        row = _row(name, found, "fine")
        rows.append(row | {"warning": bool(found) and not damaged, "ok": not damaged})
    return rows


def _holds(desk: Desk, invariant: Invariant) -> dict[str, Any]:
    """Return the row of one invariant."""
    try:
        with desk.reading() as work:
            found, only_warns = breaches(work.connection, invariant.sql), invariant.warning
    except StoreDamaged as error:
        found, only_warns = [error.message], False
    row = _row(invariant.name, found, "holds")
    if found:
        row["detail"] += f" ({invariant.says})"
    row["warning"] = bool(found) and only_warns
    row["ok"] = not found or only_warns
    return row


def _unfilled_posts(work: Work) -> list[str]:
    found = []
    for team in list_teams(work.desk):
        wanted = posts_wanted(work.desk.library, team["pathway"])
        found += [f"{team['team']}: {post}" for post in sorted(wanted - set(team["posts"]))]
    return found


def _refused_packs(work: Work) -> list[str]:
    return [f"{name}: {why}" for name, why in work.desk.library.refused.items()]


def _unwise_place(work: Work) -> list[str]:
    path = work.desk.store.path
    return [] if path is None else unwise(path)


_LOOKS: dict[str, Callable[[Work], list[str]]] = {
    "posts that actions go to are filled": _unfilled_posts,
    "every open case has a next step": lambda w: breaches(w.connection, WITHOUT_NEXT_STEP),
    "overrides have been confirmed": lambda w: breaches(w.connection, UNCONFIRMED_OVERRIDES),
    "offered transfers have been accepted": lambda w: breaches(w.connection, UNACCEPTED_TRANSFERS),
    "rule files can be used": _refused_packs,
    "nobody else reads or replaces the store": _unwise_place,
}
