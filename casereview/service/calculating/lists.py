"""`calc waiting-list` and `calc rtt`: lists of people, and lists as weekly bands."""

from __future__ import annotations

from typing import Any

from casereview.measures.methods import rtt
from casereview.measures.methods.waiting_list import Pace, Span
from casereview.measures.methods.waiting_list_figures import (
    Days,
    Figures,
    Wait,
    figures,
    queue_by_day,
)
from casereview.service.calculating import options
from casereview.service.calculating.options import Typed
from casereview.service.calculating.read import Column, count, day, read_sheet, text

Rows = list[dict[str, Any]]
Found = tuple[Rows, dict[str, Any]]

WAITS = (Column("referral", day), Column("removal", day, blank=True))
BANDS = (
    Column("id", text, optional=True), Column("weeks_from", count), Column("count", count),
)  # fmt: skip


def waiting_list_file(
    file: str, *, target_wait: Typed = 4, from_on: Typed = None, to_on: Typed = None
) -> Found:
    """Work a list out from columns referral and removal, the latter empty for who still waits.

    Args:
        file: the CSV.
        target_wait: weeks that a wait should not exceed.
        from_on: first day of the window, None for the first referral.
        to_on: its last day, None for the last referral.
    """
    target = Span.of_weeks(options.a_number(target_wait, "--target-wait"))
    sheet = read_sheet(file, WAITS)
    waits = []
    for line in sheet.lines:
        came, went = line.values["referral"], line.values["removal"]
        if went is not None and went < came:
            what = f"The removal on {went.isoformat()} is before the referral."
            sheet.fault(line, "removal", what)
        waits.append(Wait(came, went))
    sheet.check()
    days = Days.of(waits)
    found = figures(
        days, target, options.optional_day(from_on, "--from"), options.optional_day(to_on, "--to")
    )
    rows = [
        {"dates": on, "queue_size": n} for on, n in queue_by_day(days, found.from_on, found.to_on)
    ]
    return rows, {"columns_ignored": sheet.ignored, **_list_figures(found, target, waits)}


def _list_figures(found: Figures, target: Span, waits: list[Wait]) -> dict[str, Any]:
    demand, capacity = found.demand, found.capacity
    return {
        "args": {
            "target_wait": options.whole(target.weeks), "start_date": found.from_on,
            "end_date": found.to_on,
        },
        "units": "people, people a week and weeks, unless a name says days",
        "wl_stats": {
            "mean_demand": _weekly(demand.pace), "mean_capacity": _weekly(capacity.pace),
            "load": found.load,
            "load_too_big": None if found.load is None else found.load >= 1,
            "count_demand": demand.intervals, "queue_size": found.queue,
            "target_queue_size": found.target_queue, "queue_too_big": found.queue_too_big,
            "mean_wait": None if found.mean_wait is None else found.mean_wait.weeks,
            "cv_arrival": demand.variation, "cv_removal": capacity.variation,
            "target_capacity": _weekly(found.target_capacity),
            "relief_capacity": _weekly(found.relief_capacity), "pressure": found.pressure,
        },
        "wl_referral_stats": {
            "demand_weekly": _weekly(demand.pace),
            "demand_daily": None if demand.pace is None else demand.pace.daily,
            "demand_cov": demand.variation, "demand_count": demand.intervals,
        },
        "wl_removal_stats": {
            "capacity_weekly": _weekly(capacity.pace),
            "capacity_daily": None if capacity.pace is None else capacity.pace.daily,
            "capacity_cov": capacity.variation, "removal_count": capacity.intervals,
        },
        "referrals": found.referrals,
        "mean_wait_days": None if found.mean_wait is None else found.mean_wait.days,
        "clearance_weeks": None if found.clearance is None else found.clearance.weeks,
        "warnings": _list_warnings(found, waits),
    }  # fmt: skip


def _weekly(pace: Pace | None) -> float | None:
    return None if pace is None else pace.weekly


def _list_warnings(found: Figures, waits: list[Wait]) -> list[str]:
    said = []
    earlier = sum(w.removed_on is not None and w.removed_on < found.from_on for w in waits)
    later = sum(w.referred_on > found.to_on for w in waits)
    if earlier:
        said.append(f"{earlier} left before the window and count nowhere.")
    if later:
        said.append(f"{later} were referred after the window and count nowhere.")
    if found.removed_later:
        said.append(
            f"{found.removed_later} removals after the window count towards the capacity, as in "
            "the reference."
        )
    if found.queue_too_big:
        said.append("The queue is more than twice its target: it needs relief before balance.")
    if found.load is not None and found.load >= 1:
        said.append("The load is 1 or more: the list grows for ever unless capacity rises.")
    return said


def rtt_file(file: str) -> Found:
    """Read weekly bands as NHS England publishes them: columns weeks_from, count and id."""
    sheet = read_sheet(file, BANDS)
    lists: dict[str, dict[int, int]] = {}
    for line in sheet.lines:
        name, weeks = line.values.get("id", "all"), line.values["weeks_from"]
        bands = lists.setdefault(name, {})
        if weeks in bands:
            sheet.fault(line, "weeks_from", f"The band from {weeks} weeks of {name} occurs twice.")
        bands[weeks] = line.values["count"]
    sheet.check()
    rows = [{"id": name, **rtt.reading(bands)} for name, bands in lists.items()]
    return options.plain_rows(rows), {
        "columns_ignored": sheet.ignored,
        "conventions": dict(rtt.CONVENTIONS),
        "bands": {name: {str(k): v for k, v in sorted(b.items())} for name, b in lists.items()},
        "warnings": rtt.warnings(lists.values()),
    }
