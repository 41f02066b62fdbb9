"""Typed figures beside ours, with the gap named, and rows that are not reportable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from casereview.core.periods import Period, period_label
from casereview.core.records import TypedFigure
from casereview.measures.ask import Ask
from casereview.measures.publishing.disclosure import HIDDEN, Preset
from casereview.service.measuring.question import Question
from casereview.service.typed.rows import number
from casereview.service.typed.said import About
from casereview.service.typed.words import groups_of

Row = dict[str, Any]
_ADDED = ("typed", "source", "gap")


@dataclass
class Beside:
    """The typed figures that a question can show.

    Attributes:
        asked, ask: the question.
        about: what was typed about the measure.
        preset: rule by which ours are published, None for the team's own view.
        placed: figures that have found a row.
    """

    asked: Question
    ask: Ask
    about: About
    preset: Preset | None = None
    placed: set[int] = field(default_factory=set)
    _held: dict[tuple[Any, ...], list[TypedFigure]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for f in self.about.figures:
            self._held.setdefault((f.figure, f.team, f.from_on, f.before_on), []).append(f)

    def rows(self, rows: Sequence[Row]) -> tuple[list[Row], Row]:
        """Return rows with what was typed beside them, and what is said of the new columns."""
        columns = self._columns(rows)
        added = [self._added(row, columns, rows) for row in rows]
        reasons = [self.reason(row) for row in rows]
        if any(reasons):
            added = [{"not_reportable": r, **a} for r, a in zip(reasons, added, strict=True)]
        shown = [self._shown(row, r) for row, r in zip(rows, reasons, strict=True)]
        made = [{**row, **more} for row, more in zip(shown, added, strict=True)]
        return made, self._said(columns)

    def points(
        self,
        points: Sequence[Row],
        rows: Sequence[Row],
        column: str,
        facet_of: Callable[[Row], str],
    ) -> tuple[list[Row], Row]:
        """Return the points of a chart with the typed figures of its column beside them."""
        found = {(facet_of(r), r["period_from"]): self._typed(r, column, rows) for r in rows}
        if not any(found.values()):
            return list(points), {}
        made = []
        for point in points:
            figure = found.get((point["facet"], point["date"]))
            made.append({**point, **self._cells(figure, point["value"], "")})
        return made, self._said([column])

    # --- which figure belongs to which row

    def period_of(self, row: Row) -> Period | None:
        """Return the period of a row, the only one where rows do not name theirs."""
        if "period_from" not in row:
            return self.ask.periods[0] if len(self.ask.periods) == 1 else None
        return next((p for p in self.ask.periods if p.from_on == row["period_from"]), None)

    def team_of(self, row: Row) -> str | None:
        """Return the team whose figures a row has, None for the whole service."""
        named = row.get("team") if "team" in self.asked.by else None
        return named or self.asked.team

    def reason(self, row: Row) -> str | None:
        """Return why the row's period is not reportable, None when it is."""
        period = self.period_of(row)
        if period is None or self.asked.every is None:
            return None
        return self.about.unreported(period, self.team_of(row))

    def marked(self) -> list[str]:
        """Return sentences about marked periods of which two sides of a comparison hold days."""
        marks = self.about.provenance(self.ask.periods, self.asked.team).get("not_reportable", [])
        return [
            f"{m['period']} is not reportable{_whose(m['team'])} ({m['reason']}): it is left out "
            "of the series, and its days are still part of their side."
            for m in marks
        ]

    def _columns(self, rows: Sequence[Row]) -> list[str]:
        """Return the columns that have a typed figure in these rows, the usual one first."""
        found = {
            f.figure
            for f in self.about.figures
            if f.figure is not None and any(self._typed(r, f.figure, rows) for r in rows)
        }
        usual = self.asked.measure.charted
        return sorted(found, key=lambda c: (c != usual, c))

    def _typed(self, row: Row, column: str, rows: Sequence[Row]) -> TypedFigure | None:
        period = self.period_of(row)
        if period is None or column not in row:
            return None
        key = (column, self.team_of(row), period.from_on, period.before_on)
        for figure in self._held.get(key, ()):
            if self._in_group(figure, row, rows):
                self.placed.add(figure.n)
                return figure
        return None

    def _in_group(self, figure: TypedFigure, row: Row, rows: Sequence[Row]) -> bool:
        groups = groups_of(figure.grouped)
        if any(str(row.get(g)) != v for g, v in groups.items()):
            return False
        if any(g not in groups for g in self.asked.by if g != "team"):
            return False
        # A figure that does not say which wait or side it is of fits only where there is one.
        keys = ("period_from", *self.asked.by, *groups)
        return sum(all(r.get(k) == row.get(k) for k in keys) for r in rows) == 1

    # --- what is shown

    def _shown(self, row: Row, reason: str | None) -> Row:
        """Return a row as it may be shown; what is not reportable does not leave the team."""
        if reason is None or self.preset is None:
            return row
        return {k: None if _is_figure(v) else v for k, v in row.items()}

    def _added(self, row: Row, columns: Iterable[str], rows: Sequence[Row]) -> Row:
        made: Row = {}
        for column in columns:
            end = "" if column == self.asked.measure.charted else f"_{column}"
            made |= self._cells(self._typed(row, column, rows), row.get(column), end)
        return made

    def _cells(self, figure: TypedFigure | None, ours: Any, end: str) -> Row:
        names = [f"{name}{end}" for name in _ADDED]
        if figure is None:
            return dict.fromkeys(names)
        typed = number(figure.value)
        if self.preset is not None:
            typed = self._published(typed, ours)
        known = isinstance(ours, int | float) and isinstance(typed, int | float)
        gap = _minus(ours, typed) if known else (HIDDEN if HIDDEN in (ours, typed) else None)
        return dict(zip(names, (typed, figure.source, gap), strict=True))

    def _published(self, typed: float, ours: Any) -> Any:
        """Return a typed figure as it may stand beside a published one.

        Ours could be guessed from it where ours is hidden; a whole number is taken for a count.
        """
        preset = self.preset
        if preset is None or preset.low > preset.high:
            return typed
        if ours == HIDDEN or (isinstance(typed, int) and preset.small(typed)):
            return HIDDEN
        return preset.rounded(typed) if isinstance(typed, int) else typed

    def _said(self, columns: Sequence[str]) -> Row:
        if not columns and not self.about.figures:
            return {}
        said: Row = {}
        if columns:
            gaps = "; ".join(f"{c} minus the typed {c}" for c in columns)
            said["typed"] = {"columns": list(columns), "gap": gaps}
        if others := self._others():
            said["typed_not_shown"] = others
        return said

    def _others(self) -> list[Row]:
        """Return the typed figures within the time asked about that no row could take."""
        first, before = self.ask.periods[0].from_on, self.ask.periods[-1].before_on
        mine = (None, self.asked.team) if self.asked.team else None
        return [
            {"period": period_label(f.from_on, f.before_on), "column": f.figure, "team": f.team,
             "group": f.grouped, "entry": f.n}
            for f in self.about.figures
            if f.n not in self.placed and f.from_on < before and f.before_on > first
            and (mine is None or f.team in mine)
        ]  # fmt: skip


def _whose(team: str | None) -> str:
    return f" for {team}" if team else ""


def _is_figure(value: Any) -> bool:
    return value == HIDDEN or (isinstance(value, int | float) and not isinstance(value, bool))


def _minus(ours: float, typed: float) -> int | float:
    # What was typed has few decimals; the rest of a binary fraction is no gap.
    found = round(ours - typed, 9)
    return int(found) if float(found).is_integer() else found
