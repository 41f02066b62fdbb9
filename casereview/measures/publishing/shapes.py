"""What of each measure's columns is a count, what adds up to what, what is worked out from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

from casereview.measures.delay_bands import CENSUS_BANDS, READY_BANDS
from casereview.measures.waits import LONG, LONG_WEEKS

Whole = tuple[str, ...]


class Flow(NamedTuple):
    """Counts of which what was held before, and came, either went or is held after.

    Attributes:
        came, gone: columns of what came and went in a period.
        held: columns of what is there at its end.
    """

    came: tuple[str, ...]
    gone: tuple[str, ...]
    held: tuple[str, ...]


class Nests(NamedTuple):
    """Rows of one thing in several windows, narrow to wide, whose counts lie inside each other.

    Attributes:
        column: names the window.
        growing: counts of which a wider window has all that a narrower one has.
        shrinking: counts of which a narrower window has all that a wider one has.
        same: counts that every window repeats.
    """

    column: str
    growing: tuple[str, ...] = ()
    shrinking: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


class Limit(NamedTuple):
    """Those up to a target that stands in the row, and those over other limits.

    Attributes:
        target: column of the target without its unit.
        up_to: column of those up to it.
        whole: column of all of them.
        over: column of those over so many days.
    """

    target: str
    up_to: str
    whole: str
    over: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of a measure are published.

    Attributes:
        counts: columns that count people, cases or events.
        sums: column to the columns that add up to it.
        within: (part, whole): a count that is part of another one.
        ends: (parts, whole): parts of another one that have nothing in common.
        percents: column to the count above the line and those added up below it.
        means: column to the count that it is a mean or percentile of.
        magnitudes: column of added-up days or weights to the count behind it.
        people: counts of different people, which do not add up over groups.
        across: (column, part, whole): rows whose part adds up to the whole over a column's values.
        flow: counts that go on from period to period, None for none.
        nests: counts of one window that are among those of another, None for none.
        limit: counts on both sides of a target that differs by row, None for none.
        drop: columns that would give hidden figures away.
    """

    counts: tuple[str, ...]
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    within: tuple[tuple[str, str], ...] = ()
    ends: tuple[tuple[Whole, str], ...] = ()
    percents: Mapping[str, tuple[str, Whole]] = field(default_factory=dict)
    means: Mapping[str, str] = field(default_factory=dict)
    magnitudes: Mapping[str, str] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    across: tuple[str, str, str] | None = None
    flow: Flow | None = None
    nests: Nests | None = None
    limit: Limit | None = None
    drop: tuple[str, ...] = ()


def _nested(*columns: str) -> tuple[tuple[str, str], ...]:
    """Return every pair of a chain in which each count is part of the one before."""
    return tuple((part, whole) for whole, part in combinations(columns, 2))


def _means(count: str, *columns: str) -> dict[str, str]:
    return dict.fromkeys(columns, count)


_DAYS = ("mean_days", "median_days", "p90_days")
_STAYS = _nested("n", "from_7", "over_7", "from_14", "over_14", "from_21", "over_21")
_LONG = _nested(
    "open", "from_7", "over_7", "from_14", "over_14", "from_21", "over_21", "from_60", "from_90"
)
_BANDS, _CENSUS = tuple(READY_BANDS), tuple(CENSUS_BANDS)
_CODES = ("did_not_attend", "cancelled_by_person", "cancelled_by_provider")
_LINES = ("reviewed", "confirmed", "skipped", "not_reached", "partly_or_left")

_STORE = {
    "throughput": Shape(
        ("referred", "returned", "moved_on", "completed", "removed", "left", "open_at_end",
         "open_at_end_returns"),
        flow=Flow(("referred", "returned"), ("completed", "removed", "left"),
                  ("open_at_end", "open_at_end_returns")),
    ),
    "los": Shape(
        ("n", *(part for part, whole in _STAYS if whole == "n"), "excluded"), within=_STAYS,
        means=_means("n", *_DAYS), drop=("min_days", "max_days"),
    ),
    "waits": Shape(
        ("n", "negative", "within_target", *LONG),
        within=(("negative", "n"), ("within_target", "n"), *_nested("n", *LONG)),
        percents={"percent_within": ("within_target", ("n",))},
        means=_means("n", *(f"{s}_{u}" for s in ("mean", "median", "p90", "p92")
                            for u in ("days", "hours"))),
        limit=Limit("target", "within_target", "n",
                    {c: 7 * weeks for c, weeks in zip(LONG, LONG_WEEKS, strict=True)}),
    ),
    "stages": Shape(
        ("entered", "cases", "left", "open_at_end", "stepped_back", "skipped"),
        within=(("cases", "entered"), ("stepped_back", "left")), means=_means("left", *_DAYS),
        flow=Flow(("entered",), ("left",), ("open_at_end",)),
    ),
    "returns": Shape(
        ("discharges", "followed_up", "returned"),
        within=(("followed_up", "discharges"), ("returned", "discharges")),
        percents={"percent": ("returned", ("discharges",))}, drop=("percent_followed",),
        nests=Nests("window", growing=("returned",), shrinking=("followed_up",),
                    same=("discharges",)),
    ),
    "caseload": Shape(
        ("open", "returns", "waiting"), within=(("returns", "open"), ("waiting", "open"))
    ),
}  # fmt: skip

_LISTS = {
    "rtt": Shape(
        ("total", "negative", "within_18", "over_52"),
        within=(("within_18", "total"), ("over_52", "total")),
        ends=((("within_18", "over_52"), "total"),),
        percents={"percent_within_18": ("within_18", ("total",))},
        means=_means("total", *(f"{c}_{p}" for c in ("interp", "band_lower")
                                for p in (50, 92, 95))),
    ),
    "waiting-list": Shape(
        ("referrals", "removals", "queue"), means={"mean_wait_weeks": "queue"},
        flow=Flow(("referrals",), ("removals",), ("queue",)),
        drop=("demand_weekly", "capacity_weekly", "load", "target_queue", "queue_too_big",
              "target_capacity_weekly", "relief_capacity_weekly", "pressure", "clearance_weeks"),
    ),
}  # fmt: skip

_DELAYS = {
    "delays": Shape(
        ("delayed",), magnitudes={"delay_days": "delayed"}, drop=("beds_a_day",),
    ),
    "delay-bands": Shape(
        ("discharges", "without_ready_date", "on_the_day", "delayed", *_BANDS),
        sums={"discharges": _BANDS, "on_the_day": _BANDS[:1], "delayed": _BANDS[1:]},
        within=(("on_the_day", "discharges"), ("delayed", "discharges")),
        percents={"percent_on_the_day": ("on_the_day", ("discharges",)),
                  "percent_delayed": ("delayed", ("discharges",))},
        means={"mean_days_all": "discharges", "mean_days_delayed": "delayed"},
        drop=("bed_days_lost",),
    ),
    "delay-census": Shape(("delayed", "left_out", *_CENSUS), sums={"delayed": _CENSUS}),
    "edd": Shape(
        ("completed", "dated", "on_first", "on_last", "early", "late", "revised"),
        sums={"dated": ("on_last", "early", "late")},
        within=(("dated", "completed"), ("on_first", "dated"), ("revised", "dated"),
                ("on_last", "completed")),
        percents={"percent_on_last": ("on_last", ("completed",)),
                  "percent_on_last_of_dated": ("on_last", ("dated",))},
        means=_means("dated", *(f"{s}_slip_{w}_days" for s in ("mean", "median")
                                for w in ("first", "last"))),
    ),
    "bed-days": Shape(("cases",), magnitudes={"bed_days": "cases"}, drop=("beds_a_day",)),
    "long-stay": Shape(
        ("open", *(part for part, whole in _LONG if whole == "open")), within=_LONG,
        means=_means("open", *_DAYS),
    ),
}  # fmt: skip

_TREATMENT = {
    "representation": Shape(
        ("completions", "followed_up", "re_presented"),
        within=(("followed_up", "completions"), ("re_presented", "completions")),
        percents={"percent": ("re_presented", ("completions",))}, drop=("percent_followed",),
    ),
    "successful-completion": Shape(
        ("in_treatment", "completed", "re_presented", "successful"),
        sums={"completed": ("re_presented", "successful")},
        within=(("completed", "in_treatment"), ("successful", "in_treatment")),
        percents={"percent": ("successful", ("in_treatment",))},
        people=("in_treatment", "completed", "re_presented", "successful"),
        drop=("lower_percent", "upper_percent", "points_off", "percent_off", "needed"),
    ),
    "exits": Shape(
        ("n", "exits", "in_treatment"), people=("in_treatment",),
        percents={"percent_of_exits": ("n", ("exits",)),
                  "percent_of_in_treatment": ("n", ("in_treatment",))},
        across=("class", "n", "exits"),
    ),
    "early-exit": Shape(
        ("started", "judged", "early_unplanned", "effective"),
        within=(("judged", "started"), ("early_unplanned", "started"), ("effective", "judged")),
        ends=((("early_unplanned", "effective"), "started"),),
        percents={"percent_early": ("early_unplanned", ("started",)),
                  "percent_effective_of_judged": ("effective", ("judged",))},
        drop=("percent_early_of_judged",),
    ),
    "long-treatment": Shape(
        ("in_treatment", "six_years"), within=(("six_years", "in_treatment"),),
        percents={"percent": ("six_years", ("in_treatment",))},
        people=("in_treatment", "six_years"),
    ),
}  # fmt: skip

_WORK = {
    "attendance": Shape(
        ("appointments", "attended", *_CODES, "to_come", "missed"),
        sums={"appointments": ("attended", *_CODES, "to_come"), "missed": _CODES},
        percents={"dna_percent": ("did_not_attend", ("attended", "did_not_attend"))},
    ),
    "front-door": Shape(
        ("came", "met", "offered_at_first", "solved_first_time", "solved_and_stayed",
         "without_hand_off"),
        within=(("met", "came"), ("offered_at_first", "met"),
                *_nested("came", "solved_first_time", "solved_and_stayed"),
                ("without_hand_off", "came")),
        percents={"percent_offered_at_first": ("offered_at_first", ("met",)),
                  "percent_solved_first_time": ("solved_first_time", ("came",))},
        means={"mean_hand_offs": "came"}, drop=("hand_offs",),
    ),
    "last-seen": Shape(
        ("open", "never", "over_28", "over_91", "over_183", "over_365"),
        within=(("never", "open"), *_nested("open", "over_28", "over_91", "over_183", "over_365")),
        ends=((("never", "over_28"), "open"),),
        means=_means("open", *_DAYS),
    ),
    "actions": Shape(
        ("raised", "closed", "done", "cancelled", "closed_with_case", "open_at_end", "overdue",
         "carried", "leeches", "parked"),
        sums={"closed": ("done", "cancelled", "closed_with_case")},
        within=(("overdue", "open_at_end"), *_nested("open_at_end", "carried", "leeches")),
        means=_means("done", *_DAYS),
        flow=Flow(("raised",), ("closed",), ("open_at_end", "parked")),
    ),
    "reviews": Shape(
        ("on_agenda", *_LINES, "decided", "complex_decided", "simple_decided"),
        sums={"on_agenda": _LINES, "decided": ("complex_decided", "simple_decided")},
        within=(("decided", "on_agenda"),),
        percents={"percent_not_reached": ("not_reached", ("on_agenda",))},
        means={**_means("complex_decided", "mean_complex_wait_days", "median_complex_wait_days"),
               **_means("simple_decided", "mean_simple_wait_days", "median_simple_wait_days")},
        drop=("worked_s", "seconds_per_case", "decided_per_meeting"),
    ),
}  # fmt: skip

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {**_STORE, **_LISTS, **_DELAYS, **_TREATMENT, **_WORK}
)
"""Measures that can be published; the others show staff or single people."""
