"""Time to an event with those counted in whom it has not happened yet: Kaplan-Meier.

Averages over ended cases alone are too short while a list is growing. An open case counts as
waiting until the day of the report.

Source: stats.md 3; R survival 3.8.3 (survfit, quantile, restricted mean).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from casereview.measures.methods.special import two_sided

OPEN = "open"
QUANTILES = (0.25, 0.5, 0.75, 0.92)
TOLERANCE = math.sqrt(2.0**-52)
"""How near to a quantile a curve counts as flat on it. Source: R, quantile.survfit."""


@dataclass(frozen=True, slots=True)
class Case:
    """One journey.

    Attributes:
        days: to its end, or to the reporting date; 0 or more.
        outcome: "open", or how it ended.
        group: a team, "" for none.
    """

    days: float
    outcome: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One day on which somebody ended or was last seen.

    Attributes:
        time: days.
        n_risk: cases still open just before.
        n_event: of these, ended now.
        n_censor: of these, last seen open now.
        surv: share still open after it, if nobody had been lost from view.
        std_err: Greenwood's, None where the share is 0.
    """

    time: float
    n_risk: int
    n_event: int
    n_censor: int
    surv: float
    std_err: float | None


def kaplan_meier(cases: Sequence[Case]) -> list[Step]:
    """Return the share still open day by day; every outcome but "open" is an end."""
    ended = Counter(c.days for c in cases if c.outcome != OPEN)
    seen = Counter(c.days for c in cases if c.outcome == OPEN)
    at_risk, surv, spread = len(cases), 1.0, 0.0
    steps = []
    for time in sorted({*ended, *seen}):
        d, c = ended[time], seen[time]
        surv *= (at_risk - d) / at_risk
        if d < at_risk:
            spread += d / (at_risk * (at_risk - d))
        error = surv * math.sqrt(spread) if surv > 0 else None
        steps.append(Step(time, at_risk, d, c, surv, error))
        at_risk -= d + c
    return steps


# --- intervals

Bounds = tuple[float | None, float | None]


def log_interval(surv: float, std_err: float | None, confidence: float = 0.95) -> Bounds:
    """Return the interval on the scale of the logarithm; capped at 1."""
    if std_err is None or surv <= 0:
        return None, None
    reach = two_sided(confidence) * std_err / surv
    return surv * math.exp(-reach), min(1.0, surv * math.exp(reach))


def log_log_interval(surv: float, std_err: float | None, confidence: float = 0.95) -> Bounds:
    """Return the interval on the scale log(-log): the one printed; None at shares of 0 and 1."""
    if std_err is None or surv <= 0 or surv >= 1:
        return None, None
    scale = math.log(surv)
    reach = two_sided(confidence) * std_err / surv / scale
    return surv ** math.exp(-reach), surv ** math.exp(reach)


def plain_interval(surv: float, std_err: float | None, confidence: float = 0.95) -> Bounds:
    """Return the symmetric interval, cut at 0 and 1."""
    if std_err is None:
        return None, None
    reach = two_sided(confidence) * std_err
    return max(0.0, surv - reach), min(1.0, surv + reach)


INTERVALS: Mapping[str, Callable[[float, float | None, float], Bounds]] = MappingProxyType(
    {"log": log_interval, "loglog": log_log_interval, "plain": plain_interval}
)


# --- quantiles


@dataclass(frozen=True, slots=True)
class Quantile:
    """The day by which a share had ended, with its interval; None is not reached."""

    p: float
    q: float | None
    lower: float | None
    upper: float | None


def quantiles(
    steps: Sequence[Step],
    probabilities: Sequence[float] = QUANTILES,
    *,
    interval: str = "loglog",
    confidence: float = 0.95,
) -> list[Quantile]:
    """Return quantiles; where the curve is flat exactly on one, the middle of the flat."""
    times = [s.time for s in steps]
    limits = [INTERVALS[interval](s.surv, s.std_err, confidence) for s in steps]
    curves = (
        [1 - s.surv for s in steps],
        [None if low is None else 1 - low for low, _ in limits],
        [None if high is None else 1 - high for _, high in limits],
    )
    rows = [[_crossing(times, curve, p) for p in probabilities] for curve in curves]
    return [Quantile(p, *found) for p, *found in zip(probabilities, *rows, strict=True)]


def _crossing(times: Sequence[float], curve: Sequence[float | None], p: float) -> float | None:
    """Return where a rising curve reaches p; a level that ends the curve lasts to its last day."""
    levels: list[tuple[float, float]] = [(0.0, 0.0)]
    for time, level in zip(times, curve, strict=True):
        if level is not None and level != levels[-1][1]:
            levels.append((time, level))
    first = next((t for t, level in levels if level + TOLERANCE >= p), None)
    if first is None:
        return None
    if abs(levels[-1][1] - p) < TOLERANCE and curve[-1] is not None:
        return (first + times[-1]) / 2
    second = next((t for t, level in levels if level - TOLERANCE >= p), None)
    return None if second is None else (first + second) / 2


def median(
    steps: Sequence[Step], *, interval: str = "log", confidence: float = 0.95
) -> Quantile:  # fmt: skip
    """Return the median as R prints it beside a curve: a level that ends the curve has no middle.

    Source: R survival, print.survfit; its interval is on the scale of the logarithm.
    """
    times = [s.time for s in steps]
    limits = [INTERVALS[interval](s.surv, s.std_err, confidence) for s in steps]
    found = (
        _half(times, curve)
        for curve in ([s.surv for s in steps], [x for x, _ in limits], [x for _, x in limits])
    )
    return Quantile(0.5, *found)


def _half(times: Sequence[float], curve: Sequence[float | None]) -> float | None:
    below = [
        (t, v) for t, v in zip(times, curve, strict=True) if v is not None and v < 0.5 + TOLERANCE
    ]
    if not below:
        return None
    time, level = below[0]
    later = next((t for t, v in below if v < level), None)
    return (time + later) / 2 if abs(level - 0.5) < TOLERANCE and later is not None else time


# --- restricted mean


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """The mean of the first `tau` days: the area under the curve up to there."""

    tau: float
    mean: float
    se: float


def restricted_mean(steps: Sequence[Step], tau: float | None = None) -> RestrictedMean:
    """Return the mean time open within the first tau days, None for all that were seen.

    Source: R survival, print.survfit with rmean.
    """
    end = steps[-1].time if tau is None else tau
    inside = [s for s in steps if s.time <= end]
    starts, levels = [0.0, *(s.time for s in inside)], [1.0, *(s.surv for s in inside)]
    ends = [*starts[1:], end]
    areas = [(b - a) * v for a, b, v in zip(starts, ends, levels, strict=True)]
    after, spread = 0.0, 0.0
    for step, area in zip(reversed(inside), reversed(areas), strict=False):
        after += area
        if step.n_event and step.n_risk > step.n_event:
            spread += after * after * step.n_event / (step.n_risk * (step.n_risk - step.n_event))
    return RestrictedMean(end, math.fsum(areas), math.sqrt(spread))
