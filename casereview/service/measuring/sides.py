"""Both sides of a change in one figure: the comparison that suits it, and what may be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean, median
from typing import Any

from casereview.measures.methods import change_means as means
from casereview.measures.methods.change import percent_change
from casereview.measures.methods.change_counts import Counted
from casereview.measures.methods.change_words import Verdict, spc_verdict, verdict
from casereview.measures.methods.spc_profiles import Profile
from casereview.measures.publishing.shapes import SHAPES
from casereview.service.calculating import change as calc_change
from casereview.service.measuring.answer import Answer
from casereview.service.measuring.question import Question

Row = dict[str, Any]
Points = Sequence[tuple[date, float]]
LEAST_POINTS = (2, 5)
"""Points on each side, and in all, that two lines need."""
WEEK = 7
EXACT_MAX = 1_000_000
_FOLLOWED = {"percent_followed": "followed_up"}
_NOT_FOLLOWED = (
    "{n} of those after the change have not had the whole window yet, so the share may still rise: "
    "compare percent_followed."
)
_AGAINST = (
    "The mean of the periods after lies the other way: the change is against where the line before "
    "would have led, not against what was."
)
_FEW = "Whole periods before the change: {before}; after it: {after}; two lines need 2 and 2."


@dataclass(frozen=True, slots=True)
class Sides:
    """One series.

    Attributes:
        asked: the question.
        column: the figure.
        words: what tells the series from others: groups, wait, side.
        before, after: the measure's row of each side, {} where it has none.
    """

    asked: Question
    column: str
    words: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What one comparison shows, as a row.

    Attributes:
        kind: rates, shares, values or series.
        sizes: how much lies before and after.
        figures: the figure before and after, in `unit`.
        change: the change that the interval is of, with its limits and its own unit.
        method: the interval's name.
        verdict: what may be said.
        spc: what a chart with limits fixed on the baseline says.
        warnings: sentences.
    """

    kind: str
    sizes: tuple[float, float]
    figures: tuple[float | None, float | None]
    change: tuple[float | None, float | None, float | None, str]
    method: str
    verdict: Verdict
    spc: str
    warnings: tuple[str, ...] = field(default=())

    def row(self) -> Row:
        """Return it under the names that are documented."""
        first, last = self.figures
        known = first is not None and last is not None
        change, lower, upper, unit = self.change
        return {
            "compared": self.kind,
            "n_before": _tidy(self.sizes[0]), "n_after": _tidy(self.sizes[1]),
            "before": first, "after": last,
            "difference": last - first if known else None,  # type: ignore[operator] # both are known
            "percent_change": percent_change(first, last) if known else None,  # type: ignore[arg-type] # both are known
            "change": change, "lower": lower, "upper": upper, "change_in": unit,
            "method": self.method, "verdict": self.verdict.word, "why": self.verdict.why,
            "says": self.verdict.sentence, "spc": self.spc,
        }  # fmt: skip


def _tidy(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def said_of(
    sides: Sides, points: Points, on: date, listed: Listed, *, rules: Profile, improvement: str
) -> Said:
    """Compare both sides the way that suits the figure.

    Args:
        sides: the series.
        points: its whole periods, in order.
        on: first day after the change.
        listed: the question for the time before and the time after.
        rules: whose SPC rules.
        improvement: which way is better.
    """
    before = sum(d < on for d, _ in points)
    spoken = _chart(points, before, rules, improvement)
    measure = sides.asked.measure
    apart = measure.whole_periods and not measure.at_end and sides.words.get("side") != "waiting"
    if apart and sides.column in measure.events:
        found = _rates(sides, listed.halves, spoken)
    elif apart and sides.column in (*_shares(sides), *_FOLLOWED):
        found = _share(sides, spoken)
    elif apart and measure.valued and sides.column.startswith(("mean_", "median_")):
        found = _values(sides, listed, spoken)
    else:
        found = None
    return found or _line(points, before, rules, improvement, spoken)


def _chart(points: Points, before: int, rules: Profile, improvement: str) -> str:
    return spc_verdict(
        [v for _, v in points], before, profile=rules, improvement=improvement,
        days=[d for d, _ in points],
    )  # fmt: skip


# --- rates and shares


def _rates(sides: Sides, halves: Answer, spoken: str) -> Said | None:
    counts = [float(row.get(sides.column) or 0) for row in (sides.before, sides.after)]
    if sum(counts) > EXACT_MAX:
        return None
    weeks = [p.days / WEEK for p in halves.ask.periods]
    done = calc_change.compare_rates(*map(Counted, counts, weeks))
    ratio, limits = done.figures["rate_ratio"], done.figures["ci_exact"]
    percent, lower, upper = (None if v is None else (v - 1) * 100 for v in (ratio, *limits))
    each = [c / w for c, w in zip(counts, weeks, strict=True)]
    return Said(
        "rates", (counts[0], counts[1]), (each[0], each[1]), (percent, lower, upper, "%"),
        calc_change.METHODS["rates"], done.verdict, spoken,
    )  # fmt: skip


def _shares(sides: Sides) -> tuple[str, ...]:
    shape = SHAPES.get(sides.asked.name)
    return () if shape is None else tuple(shape.percents)


def _share(sides: Sides, spoken: str) -> Said | None:
    counted = [_counted(sides, row) for row in (sides.before, sides.after)]
    first, last = counted
    if first is None or last is None or first.n + last.n > EXACT_MAX:
        return None
    done = calc_change.compare_shares(first, last)
    lower, upper = (100 * v for v in done.figures["newcombe_ci"])
    shares = (100 * first.x / first.n, 100 * last.x / last.n)
    late = 0
    if sides.column == "percent" and "followed_up" in sides.after:
        late = int(last.n - sides.after["followed_up"])
    return Said(
        "shares", (first.n, last.n), shares, (100 * done.figures["diff"], lower, upper, "points"),
        calc_change.METHODS["shares"], done.verdict, spoken,
        (_NOT_FOLLOWED.format(n=late),) if late else (),
    )  # fmt: skip


def _counted(sides: Sides, row: Mapping[str, Any]) -> Counted | None:
    if sides.column in _FOLLOWED:
        whole, share = row.get(_FOLLOWED[sides.column]) or 0, row.get(sides.column)
        # The share is that of whole people: multiplied back it is a whole number again.
        return None if not whole or share is None else Counted(round(share * whole / 100), whole)
    part, wholes = SHAPES[sides.asked.name].percents[sides.column]
    below = sum(row.get(w) or 0 for w in wholes)
    return None if not below or row.get(part) is None else Counted(row[part], below)


# --- values of single cases


def _values(sides: Sides, listed: Listed, spoken: str) -> Said | None:
    first, last = listed.of(sides.words)
    if not first or not last:
        return None
    done = calc_change.compare_values(first, last)
    sizes = (len(first), len(last))
    shift = means.wilcoxon(first, last) if sides.column.startswith("median_") else None
    if shift is not None:
        method = "Hodges-Lehmann shift"
        limits = (shift.lower, shift.upper)
        judged = verdict(
            "The typical value", shift.shift, limits, sizes, method=method, unit=" days"
        )
        return Said(
            "values", sizes, (median(first), median(last)), (shift.shift, *limits, "days"),
            method, judged, spoken, done.warnings,
        )  # fmt: skip
    change = means.percent_change_of_means(first, last)
    percent = (None, None, None) if change is None else (
        change.percent, change.lower, change.upper
    )  # fmt: skip
    said = done.warnings
    if sides.column.startswith("median_"):
        said += ("There are too many cases for the shift of the middle: the means are compared.",)
    return Said(
        "values", sizes, (fmean(first), fmean(last)), (*percent, "%"),
        calc_change.METHODS["values"], done.verdict, spoken, said,
    )  # fmt: skip


class Listed:
    """The days of the single cases behind means and medians, listed once for every series."""

    def __init__(self, halves: Answer, names: Sequence[str]) -> None:
        self.halves, self.names = halves, names
        self._held: dict[tuple[Any, ...], tuple[list[float], list[float]]] | None = None
        self._shared: tuple[str, ...] = ()

    def of(self, words: Mapping[str, Any]) -> tuple[list[float], list[float]]:
        """Return the days before and after of one series."""
        if self._held is None:
            self._held = self._all()
        return self._held.get(tuple(words[n] for n in self._shared), ([], []))

    def _all(self) -> dict[tuple[Any, ...], tuple[list[float], list[float]]]:
        asked = self.halves.asked
        first = self.halves.ask.periods[0].from_on
        rows = [
            r
            for r in self.halves.listing("week")
            if r["counted"] == asked.measure.valued and r.get(asked.unit) is not None
        ]
        # A list tells which side of a wait a case is on by what it counts as.
        self._shared = tuple(n for n in self.names if rows and n in rows[0])
        held: dict[tuple[Any, ...], tuple[list[float], list[float]]] = {}
        for row in rows:
            pair = held.setdefault(tuple(row[n] for n in self._shared), ([], []))
            pair[0 if row["period_from"] == first else 1].append(float(row[asked.unit]))
        return held


# --- a series


def _line(points: Points, before: int, rules: Profile, improvement: str, spoken: str) -> Said:
    values = [v for _, v in points]
    after = len(values) - before
    if min(before, after) < LEAST_POINTS[0] or len(values) < LEAST_POINTS[1]:
        why = "there are too few whole periods"
        few = _FEW.format(before=before, after=after)
        none = Verdict("no change shown", why, f"No change shown: {why}.")
        middle = (
            fmean(values[:before]) if before else None, fmean(values[before:]) if after else None
        )  # fmt: skip
        return Said(
            "series", (before, after), middle, (None, None, None, ""), "", none, spoken, (few,)
        )
    done = calc_change.compare_series(
        values, before, profile=rules, improvement=improvement, days=[d for d, _ in points]
    )
    end = done.figures["end_effect"]
    means_of = (fmean(values[:before]), fmean(values[before:]))
    against = (means_of[1] - means_of[0]) * end["difference"] < 0
    return Said(
        "series", (before, after), means_of,
        (end["difference"], *end["ci_ols"], "at the end of the series"),
        calc_change.METHODS["series"], done.verdict, done.spc,
        (*done.warnings, *((_AGAINST,) if against else ())),
    )  # fmt: skip
