"""Whose rules a chart follows; the profile's name is printed on every chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from casereview.errors import Usage


@dataclass(frozen=True, slots=True)
class Profile:
    """One set of rules.

    Attributes:
        id: its name on the command line.
        title: its name on a chart.
        limit: moving ranges from the mean to a limit.
        screen: drop moving ranges beyond their own limit before the limits are worked out.
        keep_flat: a series without any change keeps its ranges, so that its limits are its mean.
        shift: points on one side of the mean that make a shift.
        trend: points of a trend; one fewer steps in one direction.
        two_counts_outside: points beyond a limit count for two in three.
        two_on_one_side: all three points must be on the same side of the mean.
        improvement_wins: a point that improvement and concern both claim shows improvement.
        icon_points: points that the last part needs for icons.
        asks_every_facet: one facet's target gives every facet an assurance icon.
    """

    id: str
    title: str
    limit: float = 2.66
    screen: bool = True
    keep_flat: bool = False
    shift: int = 7
    trend: int = 7
    two_counts_outside: bool = False
    two_on_one_side: bool = True
    improvement_wins: bool = False
    icon_points: int = 1
    asks_every_facet: bool = False


# The limits of both profiles screen moving ranges, as in the published example where the tool's
# rule turns the icon of England's four-hour series; the tool's own unscreened limits are one
# option away.
MDC = Profile(
    "mdc",
    "Making Data Count",
    keep_flat=True,
    two_counts_outside=True,
    improvement_wins=True,
    icon_points=13,
)
"""The rules of NHS England's tools since November 2023. Source: stats.md 1b."""

NHSR = Profile("nhsr", "NHSRplotthedots 0.2.2", asks_every_facet=True)
"""What the R package computes, its quirks among it. Source: stats.md 1a."""

PROFILES: Mapping[str, Profile] = MappingProxyType({"mdc": MDC, "nhsr": NHSR})


def profile_named(name: str) -> Profile:
    """Return a profile by name.

    Raises:
        Usage: there is none of that name.
    """
    if name not in PROFILES:
        raise Usage(
            f"There is no profile {name[:60]!r}.",
            code="no_such_profile",
            next="Use mdc (Making Data Count) or nhsr (NHSRplotthedots).",
        )
    return PROFILES[name]
