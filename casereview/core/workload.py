"""How full a worker's caseload is against the agreed capacity."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType
from typing import Literal

Band = Literal["blue", "green", "amber", "red"]
BAND_WORDS = MappingProxyType(
    {
        "blue": "room for more",
        "green": "full",
        "amber": "over capacity",
        "red": "far over capacity: a written plan is needed",
    }
)


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
