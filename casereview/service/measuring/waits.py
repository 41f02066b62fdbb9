"""Which waits are asked: those of the pathways in use, one of them, or any pair of milestones."""

from __future__ import annotations

from collections.abc import Sequence

from casereview.core.pathways import Pathway
from casereview.errors import NotFound
from casereview.measures.ask import Wait
from casereview.measures.points import CLOCK_STOPS, MOMENTS
from casereview.service.near import nearest
from casereview.service.work import Work
from casereview.store.in_use import milestones_in_use, pathways_in_use


def asked_waits(
    work: Work, wait: str | None, team: str | None, *, first: bool = False
) -> tuple[Wait, ...]:
    """Return the waits that are asked.

    Args:
        work: reading.
        wait: FROM:TO, the name of a pathway's wait, or None for every wait of the pathways.
        team: only the pathway of this team, None for those of all teams.
        first: where none is named, only the first wait of each pathway: its waiting list.

    Raises:
        NotFound: no such wait or milestone; the nearest is named.
    """
    pathways = _pathways(work, team)
    named = pathway_waits(pathways)
    if wait is None and first:
        return pathway_waits(pathways, first=True)
    if wait is None:
        return named
    if ":" in wait:
        start, _, stop = (part.strip() for part in wait.partition(":"))
        return (_pair(work, wait.replace(" ", ""), start, stop, named, team),)
    found = tuple(w for w in named if w.label == wait or w.label.rpartition("/")[2] == wait)
    if not found:
        near = nearest(wait, (w.label for w in named))
        raise NotFound(
            f"No pathway in use has a wait called {wait!r}.",
            code="unknown_wait",
            next=(f"Did you mean {near}? " if near else "")
            + "Give two milestones as FROM:TO, for example referred:assessed.",
        )
    return found


def pathway_waits(pathways: Sequence[Pathway], *, first: bool = False) -> tuple[Wait, ...]:
    """Return the waits that pathways name, or only the first of each; the same wait is one.

    A name that stands for different waits is written PATHWAY/NAME.
    """
    held: dict[tuple[str, str, str, int | None], list[str]] = {}
    for pathway in pathways:
        for found in pathway.waits_between[: 1 if first else None]:
            held.setdefault(found, []).append(pathway.id)
    names = [name for name, *_ in held]
    return tuple(
        Wait(
            name if names.count(name) == 1 else f"{own[0]}/{name}",
            start,
            stop,
            target,
            tuple(own),
        )
        for (name, start, stop, target), own in held.items()
    )


def _pathways(work: Work, team: str | None) -> list[Pathway]:
    known = work.desk.library.pathways
    return [known[p] for p in pathways_in_use(work.connection, team) if p in known]


def _pair(
    work: Work, label: str, start: str, stop: str, named: Sequence[Wait], team: str | None
) -> Wait:
    known = {*MOMENTS, *(m for p in _pathways(work, team) for m in p.milestones)}
    if not {start, stop} <= known:
        known |= milestones_in_use(work.connection)
    known |= {m for parts in CLOCK_STOPS.values() for m in parts}
    for name in (start, stop):
        if name not in known:
            near = nearest(name, known)
            raise NotFound(
                f"There is no milestone {name!r}.",
                code="unknown_milestone",
                next=(f"Did you mean {near}? " if near else "") + f"There are {_list(known)}.",
            )
    same = {w.target_days for w in named if (w.start, w.stop) == (start, stop)}
    return Wait(label, start, stop, same.pop() if len(same) == 1 else None)


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))
