"""The sections of a report in their order."""

from __future__ import annotations

from collections.abc import Callable

from casereview.report.page_parts import Section, grid
from casereview.service.reporting.asking import Asking
from casereview.service.reporting.flow import caseload, stages, throughput, waits
from casereview.service.reporting.time import delays, returns, stays, survival
from casereview.service.reporting.work import actions, attendance, reviews, teams
from casereview.service.typed.figures import list_figures

Build = Callable[[Asking], Section]

_ONE_TEAM: tuple[Build, ...] = (
    throughput, waits, stages, stays, survival, delays, caseload, actions, reviews, attendance,
    returns,
)  # fmt: skip


def typed(asking: Asking) -> Section:
    """Return what was typed from elsewhere: figures with their source, and dated causes."""
    rows = list_figures(asking.desk, team=asking.team) if not asking.guarded else []
    tables = []
    figures = [r for r in rows if r["kind"] == "figure"]
    if figures:
        columns = {
            "series": "figure", "column": "column", "group": "group", "team": "team",
            "period": "period", "value": "value", "source": "source",
        }  # fmt: skip
        tables.append(grid("Figures typed from elsewhere", figures, columns))
    others = [r for r in rows if r["kind"] != "figure"]
    if others:
        columns = {"series": "figure", "kind": "kind", "team": "team", "period": "date",
                   "text": "words"}  # fmt: skip
        tables.append(grid("Causes other than the work, and periods not reported", others, columns))
    said = ("The engine cannot know these: they stand as they were typed, with their source.",)
    return Section("typed", "Figures from elsewhere", said, tuple(tables))


def sections_for(asking: Asking) -> tuple[Build, ...]:
    """Return the sections of a question: teams stand beside each other only where all are asked."""
    known = [] if asking.guarded else list_figures(asking.desk, team=asking.team)
    more = (typed,) if known else ()
    return (*_ONE_TEAM, *more) if asking.team is not None else (*_ONE_TEAM, teams, *more)
