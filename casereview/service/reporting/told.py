"""Each headline figure of both sides of a change: counted in the store, or typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from casereview.measures.methods.change_counts import Counted
from casereview.measures.methods.change_means import percent_change_of_means
from casereview.measures.methods.change_words import Verdict, spc_verdict, verdict
from casereview.measures.methods.spc_profiles import profile_named
from casereview.measures.publishing.disclosure import HIDDEN, Preset
from casereview.service.calculating.change import METHODS, compare_rates
from casereview.service.desk import Rows
from casereview.service.reporting.asking import Asking
from casereview.service.reporting.typed import Typed, sources, within
from casereview.service.reporting.words import first

AGENCY = ("agency_staff", "agency-staff", "agency")
"""Names under which staff from agencies are typed."""
ROUNDED = 5
"""Counts of the sides are published to the nearest 5 at least."""
TO_SUNDAY = timedelta(days=6)
"""From the first day of a week to its last."""
NO_CHART = "There is no series to chart."
NO_INTERVAL = "none: one side has no figure"
ONE_FIGURE = "none: fewer than two figures on a side"
NO_SPREAD = "none: a typed figure has no spread"


@dataclass(frozen=True, slots=True)
class Sides:
    """Both stretches, dates inclusive."""

    baseline_from: date
    baseline_to: date
    since: date
    to: date

    @property
    def weeks(self) -> tuple[float, float]:
        """Return the weeks of both."""
        return (
            ((self.baseline_to - self.baseline_from).days + 1) / 7,
            ((self.to - self.since).days + 1) / 7,
        )


class Told:
    """The headline figures of one question."""

    def __init__(
        self, asking: Asking, sides: Sides, typed: Rows, preset: Preset | None
    ) -> None:  # fmt: skip
        self.sides, self.typed, self.preset = sides, typed, preset
        self.before = asking.between(sides.baseline_from, sides.baseline_to)
        self.after = asking.between(sides.since, sides.to)
        self.whole = asking.between(sides.baseline_from, sides.to)

    def stay(self) -> dict[str, Any]:
        """Return the mean stay of those who left."""
        sides = [
            [float(r["days"]) for r in a.whole("los", list_cases=True) if r["days"] is not None]
            for a in (self.before, self.after)
        ]
        typed = self._typed("los", "mean_days", frozenset({None}))
        row = self._values("Length of stay", "stay", sides, typed)
        return row | {"spc": self._spc("los", "mean_days", "decrease")}

    def wait(self, name: str) -> dict[str, Any]:
        """Return the mean of one wait of those who completed it."""
        sides = [
            [
                float(r["days"]) for r in a.whole("waits", list_cases=True)
                if r["wait"] == name and r["counted"] == "completed" and r["days"] is not None
            ]
            for a in (self.before, self.after)
        ]  # fmt: skip
        groups = frozenset({f"wait={name}", f"side=completed,wait={name}"})
        row = self._values(f"Wait ({name})", name, sides, self._typed("waits", "mean_days", groups))
        only = {"wait": name, "side": "completed"}
        return row | {"spc": self._spc("waits", "mean_days", "decrease", only)}

    def throughput(self) -> dict[str, Any]:
        """Return planned completions a week."""
        counts = [
            first(a.whole("throughput")).get("completed", 0) for a in (self.before, self.after)
        ]
        weeks, source = list(self.sides.weeks), ["store", "store"]
        for n, found in enumerate(self._typed("throughput", "completed", frozenset({None}))):
            if not counts[n] and found:
                counts[n] = round(sum(t.value for t in found))
                weeks[n], source[n] = sum(t.days for t in found) / 7, sources(found)
        row = {"figure": "Planned completions", "key": "throughput", "unit": "a week"}
        if self._small(*counts):
            return _hidden(row)
        counts = [self._rounded(c) for c in counts]
        rates = [c / w for c, w in zip(counts, weeks, strict=True)]
        sizes = dict(zip(("n_before", "n_after"), counts, strict=True))
        figures = _row(row, sizes, rates, source)
        if not any(counts):
            return figures | _change(None, (None, None), NO_INTERVAL, _nothing(row))
        found_rates = compare_rates(
            Counted(counts[0], weeks[0]), Counted(counts[1], weeks[1])
        ).figures  # fmt: skip
        low, high = ((None if v is None else (v - 1) * 100) for v in found_rates["ci_exact"])
        ratio = found_rates["rate_ratio"]
        percent = None if ratio is None else (ratio - 1) * 100
        said = verdict(
            "Planned completions a week", percent, (low, high), (counts[0], counts[1]),
            method=METHODS["rates"], counted="completions",
        )  # fmt: skip
        changed = _change(percent, (low, high), METHODS["rates"], said)
        return figures | changed | {"spc": self._spc("throughput", "completed", "increase")}

    def agency(self) -> dict[str, Any]:
        """Return staff from agencies, which only typed figures know."""
        known = {r["series"] for r in self.typed}
        name = next((n for n in AGENCY if n in known), AGENCY[0])
        sides = self._typed(name, None, frozenset({None}))
        row = self._values(
            "Agency staff", "agency", [[t.value for t in s] for s in sides], ([], []),
            unit="typed figure, mean of periods", counted="periods",
            source=[sources(s) if s else "nothing typed" for s in sides],
        )  # fmt: skip
        series = [t for s in sides for t in s]
        if sides[0] and sides[1]:
            said = spc_verdict(
                [t.value for t in series], len(sides[0]), profile=profile_named("mdc"),
                improvement="decrease", days=[t.from_on for t in series],
            )  # fmt: skip
            return row | {"spc": said}
        return row

    # --- shared

    def _typed(
        self, series: str, column: str | None, grouped: frozenset[str | None]
    ) -> tuple[list[Typed], list[Typed]]:
        s = self.sides
        spans = ((s.baseline_from, s.baseline_to), (s.since, s.to))
        before, after = (
            within(self.typed, series, a, b, column=column, grouped=grouped) for a, b in spans
        )
        return before, after

    def _small(self, *counts: float) -> bool:
        return self.preset is not None and any(self.preset.small(int(c)) for c in counts)

    def _rounded(self, count: int) -> int:
        if self.preset is None:
            return count
        # An exact count of each side, taken from the whole, would leave that of the days between.
        rule = replace(self.preset, base=max(self.preset.base, ROUNDED))
        return rule.rounded(count)

    def _values(
        self,
        figure: str,
        key: str,
        sides: Sequence[Sequence[float]],
        typed: Sequence[Sequence[Typed]],
        *,
        unit: str = "mean days",
        counted: str = "cases",
        source: Sequence[str] = ("store", "store"),
    ) -> dict[str, Any]:
        row = {"figure": figure, "key": key, "unit": unit}
        people = counted == "cases"
        if people and self._small(*map(len, sides)):
            return _hidden(row)
        held = [
            list(own) or [t.value for t in told] for own, told in zip(sides, typed, strict=True)
        ] if any(typed) else [list(own) for own in sides]  # fmt: skip
        spread = all(sides[n] or not held[n] for n in range(2))
        source = [
            sources(typed[n]) if held[n] and not sides[n] else source[n] for n in range(2)
        ]  # fmt: skip
        means = [fmean(v) if v else None for v in held]
        sizes = [self._rounded(len(v)) if people else len(v) for v in held]
        made = _row(row, {"n_before": sizes[0], "n_after": sizes[1]}, means, source)
        if means[0] is None or means[1] is None:
            return made | _change(None, (None, None), NO_INTERVAL, _nothing(row))
        found = percent_change_of_means(held[0], held[1])
        change = None if found is None else found.percent
        if not spread:
            return made | _change(change, (None, None), NO_SPREAD, _no_spread(figure, change))
        method = METHODS["values"] if min(map(len, held)) > 1 else ONE_FIGURE
        limits = (None, None) if found is None else (found.lower, found.upper)
        what = f"The mean {figure[0].lower()}{figure[1:]}" if people else figure
        said = verdict(
            what, change, limits, (len(held[0]), len(held[1])), method=method, counted=counted
        )  # fmt: skip
        if method == ONE_FIGURE:
            said = _bare(what, change, said.why)
        return made | _change(change, limits, method, said)

    def _spc(
        self, name: str, column: str, way: str, only: dict[str, Any] | None = None
    ) -> str:  # fmt: skip
        rows = [
            r for r in self.whole.over_time(name)
            if r["whole"] and r.get(column) is not None
            and all(r[k] == v for k, v in (only or {}).items())
        ]  # fmt: skip
        before = [r for r in rows if r["period_from"] + TO_SUNDAY <= self.sides.baseline_to]
        after = [r for r in rows if r["period_from"] >= self.sides.since]
        if not after:
            return NO_CHART if not before else "No whole week lies after the change."
        return spc_verdict(
            [float(r[column]) for r in (*before, *after)], len(before),
            profile=profile_named("mdc"), improvement=way,
            days=[r["period_from"] for r in (*before, *after)],
        )  # fmt: skip


def _row(
    row: dict[str, Any], sizes: dict[str, Any], values: Sequence[Any], source: Sequence[str]
) -> dict[str, Any]:
    return {
        **row, "n_before": sizes["n_before"], "before": values[0], "n_after": sizes["n_after"],
        "after": values[1], "before_from": source[0], "after_from": source[1],
    }  # fmt: skip


def _change(
    percent: float | None, limits: tuple[float | None, float | None], method: str, said: Verdict
) -> dict[str, Any]:
    return {
        "change_percent": percent, "lower": limits[0], "upper": limits[1],
        "interval_method": method, "verdict": said.word, "why": said.why,
        "sentence": said.sentence, "spc": NO_CHART,
    }  # fmt: skip


def _nothing(row: dict[str, Any]) -> Verdict:
    why = "there is nothing to compare with"
    return Verdict("no change shown", why, f"{row['figure']}: no change shown: {why}.")


def _no_spread(figure: str, change: float | None) -> Verdict:
    why = "one side is a typed figure, which has no interval"
    return _bare(figure, change, why)


def _bare(what: str, change: float | None, why: str) -> Verdict:
    """Return a verdict without an interval: no change is claimed."""
    shown = "unknown" if change is None else f"{change:+,.3g}%"
    return Verdict("no change shown", why, f"{what}: no change shown, {shown}: {why}.")


def _hidden(row: dict[str, Any]) -> dict[str, Any]:
    why = "one side is hidden by the disclosure rule"
    said = Verdict("not published", why, f"{row['figure']}: not published: {why}.")
    sizes = {"n_before": HIDDEN, "n_after": HIDDEN}
    made = _row(row, sizes, (HIDDEN, HIDDEN), ("store", "store"))
    return made | _change(None, (None, None), METHODS["values"], said) | {"spc": ""}
