"""How heavy a case is, and how full a worker's caseload is against the agreed capacity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from casereview.errors import Refused

Band = Literal["blue", "green", "amber", "red"]
BAND_WORDS = MappingProxyType(
    {
        "blue": "room for more",
        "green": "full",
        "amber": "over capacity",
        "red": "far over capacity: a written plan is needed",
    }
)
SCORES = (1, 2, 3)


def case_weight(complexity: int | None, risk: int | None, travel: int | None) -> int | None:
    """Return complexity + risk + travel, 3 to 9; None while any of them is unknown.

    Raises:
        Refused: a score is not 1, 2 or 3.

    Source: SCIE caseload guide, three elements scored 1 to 3 (T-22).
    """
    scores = {"complexity": complexity, "risk": risk, "travel": travel}
    for name, score in scores.items():
        if score is not None and score not in SCORES:
            raise Refused(
                f"{name} is {score}, and only 1, 2 or 3 can be scored.",
                code="score_out_of_range",
                next="Score 1 for low, 2 for medium, 3 for high.",
            )
    known = [score for score in scores.values() if score is not None]
    return sum(known) if len(known) == len(scores) else None


def load_band(percent: Fraction) -> Band:
    """Return the band of a load: red from 110%, amber above 100%, green from 95%, else blue.

    Args:
        percent: exact, 100 for a caseload that equals the capacity.

    Source: traffic light of probation caseloads, Community Care 2010-10-01 (T-22).
    """
    if percent >= 110:
        return "red"
    if percent > 100:
        return "amber"
    return "green" if percent >= 95 else "blue"


@dataclass(frozen=True, slots=True)
class Load:
    """One worker's load.

    Attributes:
        weight: sum of the weights that are known.
        capacity: agreed weight, above 0.
        unscored: cases whose weight is unknown; the load is then at least what is shown.
    """

    weight: int
    capacity: int
    unscored: int = 0

    @property
    def percent(self) -> Fraction:
        """Return the exact load in percent of the capacity."""
        return Fraction(100 * self.weight, self.capacity)

    @property
    def band(self) -> Band:
        """Return the band of the load."""
        return load_band(self.percent)

    @property
    def words(self) -> str:
        """Return the band in words, so that no reader depends on its colour."""
        return BAND_WORDS[self.band]


def load_of(weights: Iterable[int | None], capacity: int) -> Load:
    """Add up a caseload; None is a case that is not scored.

    Raises:
        Refused: the capacity is not above 0.

    Source: SCIE caseload guide (T-22).
    """
    if capacity <= 0:
        raise Refused(
            f"A capacity of {capacity} cannot carry a caseload.",
            code="capacity_out_of_range",
            next="Agree a capacity of at least 1 with the worker.",
        )
    given = list(weights)
    known = [weight for weight in given if weight is not None]
    return Load(sum(known), capacity, len(given) - len(known))
