"""What the rehearsal service's manager types: agency shifts by month, and why a figure moved."""

from __future__ import annotations

from datetime import date, timedelta

from casereview.service.rehearsal.cast import MANAGER, TWICE_FOR, WARD
from casereview.service.rehearsal.world import World
from casereview.service.typed import figures

SERIES, SOURCE = "agency_staff", "Roster, shifts filled by an agency"
BEFORE, SINCE = (38, 46), (28, 37)
"""Shifts a month, least and most: with one ward round a week, and with two."""


def type_figures(world: World, day: date) -> None:
    """Type last month's agency shifts on the first weekday of a month."""
    if day.weekday() > 4 or day.day > 3 or (day.day > 1 and day.weekday() != 0):
        return
    month = day.replace(day=1) - timedelta(days=1)
    low, high = SINCE if (world.today - month).days < TWICE_FOR else BEFORE
    figures.put_figure(
        world.by(MANAGER), SERIES, f"{month:%Y-%m}", str(world.between(low, high)),
        source=SOURCE, team=WARD, new=True,
    )  # fmt: skip


def note_second_round(world: World, day: date) -> None:
    """Note beside the ward's length of stay from when there were two rounds a week."""
    figures.note_series(
        world.by(MANAGER), "los", day, "A second ward round a week began", team=WARD
    )
