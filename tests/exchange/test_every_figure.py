"""Every figure worked out for a file apart from this program is compared, or named as not kept."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from casereview.exchange.layouts.file import load_layout
from casereview.exchange.loading.reading import stage
from casereview.exchange.plans.additions import Addition
from casereview.exchange.rows.cells import Circumstances
from casereview.exchange.rows.snapshot_rows import Standing

Figures = dict[str, float]

APART: dict[str, dict[str, str]] = {
    "readmission": {
        "censored": "the last interval of a patient ends with the study, not with an event",
        "zero_day_intervals": "a check of the file's own columns",
        "time_equals": "a check of the file's own columns",
        "deaths": "the layout reads no column of deaths",
        "intervals_observed_at_least": "needs the end of the study, which the layout does not read",
    },
    "stranded": {
        "no_identifier_column": "said by the layout",
        "exact_duplicate_rows": "two patients may look alike where nobody has a number",
        "label.": "contradicts the dates and is not read",
        "label_disagrees": "contradicts the dates and is not read",
        "medicallysafe_and_stranded_label": "contradicts the dates and is not read",
        "periods_of_previous_care_missing": "not read",
        "mean_previous_periods": "not read",
        "dates_that": "what would be if months were read first",
        "bed_age_days_if_read_mdy": "what would be if months were read first",
    },
    "cin": {},
    "sepsis": {
        "cases_if_NA": "what would be if NA were nothing",
        "stage_reached.represent": "see return_er.cases",
    },
    "receipt": {
        "events": "events that mean nothing are not kept",
        "activities": "events that mean nothing are not kept",
        "offsets": "instants are kept without the offset that they were written with",
        "group_missing": "not read", "closed_by_": "not read",
        "elapsed_days.min": "an end some minutes before its start is reported and taken as 0",
        "events_whose_local": "a check of the file", "cases_with_events_after": "see the report",
        "throughput_by_month_utc": "the store's calendar is the local one",
    },
}  # fmt: skip


def test_every_figure_of_the_readmissions_is_reached(
    make_ward: Any, shared: Path, layouts: Path, counting: Any
) -> None:
    ward = make_ward("2022-07-21T20:00:00+00:00")
    run = ward.take(shared / "data/readmission/readmission.csv", layouts / "readmission.toml")
    gaps = ward.sql(
        "SELECT r.person_id, r.referred_on - c.closed_on, i.local_id LIKE '%-1' FROM cases r "
        "JOIN cases c ON c.id = r.linked_case_id JOIN imported_cases i ON i.case_id = c.id "
        "WHERE r.link = 'return'"
    )
    days = [g for _, g, _ in gaps]
    got: Figures = {
        "rows": run["accepted"], "patients": ward.one("SELECT count(*) FROM persons"),
        "readmissions": len(days), "patients_readmitted": len({p for p, _, _ in gaps}),
        "max_readmissions_one_patient": max(Counter(p for p, _, _ in gaps).values()),
    }  # fmt: skip
    got |= counting.spread(days, "intervals_days_readmitted")
    got |= {f"within.{n}": sum(d <= n for d in days) for n in (2, 28, 30, 90, 183, 365)}
    first = [d for _, d, one in gaps if one]
    got |= {f"first_interval_within.{n}": sum(d <= n for d in first) for n in (28, 30, 183)}
    counting.compare(shared, "readmission", got, APART["readmission"])


def test_every_figure_of_the_stranded_list_is_reached(
    make_ward: Any, shared: Path, layouts: Path, counting: Any
) -> None:
    ward, as_of = make_ward("2021-02-10T12:00:00+00:00"), counting.number("2021-02-10")
    run = ward.take(shared / "data/stranded/stranded_data.csv", layouts / "stranded.toml")
    rows = ward.sql(
        "SELECT c.referred_on, f.text FROM cases c LEFT JOIN case_facts f ON f.case_id = c.id "
        "AND f.fact = 'medically_safe'"
    )
    got: Figures = {"rows": run["accepted"]}
    got |= {f"over_{n}_days": sum(as_of - d > n for d, _ in rows) for n in (7, 14, 21)}
    safe = [as_of - d for d, said in rows if said == "yes"]
    got |= {"medicallysafe_yes": len(safe), "medically_safe_over_7_days": sum(d > 7 for d in safe)}
    got |= counting.spread([as_of - d for d, _ in rows], "bed_age_days_at_as_of")
    got |= counting.counted((counting.month(d) for d, _ in rows), "admissions_by_month")
    counting.compare(shared, "stranded", got, APART["stranded"])


def test_every_figure_of_the_children_in_need_is_reached(
    make_ward: Any, shared: Path, layouts: Path, counting: Any
) -> None:
    ward = make_ward("2022-07-21T20:00:00+00:00", pathway="childrens")
    run = ward.take(shared / "data/cin/fake_CIN_data.xml", layouts / "cin.toml")
    as_of = counting.number("2022-07-21")
    rows = ward.sql(
        'SELECT c.person_id, c.referred_on, c.closed_on, c.exit, p.born_on, p.died_on, m."on", '
        "c.excluded FROM cases c JOIN persons p ON p.id = c.person_id LEFT JOIN milestones m "
        "ON m.case_id = c.id AND m.name = 'assessed' ORDER BY c.person_id, c.referred_on"
    )
    ended = [(r[1], r[2]) for r in rows if r[2] is not None]
    waits = [r[6] - r[1] for r in rows if r[6] is not None]
    pairs = [(a, b) for a, b in pairwise(rows) if a[0] == b[0]]
    then = [e - s for s, e in ended if e <= as_of]
    begun = sum(r[1] <= as_of for r in rows)
    got: Figures = {
        "children": ward.one("SELECT count(*) FROM persons"), "referrals": run["cases"],
        "closed_in_file": len(ended), "open_in_file": len(rows) - len(ended),
        "referral_after_reference_date": sum(r[1] > as_of for r in rows),
        "closure_after_reference_date": sum(e > as_of for _, e in ended),
        "closure_before_referral": sum(r[7] == "end-before-start" for r in rows),
        "referral_before_birth": sum(r[4] is not None and r[1] < r[4] for r in rows),
        "referral_after_death": run["warned"],
        "icpc_before_referral": sum(w < 0 for w in waits),
        "icpc_after_closure": sum(r[6] > r[2] for r in rows if None not in (r[6], r[2])),
        "overlapping_referrals_same_child": sum(
            a[2] is not None and b[1] < a[2] for a, b in pairs),
        "open_followed_by_another_referral": sum(a[2] is None for a, _ in pairs),
        "icpc_within_15_days": sum(w <= 15 for w in waits),
        "as_at_reference_date.referrals_to_date": begun,
        "as_at_reference_date.closed_to_date": len(then),
        "as_at_reference_date.open": begun - len(then),
    }  # fmt: skip
    each = Counter(Counter(r[0] for r in rows).values())
    got |= {f"children_by_referrals.{k}": n for k, n in each.items()}
    got |= counting.counted((r[3] for r in rows if r[3]), "reasons")
    got |= counting.spread([e - s for s, e in ended], "los_days_all_closed")
    got |= counting.spread(then, "as_at_reference_date.los_days")
    got |= counting.spread(waits, "wait_referral_to_icpc_days")
    got |= counting.counted((counting.month(e)[:4] for _, e in ended), "throughput_by_year")
    got |= counting.returns([(r[0], r[1], r[2], True) for r in rows], as_of, "re_referral")
    counting.compare(shared, "cin", got, APART["cin"])


def test_every_figure_of_the_receipt_log_is_reached(
    make_ward: Any, shared: Path, layouts: Path, counting: Any
) -> None:
    ward, as_of = make_ward("2012-01-23T20:00:00+00:00"), counting.number("2012-01-23")
    run = ward.take(shared / "data/receipt/08_receipt.xes.gz", layouts / "receipt.toml")
    fact = (
        "(SELECT number FROM case_facts f WHERE f.case_id = c.id AND f.fact = '{}' "
        "AND before_on IS NULL)"
    )
    rows = ward.sql(
        f"SELECT referred_on, closed_on, referred_s, closed_s, {fact.format('expected_end_on')}, "
        f"{fact.format('review_on')} FROM cases c"
    )
    ended = [r for r in rows if r[1] is not None]
    got: Figures = {
        "cases": run["accepted"], "closed": len(ended), "open": len(rows) - len(ended),
        "closed_on_or_before_planned": sum(r[1] <= r[4] for r in ended),
        "closed_after_planned": sum(r[1] > r[4] for r in ended),
        "open_past_deadline_at_as_of": sum(
            r[1] is None and r[5] is not None and r[5] < as_of for r in rows),
    }  # fmt: skip
    got |= counting.spread([r[1] - r[0] for r in ended], "los_days_local_dates")
    got |= counting.spread([(r[3] - r[2]) / counting.DAY for r in ended], "elapsed_days")
    assert got.pop("elapsed_days.min") == 0
    early = [
        r for r in ward.report() if r["reason"].startswith("This end lies before the referral")
    ]
    got["end_before_start"] = len(early)
    got |= counting.counted((counting.month(r[1]) for r in ended), "throughput_by_month_local")
    got |= counting.counted((counting.month(r[0]) for r in rows), "starts_by_month_local")
    counting.compare(shared, "receipt", got, APART["receipt"], close=1e-4)


def rows_of(path: Path, layout_path: Path, library: Any, make: Any) -> list[Any]:
    """Return what the reader hears of a file before anything of it is stored."""
    late = date(2040, 1, 1)
    staged = stage(path, load_layout(layout_path, library), Circumstances(late, late))
    found = [make._make(item) for item in staged.items]
    staged.close()
    return found


@pytest.fixture
def children(make_ward: Any, shared: Path, layouts: Path) -> Any:
    ward = make_ward("2022-03-31T20:00:00+00:00", pathway="childrens")
    for part in ("episodes", "reviews"):
        for year in range(2017, 2022):
            file = shared / f"data/ssda903/{year}-{part}.csv"
            ward.take(file, layouts / "ssda903.toml")
    return ward


def placements(shared: Path, layouts: Path, library: Any, counting: Any) -> Figures:
    """Return the figures of the files themselves: placements, merged by child and start."""
    got: Figures = {"rows_all_files": 0}
    merged: dict[tuple[str, int], Standing] = {}
    for year in range(2017, 2022):
        file = shared / f"data/ssda903/{year}-episodes.csv"
        rows = rows_of(file, layouts / "ssda903.toml", library, Standing)
        got["rows_all_files"] += len(rows)
        got |= {
            f"per_file.{year}.rows": len(rows),
            f"per_file.{year}.children": len({r.person for r in rows}),
            f"per_file.{year}.open_rows": sum(r.end_day is None for r in rows),
            f"per_file.{year}.rec_without_dec": sum(
                r.end_day is None and r.exit != "" for r in rows),
        }  # fmt: skip
        merged |= {(str(r.person), r.day): r for r in rows}
    found = [merged[key] for key in sorted(merged)]
    pairs = [(a, b) for a, b in pairwise(found) if a.person == b.person]
    open_ = [r for r in found if r.end_day is None]
    after = {(a.person, a.day): b.day for a, b in pairs}
    got |= {
        "distinct_child_decom": len(found), "children": len({r.person for r in found}),
        "rows_that_update_an_earlier_file": got["rows_all_files"] - len(found),
        "after_merge.open": len(open_), "after_merge.closed": len(found) - len(open_),
        "after_merge.rec_given_but_no_DEC": sum(r.exit != "" for r in open_),
        "after_merge.of_which_final_reason": sum(r.exit not in ("", "x1") for r in open_),
        "after_merge.end_before_start": sum(
            r.end_day is not None and r.end_day < r.day for r in found),
        "after_merge.open_but_child_has_later_episode": sum(a.end_day is None for a, _ in pairs),
        "after_merge.overlap_with_next": sum(
            a.end_day is not None and a.end_day > b.day for a, b in pairs),
        "after_merge.ends_with_X1_but_no_next_starting_that_day": sum(
            r.exit == "x1" and r.end_day is not None and after.get((r.person, r.day)) != r.end_day
            for r in found),
    }  # fmt: skip
    stays = [r.end_day - r.day for r in found if r.end_day is not None]
    return {**got, **counting.spread(stays, "placement_los_days")}


def test_every_figure_of_the_children_looked_after_is_reached(
    children: Any, shared: Path, layouts: Path, library: Any, counting: Any
) -> None:
    as_of = counting.number("2022-03-31")
    rows = children.sql(
        "SELECT person_id, referred_on, closed_on, stage, exit FROM cases "
        "ORDER BY person_id, referred_on"
    )
    final = [r for r in rows if r[3] == "complete"]
    open_ = [r for r in rows if r[2] is None]
    each = Counter(r[0] for r in rows)
    periods: Figures = {
        "periods": len(rows), "children_with_more_than_one": sum(n > 1 for n in each.values()),
        "closed": len(rows) - len(open_), "open": len(open_),
        "closed_with_final_reason": len(final),
    }  # fmt: skip
    periods |= counting.spread([r[2] - r[1] for r in final], "los_days_closed_final_reason")
    periods |= counting.spread([as_of - r[1] for r in open_], "open_age_days_at_as_of")
    periods |= counting.counted((r[4] for r in final), "reasons")
    got = placements(shared, layouts, library, counting)
    got |= {f"periods_of_care.{k}": n for k, n in periods.items()}
    ends = (counting.month(r[2]) for r in final)
    got |= counting.counted(ends, "throughput_by_month_final_reason")
    got |= counting.counted((counting.month(r[1]) for r in rows), "starts_by_month")
    got |= counting.returns([(*r[:3], r[3] == "complete") for r in rows], as_of, "readmission")
    last = dict(children.sql(
        'SELECT c.person_id, max(k."on") FROM contacts k JOIN cases c ON c.id = k.case_id '
        "GROUP BY 1"
    ))  # fmt: skip
    known = [last[r[0]] for r in open_ if r[0] in last]
    reviews: list[Addition] = []
    for year in range(2017, 2022):
        file = shared / f"data/ssda903/{year}-reviews.csv"
        reviews += rows_of(file, layouts / "ssda903-reviews.toml", library, Addition)
    held = {(r.person, r.day, note) for r in reviews for kind, note, *_ in r.more if kind == "note"}
    got |= counting.counted((code for _, _, code in held), "reviews.codes")
    got |= {
        "reviews.rows_all_files": len(reviews), "reviews.distinct": len(held),
        "reviews.after_as_of": sum(day > as_of for _, day, _ in held),
        "reviews.children_open": len(open_),
        "reviews.open_never_reviewed": len(open_) - len(known),
        "reviews.open_last_review_over_183d": sum(as_of - day > 183 for day in known),
    }  # fmt: skip
    counting.compare(shared, "ssda903", got, {})
