"""Comparisons worked out: figures by their published names, and what may be said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median
from typing import Any

from casereview.measures.methods import change_means as means
from casereview.measures.methods.change_counts import Counted, rate_ratio, share_change
from casereview.measures.methods.change_series import LEAST_EACH_SIDE, Segmented, segmented
from casereview.measures.methods.change_words import FLOOR, Verdict, spc_verdict, verdict
from casereview.measures.methods.spc_profiles import Profile
from casereview.service.calculating import options

NO_SERIES = (
    "No SPC verdict: there is no series. Chart counts, medians or percentages by week or month and "
    "compare them with --change-after."
)
CLOSED_ONLY = (
    "Means of ended cases hide those still open: compare time to event as well, and bed days per "
    "discharge in the first weeks."
)
METHODS = {
    "values": "delta method on the log scale",
    "rates": "exact Poisson rate ratio",
    "shares": "Newcombe",
    "series": "segmented regression, ordinary least squares",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison.

    Attributes:
        figures: by their published names.
        kind: values, rates, shares or series.
        verdict: what may be said.
        spc: what a chart with limits fixed on the baseline says, or why there is none.
        warnings: sentences.
    """

    figures: dict[str, Any]
    kind: str
    verdict: Verdict
    spc: str
    warnings: tuple[str, ...] = ()


# --- values of single cases


def compare_values(before: Sequence[float], after: Sequence[float]) -> Compared:
    """Compare the values of single cases, such as lengths of stay."""
    change = means.percent_change_of_means(before, after)
    limits = (None, None) if change is None else (change.lower, change.upper)
    figures = {
        "n_before": len(before), "n_after": len(after),
        "mean_before": fmean(before), "mean_after": fmean(after),
        "pct_change_mean": None if change is None else change.percent,
        "pct_change_mean_ci_delta_log": list(limits),
        "welch": _welch(means.welch(before, after)),
        "welch_log": _welch_log(means.welch_of_logs(before, after)),
        "median_before": median(before), "median_after": median(after),
        "wilcoxon": _wilcoxon(means.wilcoxon(before, after)),
    }  # fmt: skip
    said = verdict(
        "The mean", None if change is None else change.percent, limits, (len(before), len(after)),
        method=METHODS["values"], floor=FLOOR,
    )  # fmt: skip
    return Compared(figures, "values", said, NO_SERIES, (CLOSED_ONLY,))


def _welch(found: means.Welch | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "diff": found.diff, "ci": [found.lower, found.upper], "t": found.t, "df": found.df,
        "p": found.p,
    }  # fmt: skip


def _welch_log(found: means.Welch | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "pct_change_geomean": found.diff, "ci": [found.lower, found.upper], "p": found.p,
        "df": found.df,
    }  # fmt: skip


def _wilcoxon(found: means.Shift | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "W": options.whole(found.w), "p": found.p, "hodges_lehmann": found.shift,
        "ci": [found.lower, found.upper],
    }  # fmt: skip


# --- rates and shares


def compare_rates(before: Counted, after: Counted) -> Compared:
    """Compare events in a time, such as closures a week; counts are whole numbers."""
    found = rate_ratio(before, after)
    figures = {
        "events_before": before.x, "time_before": before.n,
        "events_after": after.x, "time_after": after.n,
        "rate_ratio": found.ratio, "ci_exact": [found.lower, found.upper], "p_exact": found.p,
        "ci_wald_log": [found.wald_lower, found.wald_upper],
    }  # fmt: skip
    percent = None if found.ratio is None else (found.ratio - 1) * 100
    upper = None if found.upper is None else (found.upper - 1) * 100
    said = verdict(
        "The rate", percent, ((found.lower - 1) * 100, upper), (before.x, after.x),
        method=METHODS["rates"], counted="events",
    )  # fmt: skip
    return Compared(options.plain_rows([figures])[0], "rates", said, NO_SERIES)


def compare_shares(before: Counted, after: Counted) -> Compared:
    """Compare those who had it out of all, such as missed appointments."""
    found = share_change(before, after)
    figures = {
        "x_before": before.x, "n_before": before.n, "x_after": after.x, "n_after": after.n,
        "diff": found.diff, "newcombe_ci": [found.lower, found.upper],
        "p_score": found.p_score, "p_fisher": found.p_fisher,
    }  # fmt: skip
    said = verdict(
        "The share", found.diff * 100, (found.lower * 100, found.upper * 100),
        (before.n, after.n), method=METHODS["shares"], unit=" points",
    )  # fmt: skip
    return Compared(options.plain_rows([figures])[0], "shares", said, NO_SERIES)


# --- a series


def compare_series(
    values: Sequence[float],
    before: int,
    *,
    profile: Profile,
    improvement: str = "neutral",
    days: Sequence[date] = (),
) -> Compared:
    """Compare the two parts of a series in order, `before` points in the first.

    Raises:
        Usage: too few points on a side to fit a line.
    """
    found = segmented(values, before)
    end = found.end
    said = verdict(
        "The level at the end of the series, against where the first line led,", end.difference,
        (end.lower, end.upper), (before, len(values) - before), method=METHODS["series"], unit="",
        floor=LEAST_EACH_SIDE, counted="points",
    )  # fmt: skip
    spoken = spc_verdict(values, before, profile=profile, improvement=improvement, days=days)
    return Compared(_segments(found, values, before), "series", said, spoken, _doubts(found))


def _segments(found: Segmented, values: Sequence[float], before: int) -> dict[str, Any]:
    gls = None
    if found.gls is not None:
        gls = {"coef": list(found.gls.coef), "se": list(found.gls.se), "phi": found.phi}
    return {
        "n": len(values), "change_after": before, "y": list(values),
        "ols": {
            "coef": list(found.ols.coef), "se": list(found.ols.se), "df": found.df,
            "sigma": found.sigma,
        },
        "newey_west_lag3_se": list(found.newey_west_se),
        "durbin_watson": found.durbin_watson,
        "gls_ar1": gls,
        "end_effect": {
            "fitted": found.end.fitted, "counterfactual": found.end.counterfactual,
            "difference": found.end.difference, "se_nw": found.end.se_nw,
            "pct": found.end.percent, "ci_ols": [found.end.lower, found.end.upper],
        },
    }  # fmt: skip


def _doubts(found: Segmented) -> tuple[str, ...]:
    watson = found.durbin_watson
    if watson is not None and not 1.5 <= watson <= 2.5:
        doubt = (
            f"The errors follow each other (Durbin-Watson {watson:.2f}): hold the interval against "
            "the AR1 figures."
        )
        return (doubt,)
    return ()
