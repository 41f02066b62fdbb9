"""By which day had how many ended in each way: Aalen-Johansen.

Taking drop-outs for people lost from view would overstate planned completion; here they are ends
of their own kind. The standard error is the infinitesimal jackknife, as R's multi-state survfit
prints it; cmprsk's differs on small sets.

Source: stats.md 3; R survival 3.8.3.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from casereview.measures.methods.special import two_sided
from casereview.measures.methods.survival import OPEN, Bounds, Case

KNOWN_CAUSES = ("planned", "dropout", "transfer")
"""The order in which outcomes are listed; others follow as they come."""


@dataclass(frozen=True, slots=True)
class Incidence:
    """The share that had ended in one way by a day, with the standard error of it."""

    cif: float
    std_err: float

    def interval(self, confidence: float = 0.95) -> Bounds:
        """Return the interval on the scale of the logarithm, capped at 1; None at a share of 0."""
        if self.cif <= 0:
            return None, None
        reach = two_sided(confidence) * self.std_err / self.cif
        return self.cif * math.exp(-reach), min(1.0, self.cif * math.exp(reach))


@dataclass(frozen=True, slots=True)
class CifStep:
    """One day: cases open just before it, and the share ended in each way after it."""

    time: float
    n_risk: int
    by_cause: dict[str, Incidence]


def causes_of(cases: Sequence[Case]) -> list[str]:
    """Return the ways of ending that occur, known ones first."""
    found = dict.fromkeys(c.outcome for c in cases if c.outcome != OPEN)
    return [*(c for c in KNOWN_CAUSES if c in found), *(c for c in found if c not in KNOWN_CAUSES)]


def aalen_johansen(cases: Sequence[Case]) -> list[CifStep]:
    """Return the cumulative incidence of every way of ending, day by day."""
    causes = causes_of(cases)
    leaving: dict[float, Counter[str]] = defaultdict(Counter)
    for case in cases:
        leaving[case.days][case.outcome] += 1
    walk = _Walk(causes, len(cases))
    return [walk.on(time, leaving[time]) for time in sorted(leaving)]


class _Walk:
    """The curves, and how each would move if one case weighed a little more.

    For those who left, the influences on the curves keep moving in the same way, so that sums of
    their squares and products are enough; those at risk all share one influence.
    """

    def __init__(self, causes: Sequence[str], n: int) -> None:
        self.causes = causes
        self.at_risk = n
        self.surv = 1.0
        self.cif = dict.fromkeys(causes, 0.0)
        self.stay = 0.0
        self.share = dict.fromkeys(causes, 0.0)
        self.left_stay = 0.0
        self.left_cross = dict.fromkeys(causes, 0.0)
        self.left_share = dict.fromkeys(causes, 0.0)

    def on(self, time: float, leaving: Counter[str]) -> CifStep:
        n = self.at_risk
        hazards = {c: leaving[c] / n for c in self.causes}
        total = sum(leaving[c] for c in self.causes) / n
        self._move_left(hazards, total)
        for outcome, count in leaving.items():
            self._leave(outcome, count, hazards, total)
        stay = self.stay
        self.stay = stay * (1 - total) + self.surv * total / n
        for c in self.causes:
            self.share[c] += stay * hazards[c] - self.surv * hazards[c] / n
            self.cif[c] += self.surv * hazards[c]
        self.surv *= 1 - total
        self.at_risk -= leaving.total()
        return CifStep(time, n, {c: Incidence(self.cif[c], self._error(c)) for c in self.causes})

    def _move_left(self, hazards: dict[str, float], total: float) -> None:
        for c in self.causes:
            h = hazards[c]
            self.left_share[c] += 2 * h * self.left_cross[c] + h * h * self.left_stay
            self.left_cross[c] = (1 - total) * (self.left_cross[c] + h * self.left_stay)
        self.left_stay *= (1 - total) ** 2

    def _leave(self, outcome: str, count: int, hazards: dict[str, float], total: float) -> None:
        n, event = self.at_risk, outcome != OPEN
        stay = self.stay * (1 - total) - self.surv * (event - total) / n
        self.left_stay += count * stay * stay
        for c in self.causes:
            h = hazards[c]
            share = self.share[c] + self.stay * h + self.surv * ((outcome == c) - h) / n
            self.left_cross[c] += count * stay * share
            self.left_share[c] += count * share * share

    def _error(self, cause: str) -> float:
        return math.sqrt(max(0.0, self.left_share[cause] + self.at_risk * self.share[cause] ** 2))
