"""Published files in other formats: their figures were worked out apart from this program."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

EPOCH = date(1970, 1, 1).toordinal()
STAYS = "SELECT closed_on - referred_on FROM cases WHERE stage = 'complete'"
GAPS = (
    "SELECT r.referred_on - c.closed_on FROM cases r JOIN cases c ON c.id = r.linked_case_id "
    "WHERE r.link = 'return'"
)


def number(on: str) -> int:
    return date.fromisoformat(on).toordinal() - EPOCH


def month(day: int) -> str:
    return date.fromordinal(day + EPOCH).isoformat()[:7]


def stays_are(ward: Any, wanted: dict[str, float], sql: str = STAYS) -> None:
    days = [row[0] for row in ward.sql(sql)]
    assert len(days) == wanted["n"]
    assert round(statistics.mean(days), 4) == wanted["mean"]
    assert statistics.median(days) == wanted["median"]
    assert (min(days), max(days)) == (wanted["min"], wanted["max"])


@pytest.fixture
def figures(shared: Path) -> Callable[[str], dict[str, Any]]:
    def read(name: str) -> dict[str, Any]:
        text = (shared / f"data/expected/{name}.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    return read


def test_a_council_s_log_keeps_its_own_calendar(
    make_ward: Any, shared: Path, layouts: Path, figures: Any
) -> None:
    ward, wanted = make_ward("2012-01-23T20:00:00+00:00"), figures("receipt")
    log = shared / "data/receipt/08_receipt.xes.gz"
    got = ward.take(log, layouts / "receipt.toml")
    assert (got["accepted"], got["rejected"], got["cases"]) == (1434, 0, 1434)
    stays_are(ward, wanted["los_days_local_dates"])
    assert ward.one("SELECT count(*) FROM cases WHERE closed_on IS NULL") == wanted["open"]
    ends = Counter(month(d) for (d,) in ward.sql("SELECT closed_on FROM cases") if d is not None)
    assert ends == wanted["throughput_by_month_local"]
    starts = Counter(month(d) for (d,) in ward.sql("SELECT referred_on FROM cases"))
    assert starts == wanted["starts_by_month_local"]
    planned = (
        "SELECT count(*) FROM cases c JOIN case_facts f ON f.case_id = c.id AND f.fact = "
        "'expected_end_on' AND f.before_on IS NULL WHERE c.closed_on {} f.number"
    )
    assert ward.one(planned.format("<=")) == wanted["closed_on_or_before_planned"]
    assert ward.one(planned.format(">")) == wanted["closed_after_planned"]
    late = (
        "SELECT count(*) FROM cases c JOIN case_facts f ON f.case_id = c.id AND f.fact = "
        "'review_on' AND f.before_on IS NULL WHERE c.closed_on IS NULL AND f.number < "
    )
    assert ward.one(late + str(number("2012-01-23"))) == wanted["open_past_deadline_at_as_of"]
    assert ward.one("SELECT count(*) FROM case_facts WHERE number = 0") == 0
    again = ward.take(log, layouts / "receipt.toml")
    assert (again["accepted"], again["unchanged"], again["run"]) == (0, 1434, None)
    assert ward.problems() == []


def test_the_sepsis_log_gives_the_figures_of_its_csv(
    make_ward: Any, shared: Path, layouts: Path, figures: Any
) -> None:
    ward, wanted = make_ward("2015-06-06T09:00:00+00:00"), figures("sepsis")
    got = ward.take(shared / "data/sepsis/sepsis_full.xes.gz", layouts / "sepsis.toml")
    assert (got["accepted"], got["rejected"], got["cases"]) == (1050, 0, 1050 + 294)
    stays_are(ward, wanted["los_days_er_to_release"])
    gaps = [row[0] for row in ward.sql(GAPS)]
    assert sum(g <= 28 for g in gaps) == wanted["return_er"]["within_28d_calendar"]
    ends = Counter(month(d) for (d,) in ward.sql("SELECT closed_on FROM cases") if d is not None)
    assert ends == wanted["throughput_by_month"]
    assert ward.one("SELECT count(*) FROM person_ids WHERE local_id = 'NA'") == 1
    assert ward.problems() == []


def test_the_short_sepsis_log_gives_its_figures(
    make_ward: Any, shared: Path, layouts: Path, figures: Any
) -> None:
    ward, wanted = make_ward("2015-06-06T09:00:00+00:00"), figures("sepsis_1t_xes")
    log = shared / "data/sepsis/13_SEPSIS_1t_per_variant.xes.gz"
    got = ward.take(log, layouts / "sepsis-xes.toml")
    assert (got["accepted"], got["rejected"]) == (wanted["cases"], 0)
    stays_are(ward, wanted["los_days_local"])
    assert len(ward.sql(GAPS)) == wanted["return_er"]
    assert ward.problems() == []


@pytest.fixture
def children(make_ward: Any, shared: Path, layouts: Path) -> Any:
    ward = make_ward("2022-03-31T20:00:00+00:00", pathway="childrens")
    ward.episodes = [shared / f"data/ssda903/{y}-episodes.csv" for y in range(2017, 2022)]
    ward.layout = layouts / "ssda903.toml"
    ward.runs = [ward.take(file, ward.layout) for file in ward.episodes]
    return ward


def test_five_yearly_files_are_one_history(children: Any, figures: Any) -> None:
    ward, wanted = children, figures("ssda903")
    assert [r["accepted"] for r in ward.runs] == [y["rows"] for y in wanted["per_file"].values()]
    periods = wanted["periods_of_care"]
    assert ward.one("SELECT count(*) FROM persons") == wanted["children"]
    assert ward.one("SELECT count(*) FROM cases") == periods["periods"]
    assert ward.one("SELECT count(*) FROM cases WHERE closed_on IS NULL") == periods["open"]
    assert ward.one("SELECT count(closed_on) FROM cases") == periods["closed"]
    stays_are(ward, periods["los_days_closed_final_reason"])
    reasons = Counter(c for (c,) in ward.sql("SELECT exit FROM cases WHERE stage = 'complete'"))
    assert reasons == periods["reasons"]
    ends = ward.sql("SELECT closed_on FROM cases WHERE stage = 'complete'")
    assert Counter(month(d) for (d,) in ends) == wanted["throughput_by_month_final_reason"]
    starts = ward.sql("SELECT referred_on FROM cases")
    assert Counter(month(d) for (d,) in starts) == wanted["starts_by_month"]
    several = "SELECT count(*) FROM (SELECT 1 FROM cases GROUP BY person_id HAVING count(*) > 1)"
    assert ward.one(several) == periods["children_with_more_than_one"]
    assert ward.problems() == []


def test_every_yearly_file_again_changes_nothing(children: Any) -> None:
    rows = "SELECT id, stage, referred_on, closed_on, exit, head FROM cases ORDER BY id"
    before = children.sql(rows)
    for file, first in zip(children.episodes, children.runs, strict=True):
        again = children.take(file, children.layout)
        assert (again["accepted"], again["unchanged"]) == (0, first["accepted"])
    assert children.sql(rows) == before


def test_reviews_and_headers_add_to_the_children(children: Any, shared: Path, figures: Any) -> None:
    ward, wanted = children, figures("ssda903")["reviews"]
    for year in range(2017, 2022):
        ward.take(shared / f"data/ssda903/{year}-header.csv", ward.layout)
        ward.take(shared / f"data/ssda903/{year}-reviews.csv", ward.layout)
    assert ward.one("SELECT count(*) FROM persons WHERE born_on IS NULL") <= 1
    held = ward.one("SELECT count(*) FROM contacts")
    assert held == wanted["distinct"] - wanted["after_as_of"]
    last = ward.sql(
        'SELECT max(k."on") FROM cases o JOIN cases c ON c.person_id = o.person_id '
        "JOIN contacts k ON k.case_id = c.id WHERE o.closed_on IS NULL GROUP BY o.person_id"
    )
    assert len(last) == wanted["children_open"] - wanted["open_never_reviewed"]
    as_of = number("2022-03-31")
    assert sum(as_of - d > 183 for (d,) in last) == wanted["open_last_review_over_183d"]
    assert ward.problems() == []


def test_the_census_gives_its_figures(
    make_ward: Any, shared: Path, layouts: Path, figures: Any
) -> None:
    ward = make_ward("2022-07-21T20:00:00+00:00", pathway="childrens")
    wanted = figures("cin")
    got = ward.take(shared / "data/cin/fake_CIN_data.xml", layouts / "cin.toml")
    assert (got["accepted"], got["rejected"], got["cases"]) == (402, 0, wanted["referrals"])
    assert got["warned"] == wanted["referral_after_death"]
    assert ward.one("SELECT count(*) FROM persons") == wanted["children"]
    stays_are(ward, wanted["los_days_all_closed"])
    reasons = Counter(c for (c,) in ward.sql("SELECT exit FROM cases WHERE closed_on > -99999"))
    assert reasons == wanted["reasons"]
    on, at_date = number(wanted["as_of"]), wanted["as_at_reference_date"]
    assert (
        ward.one(f"SELECT count(*) FROM cases WHERE referred_on <= {on}")
        == at_date["referrals_to_date"]
    )
    stays_are(ward, at_date["los_days"], f"{STAYS} AND closed_on <= {on}")
    waits = [row[0] for row in ward.sql(
        'SELECT m."on" - c.referred_on FROM milestones m JOIN cases c ON c.id = m.case_id'
    )]  # fmt: skip
    assert (len(waits), sum(w <= 15 for w in waits)) == (350, wanted["icpc_within_15_days"])
    assert round(statistics.mean(waits), 4) == wanted["wait_referral_to_icpc_days"]["mean"]
    gaps = [row[0] for row in ward.sql(GAPS)]
    assert sum(g <= 28 for g in gaps) == wanted["re_referral"]["within_28d"]
    assert sum(g <= 183 for g in gaps) == wanted["re_referral"]["within_183d"]
    assert ward.problems() == []


def test_a_later_census_with_odd_content_is_read_too(
    make_ward: Any, shared: Path, layouts: Path
) -> None:
    ward = make_ward("2022-07-21T20:00:00+00:00", pathway="childrens")
    got = ward.take(shared / "data/cin/CIN_Census_2026.xml", layouts / "cin.toml")
    assert got["accepted"] + got["rejected"] == 2
    assert ward.problems() == []


def test_readmissions_in_days_give_their_figures(
    make_ward: Any, shared: Path, layouts: Path, figures: Any
) -> None:
    ward, wanted = make_ward("2022-07-21T20:00:00+00:00"), figures("readmission")
    got = ward.take(shared / "data/readmission/readmission.csv", layouts / "readmission.toml")
    assert (got["accepted"], got["cases"]) == (wanted["rows"], wanted["rows"])
    assert ward.one("SELECT count(*) FROM persons") == wanted["patients"]
    gaps = [row[0] for row in ward.sql(GAPS)]
    assert len(gaps) == wanted["readmissions"]
    for days, count in wanted["within"].items():
        assert sum(g <= int(days) for g in gaps) == count
    assert statistics.median(gaps) == wanted["intervals_days_readmitted"]["median"]
    assert ward.problems() == []
