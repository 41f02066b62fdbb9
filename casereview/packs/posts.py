"""Which posts of a team its rules give work to."""

from __future__ import annotations

from casereview.core.packs import Outcome, Pack
from casereview.packs.library import Library


def posts_wanted(library: Library, pathway: str) -> set[str]:
    """Return the posts that the packs of a pathway give actions to."""
    return {
        o.owner
        for p in library.packs_for(pathway)
        for o in _outcomes(p)
        if o.action and o.owner not in ("key-worker", "chair")
    }


def _outcomes(pack: Pack) -> list[Outcome]:
    found: list[Outcome | None] = []
    for question in (*pack.questions, *pack.waiting_questions):
        found += [question.otherwise, question.unknown, *(o.outcome for o in question.options)]
    found += [r.outcome for r in pack.rules]
    return [o for o in found if o is not None]
