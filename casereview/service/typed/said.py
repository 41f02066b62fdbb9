"""What stands beside a measure: its dated causes, and periods that are not to be reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casereview.core.calendar import add_days
from casereview.core.periods import Period, period_label
from casereview.core.records import NotReportable, SeriesNote, TypedFigure
from casereview.core.state.figures import SeriesState

ERASED = "not told"


@dataclass(frozen=True, slots=True)
class About:
    """Everything typed about one series.

    Attributes:
        figures: typed figures.
        notes: dated causes other than the work.
        marks: periods not to be reported.
    """

    figures: tuple[TypedFigure, ...] = ()
    notes: tuple[SeriesNote, ...] = ()
    marks: tuple[NotReportable, ...] = ()

    def unreported(self, period: Period, team: str | None) -> str | None:
        """Return why a team's figure of a period is not reportable, None when it is.

        A period that a mark only touches rests on what was marked, so it is not reportable either.
        A mark of one team does not take the figure of the whole service.
        """
        found = [m for m in self.marks if m.team in (None, team) and _touches(m, period)]
        return "; ".join(dict.fromkeys(m.reason or ERASED for m in found)) or None

    def any_unreported(self, periods: Iterable[Period]) -> bool:
        """Tell whether any of some periods has a mark, of any team."""
        return any(_touches(m, p) for m in self.marks for p in periods)

    def chart_notes(self, periods: Sequence[Period], team: str | None) -> list[str]:
        """Return the causes between the first and last period as a chart takes them, DATE=TEXT."""
        return [f"{n['date'].isoformat()}={n['text']}" for n in self._notes(periods, team)]

    def provenance(self, periods: Sequence[Period], team: str | None) -> dict[str, Any]:
        """Return notes and marks of the time asked about, {} when there are none.

        Those of single teams are there for the whole service too, with the team named.
        """
        notes = self._notes(periods, team)
        first, before = periods[0].from_on, periods[-1].before_on
        marks = [
            {
                "period": period_label(m.from_on, m.before_on), "from": m.from_on,
                "to": add_days(m.before_on, -1), "team": m.team, "reason": m.reason or ERASED,
            }
            for m in sorted(self.marks, key=lambda m: (m.from_on, m.n))
            if _of(m.team, team) and m.from_on < before and m.before_on > first
        ]  # fmt: skip
        return {k: v for k, v in (("notes", notes), ("not_reportable", marks)) if v}

    def _notes(self, periods: Sequence[Period], team: str | None) -> list[dict[str, Any]]:
        first, before = periods[0].from_on, periods[-1].before_on
        return [
            {"date": n.on, "text": n.words or ERASED, "team": n.team}
            for n in sorted(self.notes, key=lambda n: (n.on, n.n))
            if _of(n.team, team) and first <= n.on < before
        ]


def about_series(state: SeriesState | None) -> About:
    """Return everything typed about a series."""
    return About() if state is None else About(state.figures, state.notes, state.unreported)


def beside_chart(about: Mapping[str, Any], chart: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a chart says of notes and marks when both were typed and stored.

    Args:
        about: of the measure: `notes` and `not_reportable` as stored.
        chart: of the chart: `notes`, those given with the question among them, and `warnings`.
    """
    stored = list(about.get("notes", ()))
    days = {n["date"] for n in stored}
    more = [n for n in chart["notes"] if n["date"] not in days]
    # A cause late in the last period is inside it, though after the day that names the period.
    gone = {f"The note on {d.isoformat()} lies outside the series." for d in days}
    return {
        "notes": sorted([*stored, *more], key=lambda n: n["date"]),
        "not_reportable": list(about.get("not_reportable", ())) or chart["not_reportable"],
        "warnings": [w for w in chart["warnings"] if w not in gone],
    }


def _of(team: str | None, asked: str | None) -> bool:
    return asked is None or team in (None, asked)


def _touches(mark: NotReportable, period: Period) -> bool:
    return mark.from_on < period.before_on and mark.before_on > period.from_on
