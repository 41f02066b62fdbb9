"""Publishing a measure: which rule, who may go without one, and what the file is stamped with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casereview.core.text import checked_note
from casereview.errors import NotAllowed, Refused, Usage
from casereview.measures.publishing.disclosure import HIDDEN, NONE, Preset, preset_named
from casereview.measures.publishing.publishing import published
from casereview.measures.publishing.shapes import SHAPES
from casereview.service.desk import Desk, Rows
from casereview.service.measuring.question import Question

STAFF = frozenset({"worker", "owner"})
MAY_IDENTIFY = ("manager", "auditor", "administrator")


def check_publishing(
    desk: Desk, asked: Question, publish: str | None, reason: str | None, *, listing: bool
) -> Preset | None:
    """Return the disclosure rule asked for, None for the team's own view.

    Raises:
        Usage: no such preset; a reason without --publish none.
        Refused: the measure, the group or a list of cases cannot be published.
        NotAllowed: the actor may not publish identifiable figures.
    """
    if publish is None:
        if reason:
            raise Usage("--reason belongs to --publish none.", next="Leave it out.")
        return None
    preset = preset_named(publish)
    if preset is NONE:
        _may_identify(desk, reason)
        return preset
    if reason:
        raise Usage("--reason belongs to --publish none.", next="Leave it out.")
    _check_shape(asked)
    if listing:
        raise Refused(
            "A list of cases is never published.",
            code="list_published",
            next="Leave --list or --publish out.",
        )
    return preset


def _check_shape(asked: Question) -> None:
    if asked.name not in SHAPES:
        raise Refused(
            f"{asked.name} is not published: it shows single workers or single cases.",
            code="not_published",
            next="Use it inside the team, or publish another measure.",
        )
    staff = sorted(STAFF.intersection(asked.by))
    if staff:
        raise Refused(
            f"Figures by {staff[0]} are about single members of staff and are not published.",
            code="staff_published",
            next="Publish them by team.",
        )
    if len(asked.by) > 1:
        raise Refused(
            "Figures are published by one group at a time.",
            code="groups_published",
            next="Leave all but one group out: crossed groups have to be checked together.",
        )


def _may_identify(desk: Desk, reason: str | None) -> None:
    with desk.reading() as work:
        role = work.user(desk.actor).user.role
    if role not in MAY_IDENTIFY:
        raise NotAllowed(
            f"The role {role} may not publish figures that can identify people.",
            next="Use --publish hes7, or ask a manager, an auditor or an administrator.",
        )
    if not (reason or "").strip():
        raise Refused(
            "Publishing without disclosure control needs a reason.",
            code="reason_missing",
            next="Give --reason.",
        )


def publish_rows(
    rows: Rows, asked: Question, preset: Preset, reason: str | None, *, actor: str
) -> tuple[Rows, dict[str, Any]]:
    """Return rows as published and what the output is stamped with."""
    stamp: dict[str, Any] = {"preset": preset.id, "rule": preset.title}
    if preset is NONE:
        stamp |= {
            "identifiable": True, "reason": checked_note(str(reason), what="reason"), "by": actor,
        }  # fmt: skip
        return rows, {"published": stamp}
    by = asked.by[0] if asked.by else None
    apart = ["period_from", "at", *asked.measure.ranks, *_others(rows)]
    found = published(rows, SHAPES[asked.name], preset, by=by, apart=[c for c in apart if c != by])
    hidden = sum(v == HIDDEN for r in found for v in r.values())
    left_out = list(SHAPES[asked.name].drop)
    stamp |= {"identifiable": False, "hidden": hidden, "columns_left_out": left_out}
    return found, {"published": stamp}


def _others(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the columns that name what a row is about, besides ranks and groups."""
    return [c for c in ("wait", "side", "window", "stage", "method") if rows and c in rows[0]]
