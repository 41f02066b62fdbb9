"""Every published figure of the sepsis logs, of the readers and of the store, is compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from casereview.exchange.layouts.file import load_layout
from casereview.exchange.loading.reading import stage
from casereview.exchange.rows.cells import Circumstances

Figures = dict[str, float]

APART: dict[str, dict[str, str]] = {
    "sepsis": {
        "cases_if_NA": "what would be if NA were nothing",
        "stage_reached.represent": "see return_er.cases",
    },
    "sepsis_1t_xes": {
        "events": "traces are counted", "offsets": "instants are kept without their offset",
        "events_found_in_csv": "a check of two files", "distinct_case": "a check of two files",
    },
}  # fmt: skip

RETURNED = (
    "SELECT r.referred_on - c.closed_on, r.referred_s - c.closed_s, c.exit, c.closed_on, "
    "r.referred_on FROM cases r JOIN cases c ON c.id = r.linked_case_id WHERE r.link = 'return'"
)


def of_the_log(path: Path, layout_path: Path, library: Any, counting: Any) -> Figures:
    """Return what the reader hears of an event log before anything of it is stored."""
    layout = load_layout(layout_path, library)
    staged = stage(path, layout, Circumstances(date(2015, 6, 6), date(2015, 6, 6)))
    names = {name.casefold(): name for name in NAMES}
    said = [names[n] for n in layout.activities]
    of: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    marks = set()
    for item in staged.items:
        of[item[0]].append((item[1], said[item[6]], item[2]))
        marks.add(item[3])
    staged.close()
    lines = sum(map(len, of.values()))
    each = Counter(name for found in of.values() for _, name, _ in found)
    twice = sum(n - 1 for found in of.values() for n in Counter(e[:2] for e in found).values())
    ends = {
        case: min(at for at, name, _ in found if name in RELEASES)
        for case, found in of.items()
        if any(e[1] in RELEASES for e in found)
    }
    # One ward admission lies after its release, so that the case itself did not recover.
    admitted = {case for case, found in of.items() if "Admission NC" in {e[1] for e in found}}
    by_line = [sorted(found, key=lambda e: e[2]) for found in of.values()]
    month_ago = counting.number("2015-06-05") - 28
    got: Figures = {
        "rows": lines, "cases": len(of), "activities": len(each),
        "stage_reached.recover": len(admitted),
        "completed_without_recover": len(ends.keys() - admitted),
        "exact_duplicate_rows": lines - len(marks), "same_case_activity_time": twice,
        "out_of_order_rows_within_case": sum(
            b[0] < a[0] for found in by_line for a, b in pairwise(found)),
        "first_event_before_er_registration_cases": sum(
            min(found)[0] < min(at for at, name, _ in found if name == NAMES[0])
            for found in of.values()),
        "events_after_release_other_than_return": sum(
            at > end and name not in RELEASES and name != "Return ER"
            for case, end in ends.items() for at, name, _ in of[case]),
        "open_never_released_last_event_over_28d_before_as_of": sum(
            max(found)[0] < month_ago * counting.DAY * 1_000_000
            for case, found in of.items() if case not in ends),
    }  # fmt: skip
    wall = counting.wall
    elapsed = [
        (wall(end / 1e6) - wall(min(of[case])[0] / 1e6)) / counting.DAY
        for case, end in ends.items()
    ]
    got |= counting.spread(elapsed, "elapsed_days_first_event_to_release")
    return got | {f"activity_counts.{k}": n for k, n in each.items()}


RELEASES = [f"Release {letter}" for letter in "ABCDE"]
NAMES = [
    "ER Registration", "ER Triage", "ER Sepsis Triage", "Leucocytes", "CRP", "LacticAcid",
    "IV Antibiotics", "IV Liquid", "Admission NC", "Admission IC", *RELEASES, "Return ER",
]  # fmt: skip


def test_every_figure_of_the_sepsis_log_is_reached(
    make_ward: Any, shared: Path, layouts: Path, library: Any, counting: Any
) -> None:
    ward = make_ward("2015-06-06T09:00:00+00:00")
    file, layout = shared / "data/sepsis/sepsis.csv", layouts / "sepsis.toml"
    run = ward.take(file, layout)
    got = of_the_log(file, layout, library, counting)
    assert run["accepted"] + run["rejected"] == got["rows"]
    counting.compare(
        shared, "sepsis", got | of_the_ward(ward, counting), APART["sepsis"], close=2e-3
    )


def of_the_ward(ward: Any, counting: Any) -> Figures:
    first = "(SELECT min(at_s) FROM milestones m WHERE m.case_id = c.id AND m.name = '{}')"
    stage = (
        "(EXISTS (SELECT 1 FROM stage_spells s WHERE s.case_id = c.id AND s.stage = '{0}') OR "
        "EXISTS (SELECT 1 FROM milestones m WHERE m.case_id = c.id AND '{0}' = 'stabilise' "
        "AND m.name IN ('treated', 'started')))"
    )
    rows = ward.sql(
        "SELECT referred_on, closed_on, referred_s, closed_s, exit, "
        + ", ".join(first.format(n) for n in ("treated", "triaged", "admitted"))
        + ", " + stage.format("stabilise")
        + " FROM cases c WHERE link IS NULL"
    )  # fmt: skip
    ended = [r for r in rows if r[1] is not None]
    stays = [r[1] - r[0] for r in ended]
    as_of, back = counting.number("2015-06-05"), ward.sql(RETURNED)
    got: Figures = {
        "completed": len(ended), "not_completed": len(rows) - len(ended),
        "los_over_7_days": sum(d > 7 for d in stays),
        "los_over_21_days": sum(d > 21 for d in stays),
        "stage_reached.assess": len(rows), "stage_reached.complete": len(ended),
        "stage_reached.stabilise": sum(r[8] for r in rows),
        "completed_without_stabilise": sum(not r[8] for r in ended),
        "return_er.cases": len(back), "return_er.returns_without_release": 0,
        "return_er.within_28d_calendar": sum(b[0] <= 28 for b in back),
        "return_er.within_28x24h": sum(b[1] <= 28 * counting.DAY for b in back),
        "return_er.within_30d_calendar": sum(b[0] <= 30 for b in back),
        "return_er.within_183d": sum(b[0] <= 183 for b in back),
        "return_er.within_6_calendar_months": sum(
            b[4] <= counting.months_later(b[3], 6) for b in back),
        "return_er.followed_up_28d": sum(r[1] + 28 <= as_of for r in ended),
        "return_er.rate_28d_all_discharges_pct": 100 * sum(b[0] <= 28 for b in back) / len(ended),
    }  # fmt: skip
    got |= counting.counted(
        (f"Release {r[4][-1].upper()}" for r in ended), "completed_by_release_type"
    )
    near = (f"Release {b[2][-1].upper()}" for b in back if b[0] <= 28)
    got |= counting.counted(near, "return_er.by_release_type")
    got |= counting.spread([b[0] for b in back], "return_er.gap_days_calendar")
    got |= counting.spread(stays, "los_days_er_to_release")
    got |= counting.spread(
        [(counting.wall(r[3]) - counting.wall(r[2])) / counting.DAY for r in ended],
        "elapsed_days_er_to_release",
    )
    for place, name in (
        (5, "er_to_antibiotics"),
        (6, "er_to_triage"),
        (7, "er_to_first_admission"),
    ):
        hours = [(r[place] - r[2]) / counting.HOUR for r in rows if r[place] is not None]
        got |= counting.spread(hours, f"waits_hours.{name}")
        if place == 5:
            got["waits_hours.er_to_antibiotics_within_1h"] = sum(h <= 1 for h in hours)
    got |= counting.counted((counting.month(r[0]) for r in rows), "starts_by_month")
    got |= counting.counted((counting.month(r[1]) for r in ended), "throughput_by_month")
    got["step_back_NC_to_IC_events"] = ward.one(
        "SELECT count(*) FROM stage_spells WHERE move = 'back'"
    )
    got["step_back_cases"] = ward.one(
        "SELECT count(DISTINCT case_id) FROM stage_spells WHERE move = 'back'"
    )
    ends = [counting.months_later(counting.number("2013-11-01"), n) - 1 for n in range(1, 20)]
    got |= {
        f"caseload_month_end_counting_unreleased_as_open.{counting.on(day).isoformat()}": sum(
            r[0] <= day and (r[1] is None or r[1] > day) for r in rows)
        for day in ends
    }  # fmt: skip
    return got


def test_every_figure_of_the_short_sepsis_log_is_reached(
    make_ward: Any, shared: Path, layouts: Path, counting: Any
) -> None:
    ward = make_ward("2015-06-06T09:00:00+00:00")
    log = shared / "data/sepsis/13_SEPSIS_1t_per_variant.xes.gz"
    run = ward.take(log, layouts / "sepsis-xes.toml")
    stays = [d for (d,) in ward.sql("SELECT closed_on - referred_on FROM cases "
                                    "WHERE closed_on IS NOT NULL")]  # fmt: skip
    got: Figures = {
        "cases": run["accepted"], "completed": len(stays), "return_er": len(ward.sql(RETURNED)),
        "case_named_NA": ward.one("SELECT count(*) FROM person_ids WHERE local_id = 'NA'"),
    }  # fmt: skip
    counting.compare(
        shared,
        "sepsis_1t_xes",
        got | counting.spread(stays, "los_days_local"),
        APART["sepsis_1t_xes"],
    )
