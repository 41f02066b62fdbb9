"""Waits from weekly bands, as NHS England publishes them: two conventions, both named.

Band n holds those who waited more than n and up to n + 1 weeks; seven days are in the first band.
With the patients at hand the exact percentile is the better figure; this one is for the column
"as NHS England would".

Source: NHSRtt 0.4.1, hist_percentile_calc (linear inside the band); Health Foundation, elective
waiting-times pipeline (lower bound of the band, 20 people or more).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from types import MappingProxyType

PERCENTILES = (50, 92, 95)
WITHIN_WEEKS = 18
OVER_WEEKS = 52
LEAST_PEOPLE = 20
OPEN_BAND = 104
"""The last band of the published files, "more than 104 weeks", has no upper end."""
CONVENTIONS = MappingProxyType({
    "interp": "linear inside the band, as NHSRtt; published medians carry a decimal",
    "band_lower": "lower bound of the band, 20 people or more, as the Health Foundation",
})  # fmt: skip
"""How each percentile is read."""
Bands = Mapping[int, int]


def interpolated(bands: Bands, percent: int) -> float | None:
    """Return the percentile in weeks, linear inside its band.

    None for nobody, and where it lies in the open band of more than 104 weeks.
    """
    found = _reached(bands, percent)
    if found is None or found[0] >= OPEN_BAND:
        return None
    weeks, inside = found
    return float(weeks + inside)


def band_lower(bands: Bands, percent: int) -> int | None:
    """Return the lower bound in weeks of the band that holds the percentile, None below 20."""
    found = _reached(bands, percent)
    if found is None or sum(bands.values()) < LEAST_PEOPLE:
        return None
    return found[0]


def _reached(bands: Bands, percent: int) -> tuple[int, Fraction] | None:
    """Return the band where the count is reached, and how far into it."""
    wanted = Fraction(sum(bands.values()) * percent, 100)
    before = 0
    for weeks in sorted(bands):
        here = bands[weeks]
        if here and before + here >= wanted:
            return weeks, (wanted - before) / here
        before += here
    return None


def within(bands: Bands, weeks: int = WITHIN_WEEKS) -> int:
    """Return how many waited up to so many weeks."""
    return sum(count for start, count in bands.items() if start < weeks)


def over(bands: Bands, weeks: int = OVER_WEEKS) -> int:
    """Return how many waited more than so many weeks."""
    return sum(count for start, count in bands.items() if start >= weeks)


def warnings(lists: Collection[Bands]) -> list[str]:
    """Return what is said of lists that are short, or that reach into the open band."""
    said = []
    few = sum(sum(bands.values()) < LEAST_PEOPLE for bands in lists)
    if few:
        said.append(f"{few} lists hold fewer than {LEAST_PEOPLE} people and have no lower bounds.")
    if any(weeks >= OPEN_BAND and n for bands in lists for weeks, n in bands.items()):
        said.append("The band of more than 104 weeks has no end; a percentile in it is left out.")
    return said


def reading(bands: Bands) -> dict[str, float | int | None]:
    """Return every figure of one list: total, both percentiles, within 18 and over 52 weeks."""
    row: dict[str, float | int | None] = {"total": sum(bands.values())}
    for percent in PERCENTILES:
        row[f"interp_{percent}"] = interpolated(bands, percent)
        row[f"band_lower_{percent}"] = band_lower(bands, percent)
    return {**row, f"within_{WITHIN_WEEKS}": within(bands), f"over_{OVER_WEEKS}": over(bands)}
