"""What a report asks of the measures: one question shape for all of them, and what was kept out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from casereview.core.periods import Every, period_of
from casereview.measures.definitions import definitions
from casereview.measures.publishing.disclosure import HIDDEN, NONE
from casereview.measures.publishing.shapes import SHAPES
from casereview.report.page_parts import Meaning
from casereview.service.desk import Desk, Rows
from casereview.service.measuring.stats import stats

_WORDS = (
    "definition", "numerator", "denominator", "method", "leaves_out", "source",
)  # fmt: skip


@dataclass
class Asking:
    """One report's question to every measure.

    Attributes:
        desk: over what was known; its date is the as-of date.
        team: the only team, None for all.
        from_on, to_on: first and last date counted.
        every: kind of period of the charts.
        publish: disclosure preset, None for the team's own view; whoever asks may use it.
        used: measures asked so far, in order.
        kept_out: measure and reason to how many cases did not count.
        answers: what the measures said, so that no question is worked out twice.
    """

    desk: Desk
    team: str | None
    from_on: date
    to_on: date
    every: Every
    publish: str | None = None
    used: dict[str, None] = field(default_factory=dict)
    kept_out: dict[tuple[str, str], Any] = field(default_factory=dict)
    answers: dict[tuple[Any, ...], tuple[Rows, dict[str, Any]]] = field(default_factory=dict)

    @property
    def stretch(self) -> str:
        """Return the dates in words, as the first cell of a row about the whole."""
        return f"{self.from_on} to {self.to_on}"

    def lone(self, row: dict[str, Any]) -> Rows:
        """Return one row named by its dates, none where there is no case at all."""
        return [{**row, "dates": self.stretch}] if row else []

    @property
    def guarded(self) -> bool:
        """Tell whether small counts are hidden."""
        return self.publish not in (None, NONE.id)

    def may(self, name: str) -> bool:
        """Tell whether a measure can be shown in this report."""
        return not self.guarded or name in SHAPES

    def between(self, from_on: date, to_on: date) -> Asking:
        """Return the same question of other dates; what is used and kept out is noted here."""
        return replace(self, from_on=from_on, to_on=to_on)

    def whole(self, name: str, **more: Any) -> Rows:
        """Return the figures of the whole stretch, in rows by group where groups are asked."""
        return self._asked(name, **more)[0]

    def told(self, name: str, **more: Any) -> tuple[Rows, dict[str, Any]]:
        """Return the figures of the whole stretch and what is said about them."""
        return self._asked(name, **more)

    def over_time(self, name: str, **more: Any) -> Rows:
        """Return the figures of each period; `whole` tells whether it can be judged."""
        rows, _ = self._asked(name, every=self.every, **more)
        return [{**r, "whole": self._is_whole(r)} for r in rows]

    def notes(self, name: str, **more: Any) -> Rows:
        """Return the dated causes that were noted about a measure; words stay inside the team."""
        if self.publish is not None:
            return []
        _, about = self._asked(name, every=self.every, **more)
        return list(about.get("notes", ()))

    def _is_whole(self, row: dict[str, Any]) -> bool:
        if row.get("not_reportable"):
            return False
        period = period_of(row["period_from"], self.every)
        last = min(self.to_on, self.desk.on)
        return bool(period.from_on >= self.from_on and period.last_on <= last)

    def _asked(self, name: str, **more: Any) -> tuple[Rows, dict[str, Any]]:
        key = (name, self.from_on, self.to_on, self.publish, *sorted(more.items()))
        if key not in self.answers:
            self.answers[key] = self._measured(name, more)
        rows, about = self.answers[key]
        self.used[name] = None
        if not more.get("every"):
            for out in about["exclusions"]:
                self.kept_out.setdefault((name, str(out["reason"])), out["n"])
        return rows, about

    def _measured(self, name: str, more: dict[str, Any]) -> tuple[Rows, dict[str, Any]]:
        return stats(
            self.desk, name, from_on=self.from_on, to_on=self.to_on, team=self.team,
            publish=self.publish if self.guarded else None, **more,
        )  # fmt: skip

    def meanings(self) -> tuple[Meaning, ...]:
        """Return the definitions of the measures asked so far."""
        known = definitions()
        return tuple(
            Meaning(
                name, known[name].title,
                tuple((w.replace("_", " ").capitalize(), getattr(known[name], w)) for w in _WORDS),
                tuple((k.replace("_", " "), v) for k, v in known[name].columns.items()),
            )
            for name in self.used
        )  # fmt: skip


def hidden(values: Sequence[Any]) -> int:
    """Return how many figures of a series are not published."""
    return sum(v == HIDDEN for v in values)
