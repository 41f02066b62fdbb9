"""Published files through the importer: every figure worked out apart, as a manager would ask."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.core.records import Delay
from casereview.packs.library import Library
from casereview.service.calculating.calc import calc
from casereview.service.desk import Desk
from casereview.service.doors.importing import import_file
from casereview.service.measuring.stats import stats
from casereview.service.organisation import setup, teams
from casereview.store.opening import open_store

LAYOUTS = Path(__file__).parents[2] / "fixtures" / "layouts"
Figures = dict[str, Any]
Make = Callable[..., Desk]
day = date.fromisoformat


@pytest.fixture(scope="module")
def make(
    tmp_path_factory: pytest.TempPathFactory, shared_file: Callable[[str], Path]
) -> Iterator[Make]:
    """Import files into a store of their own."""
    with ExitStack() as stack:

        def _make(now: str, pathway: str, *files: tuple[str, str]) -> Desk:
            library, at = Library(), datetime.fromisoformat(now).replace(tzinfo=UTC)
            folder = tmp_path_factory.mktemp("published")
            place = folder / "team.db"
            made = setup.create(place, library=library, now=at, rehearsal=True)[0]
            store = stack.enter_context(open_store(place))
            desk = Desk(store, library, at, made["administrator"])
            teams.add_team(desk.again(), "T1", pathway=pathway)
            for path, layout in files:
                file = shared_file(f"data/{path}")
                report = folder / "report.csv"
                import_file(
                    desk.again(), file, LAYOUTS / f"{layout}.toml", team="T1", report=report
                )
            return desk

        yield _make


def later(desk: Desk, now: str) -> Desk:
    return Desk(
        desk.store, desk.library, datetime.fromisoformat(now).replace(tzinfo=UTC), desk.actor
    )


def spread_is(row: Figures, wanted: Figures) -> None:
    assert row["n"] == wanted["n"]
    assert row["mean_days"] == pytest.approx(wanted["mean"], abs=5e-5)
    assert (row["median_days"], row["min_days"], row["max_days"]) == (
        wanted["median"], wanted["min"], wanted["max"],
    )  # fmt: skip
    assert row["p90_days"] == pytest.approx(wanted["p90"], abs=5e-5)


def monthly(rows: list[Figures], *columns: str) -> dict[str, int]:
    found = {f"{r['period_from']:%Y-%m}": sum(r[c] for c in columns) for r in rows}
    return {month: n for month, n in found.items() if n}


def choice(facts: Figures, what: str) -> Figures:
    return next(c for c in facts["choices"] if what in c["what"])


# --- the sepsis log


@pytest.fixture(scope="module")
def sepsis(make: Make) -> Desk:
    return make("2015-06-06T09:00", "ward", ("sepsis/sepsis.csv", "sepsis"))


@pytest.mark.parametrize(
    ("method", "windows"),
    [
        (None, {"28d": "within_28d_calendar", "6m": "within_6_calendar_months"}),
        ("elapsed", {"28x24h": "within_28x24h", "183d": "within_183d"}),
    ],
)
def test_sepsis_returns_by_either_reading_and_the_output_names_both(
    sepsis: Desk, shared_json: Any, method: str | None, windows: dict[str, str]
) -> None:
    wanted = shared_json("data/expected/sepsis.json")["return_er"]
    rows, facts = stats(sepsis, "returns", method=method)
    assert {r["window"]: r["returned"] for r in rows} == {
        window: wanted[name] for window, name in windows.items()
    }
    named = choice(facts, "windows of a return")
    assert named["used"] == ("usual" if method is None else "other")
    assert named["ask"] == "--method elapsed"
    assert (method is None) or facts["method"].startswith(
        "Asked with --method elapsed: 28 times 24"
    )
    if method is None:
        assert rows[0]["percent"] == pytest.approx(wanted["rate_28d_all_discharges_pct"], abs=5e-5)


def test_sepsis_returns_and_completions_by_kind_of_release(sepsis: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/sepsis.json")
    rows, _ = stats(sepsis, "throughput", by="exit")
    done = {r["exit"]: r["completed"] for r in rows if r["completed"]}
    kinds = {k.removeprefix("Release ").lower(): n
             for k, n in wanted["completed_by_release_type"].items()}  # fmt: skip
    assert sorted(done.values()) == sorted(kinds.values())
    back = [r["returned"] for r in stats(sepsis, "returns", by="exit")[0] if r["window"] == "28d"]
    assert sorted(n for n in back if n) == sorted(wanted["return_er"]["by_release_type"].values())


def test_sepsis_stays_in_hours_are_the_elapsed_ones(sepsis: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/sepsis.json")["elapsed_days_er_to_release"]
    rows, _ = stats(sepsis, "waits", wait="referred:completed", unit="hours")
    done = rows[0]
    assert (done["side"], done["n"]) == ("completed", wanted["n"])
    # The published figure reads the clock on the wall: a stay over a clock change differs by 1 h,
    # which moves the median to the next case.
    assert done["mean_hours"] / 24 == pytest.approx(wanted["mean"], abs=3e-4)
    assert done["median_hours"] / 24 == pytest.approx(wanted["median"], abs=0.01)
    assert done["p90_hours"] / 24 == pytest.approx(wanted["p90"], abs=0.01)


def test_sepsis_months_end_with_the_log_although_it_is_read_years_later(
    sepsis: Desk, shared_json: Any
) -> None:
    wanted = shared_json("data/expected/sepsis.json")
    rows, facts = stats(later(sepsis, "2026-06-06T09:00"), "caseload", every="month")
    assert rows[-1]["at"] == day("2015-06-30")
    assert (facts["quiet_after"], facts["to"]) == (day("2015-06-30"), day("2015-06-30"))
    ends = wanted["caseload_month_end_counting_unreleased_as_open"]
    assert {str(r["at"]): r["open"] - r["returns"] for r in rows if str(r["at"]) in ends} == ends
    asked, said = stats(
        later(sepsis, "2026-06-06T09:00"), "caseload", every="year", to_on=day("2026-06-06")
    )
    assert (len(asked), said["quiet_after"]) == (14, None)
    assert stats(later(sepsis, "2016-01-06T09:00"), "caseload", every="month")[1]["to"] == day(
        "2016-01-06"
    )


# --- a council's log


@pytest.fixture(scope="module")
def receipt(make: Make) -> Desk:
    return make("2012-01-23T20:00", "ward", ("receipt/08_receipt.xes.gz", "receipt"))


@pytest.mark.parametrize(("method", "key"), [(None, "local"), ("utc", "utc")])
def test_receipt_closures_by_month_on_either_calendar(
    receipt: Desk, shared_json: Any, method: str | None, key: str
) -> None:
    wanted = shared_json("data/expected/receipt.json")
    rows, facts = stats(receipt, "throughput", every="month", method=method)
    assert monthly(rows, "completed", "left") == wanted[f"throughput_by_month_{key}"]
    if method is None:
        assert monthly(rows, "referred", "returned") == wanted["starts_by_month_local"]
    assert rows[-1]["open_at_end"] == wanted["open"]
    assert choice(facts, "the day of a referral")["used"] == ("other" if method else "usual")


def test_receipt_stays_planned_ends_and_hours(receipt: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/receipt.json")
    (row,), _ = stats(receipt, "los")
    spread_is(row, wanted["los_days_local_dates"])
    (edd,), _ = stats(receipt, "edd")
    assert edd["on_last"] + edd["early"] == wanted["closed_on_or_before_planned"]
    assert edd["late"] == wanted["closed_after_planned"]
    rows, _ = stats(receipt, "waits", wait="referred:completed", unit="hours")
    hours, elapsed = rows[0], wanted["elapsed_days"]
    # The two that end before they start do so within one day and are taken as of no length.
    assert (hours["n"], hours["negative"]) == (elapsed["n"], 0)
    for name in ("mean", "median", "p90"):
        assert hours[f"{name}_hours"] / 24 == pytest.approx(elapsed[name], abs=1e-4)


# --- children looked after


@pytest.fixture(scope="module")
def children(make: Make) -> Desk:
    years = range(2017, 2022)
    return make(
        "2022-03-31T20:00", "childrens",
        *((f"ssda903/{y}-episodes.csv", "ssda903") for y in years),
        *((f"ssda903/{y}-header.csv", "ssda903-header") for y in years),
        *((f"ssda903/{y}-reviews.csv", "ssda903-reviews") for y in years),
    )  # fmt: skip


def test_children_s_periods_of_care(children: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/ssda903.json")
    periods = wanted["periods_of_care"]
    by_exit, _ = stats(children, "los", by="exit")
    final = {r["exit"]: r["n"] for r in by_exit if r["exit"] and r["n"]}
    reasons = Counter({k.upper(): n for k, n in final.items()})
    for reason, n in periods["reasons"].items():
        assert reasons[reason] == n, reason
    rows, _ = stats(children, "throughput", every="month")
    assert monthly(rows, "completed") == wanted["throughput_by_month_final_reason"]
    assert monthly(rows, "referred", "returned") == wanted["starts_by_month"]
    assert rows[-1]["open_at_end"] + rows[-1]["open_at_end_returns"] == periods["open"]
    (long,), _ = stats(children, "long-stay")
    open_age = periods["open_age_days_at_as_of"]
    assert (long["open"], long["median_days"]) == (open_age["n"], open_age["median"])
    assert long["mean_days"] == pytest.approx(open_age["mean"], abs=5e-5)
    assert long["p90_days"] == pytest.approx(open_age["p90"], abs=5e-5)


def test_children_s_stays_with_a_final_reason(children: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/ssda903.json")["periods_of_care"]
    rows, _ = stats(children, "waits", wait="referred:completed")
    done, figures = rows[0], wanted["los_days_closed_final_reason"]
    assert (done["n"], done["median_days"]) == (figures["n"], figures["median"])
    assert done["mean_days"] == pytest.approx(figures["mean"], abs=5e-5)
    assert done["p90_days"] == pytest.approx(figures["p90"], abs=5e-5)


def test_children_who_came_back(children: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/ssda903.json")["readmission"]
    usual, _ = stats(children, "returns")
    other, _ = stats(children, "returns", method="elapsed")
    found = {r["window"]: r for r in (*usual, *other)}
    assert found["28d"]["discharges"] == wanted["discharges"]
    assert found["28d"]["returned"] == wanted["within_28d"]
    assert found["28d"]["followed_up"] == wanted["followed_up_28d"]
    assert found["6m"]["returned"] == wanted["within_6_calendar_months"]
    assert found["183d"]["returned"] == wanted["within_183d"]
    half = found["183d"]
    assert half["followed_up"] == wanted["followed_up_183d"]
    share = 100 * wanted["within_183d_of_followed_up"] / wanted["followed_up_183d"]
    assert half["percent_followed"] == pytest.approx(share)


def test_children_not_reviewed_for_half_a_year(children: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/ssda903.json")["reviews"]
    (row,), _ = stats(children, "last-seen")
    assert (row["open"], row["never"], row["over_183"]) == (
        wanted["children_open"], wanted["open_never_reviewed"],
        wanted["open_last_review_over_183d"],
    )  # fmt: skip
    (held,), _ = stats(children, "attendance")
    assert held["attended"] == wanted["distinct"] - wanted["after_as_of"]


def test_children_by_sex_and_age_add_up(children: Desk) -> None:
    (whole,), _ = stats(children, "throughput")
    for by in ("sex", "age-band"):
        rows, _ = stats(children, "throughput", by=by)
        for column in ("referred", "returned", "completed", "open_at_end"):
            assert sum(r[column] for r in rows) == whole[column]
    assert len(stats(children, "throughput", by="sex")[0]) == 2


# --- children in need


@pytest.fixture(scope="module")
def need(make: Make) -> Desk:
    return make("2022-07-21T20:00", "childrens", ("cin/fake_CIN_data.xml", "cin"))


def test_children_in_need_at_the_date_of_the_return(need: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/cin.json")
    then = wanted["as_at_reference_date"]
    (row,), _ = stats(need, "los")
    spread_is(row, then["los_days"])
    (flow,), _ = stats(need, "throughput")
    assert flow["referred"] + flow["returned"] == then["referrals_to_date"]
    assert flow["completed"] + flow["left"] == then["closed_to_date"]
    assert flow["open_at_end"] + flow["open_at_end_returns"] == then["open"]


def test_children_in_need_with_the_dates_still_to_come(need: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/cin.json")
    whole = later(need, "2032-01-01T09:00")
    (row,), _ = stats(whole, "los")
    spread_is(row, wanted["los_days_all_closed"])
    years, _ = stats(whole, "throughput", every="year")
    ends = {r["period"]: r["completed"] + r["left"] for r in years}
    assert {y: n for y, n in ends.items() if n} == wanted["throughput_by_year"]
    by_exit, _ = stats(whole, "los", by="exit")
    assert {r["exit"].upper(): r["n"] for r in by_exit if r["n"]} == wanted["reasons"]


def test_children_in_need_waited_for_their_conference(need: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/cin.json")
    whole = later(need, "2032-01-01T09:00")
    rows, _ = stats(whole, "waits", wait="referred:assessed")
    done, figures = rows[0], wanted["wait_referral_to_icpc_days"]
    assert (done["n"], done["median_days"], done["negative"]) == (350, figures["median"], 0)
    assert done["mean_days"] == pytest.approx(figures["mean"], abs=5e-5)
    assert done["p90_days"] == pytest.approx(figures["p90"], abs=5e-5)
    listed, _ = stats(whole, "waits", wait="referred:assessed", list_cases=True)
    within = [r for r in listed if r["counted"] == "completed" and r["days"] <= 15]
    assert len(within) == wanted["icpc_within_15_days"]


def test_children_in_need_came_back(need: Desk, shared_json: Any) -> None:
    wanted = shared_json("data/expected/cin.json")["re_referral"]
    whole = later(need, "2032-01-01T09:00")
    usual, _ = stats(whole, "returns")
    found = {r["window"]: r["returned"] for r in usual}
    other, _ = stats(whole, "returns", method="elapsed")
    found |= {r["window"]: r["returned"] for r in other}
    deaths = wanted["discharges"] - usual[0]["discharges"]
    assert (found["28d"], found["6m"], found["183d"]) == (
        wanted["within_28d"], wanted["within_6_calendar_months"], wanted["within_183d"],
    )  # fmt: skip
    assert deaths == 0


# --- readmissions, inpatients of one day


def test_readmissions_in_days(make: Make, shared_json: Any) -> None:
    wanted = shared_json("data/expected/readmission.json")
    desk = make("2022-07-21T20:00", "ward", ("readmission/readmission.csv", "readmission"))
    found = {
        r["window"]: r["returned"]
        for method in (None, "elapsed")
        for r in stats(desk, "returns", method=method)[0]
    }
    assert (found["28d"], found["183d"]) == (wanted["within"]["28"], wanted["within"]["183"])
    (flow,), _ = stats(desk, "throughput")
    assert flow["referred"] == wanted["patients"]
    assert flow["returned"] == wanted["readmissions"]


def test_inpatients_of_one_day(make: Make, shared_json: Any) -> None:
    wanted = shared_json("data/expected/stranded.json")
    desk = make("2021-02-10T20:00", "ward", ("stranded/stranded_data.csv", "stranded"))
    (row,), _ = stats(desk, "long-stay")
    figures = wanted["bed_age_days_at_as_of"]
    assert row["open"] == wanted["rows"]
    for limit in (7, 14, 21):
        assert row[f"over_{limit}"] == wanted[f"over_{limit}_days"]
    assert row["mean_days"] == pytest.approx(figures["mean"], abs=5e-5)
    assert (row["median_days"], row["p90_days"]) == (figures["median"], figures["p90"])
    rows, _ = stats(desk, "throughput", every="month")
    assert monthly(rows, "referred") == wanted["admissions_by_month"]


# --- aggregates


def test_why_people_were_not_discharged_adds_up_by_reason_and_by_family(
    make: Make, history: Any, shared_file: Any, shared_json: Any
) -> None:
    wanted = shared_json("data/expected/nhse_delay_reasons.json")
    desk = make("2025-05-30T20:00", "ward")
    codes, then = desk.library.codes["delay-england-acute"], day("2025-05-10")
    history.store = desk.store
    with shared_file("data/nhse_delay_reasons/england_monthly.csv").open(encoding="utf-8") as file:
        lines = [r for r in csv.DictReader(file) if r["date"] == wanted["last"]]
    for line in lines:
        label = codes.find_label(line["delay_reason"], then)
        assert label is not None, line["delay_reason"]
        for _ in range(int(float(line["delay_count"]))):
            one = history.case("2025-05-01", team="T1", milestones={"ready": "2025-05-10"})
            history.records.append(Delay(one, 60, label.code, then))
    history.write()
    rows, _ = stats(desk, "delay-census", by="reason", every="month")
    last = [r for r in rows if r["period_from"] == day("2025-05-01")]
    assert sum(r["delayed"] for r in last) == wanted["total_latest"]
    assert len([r for r in last if r["delayed"]]) == wanted["reasons_latest"]
    families: Counter[str] = Counter()
    for row in last:
        families[codes.groups[codes.find(row["reason"], then).group]] += row["delayed"]
    published: Counter[str] = Counter()
    for family, n in wanted["by_category_latest"].items():
        published[family.replace("\N{NO-BREAK SPACE}", " ")] += n
    assert families == published


@pytest.mark.parametrize(
    "indicator", ["Child and adolescent mental health", "Drug and alcohol treatment"]
)
def test_published_waits_against_their_target(
    shared_file: Any, shared_json: Any, tmp_path: Path, indicator: str
) -> None:
    wanted = shared_json("data/expected/scot_waits.json")["by_indicator"][indicator]
    with shared_file("data/scot_waits/waits_by_board.csv").open(encoding="utf-8") as file:
        lines = [r for r in csv.DictReader(file) if r["Indicator"] == indicator]
    seen: dict[tuple[str, str], str] = {}
    for line in lines:
        seen[(line["To"], line["HB"])] = line["HB_indicator"]
    place = tmp_path / "waits.csv"
    rows = [f"{on},{share},{board}" for (on, board), share in seen.items() if share != "NA"]
    place.write_text("\n".join(["date,value,facet", *rows]) + "\n", encoding="utf-8")
    found, about = calc("spc", place, target="0.9", improvement="increase")
    scotland = [r for r in found if r["facet"] == "Scotland"]
    assert len(scotland) == wanted["quarters_scotland"]
    assert sum(r["value"] >= r["target"] for r in scotland) == wanted["quarters_scotland_met"]
    assert scotland[-1]["value"] == wanted["latest_scotland"]
    gap = (scotland[-1]["value"] - scotland[-1]["target"]) * 100
    assert gap == pytest.approx(wanted["gap_to_target_points"])
    latest = [
        r for r in found if r["facet"] != "Scotland" and str(r["date"]) == wanted["last"]
    ]  # fmt: skip
    assert len(latest) == wanted["latest_boards_reporting"]
    assert sum(r["value"] >= r["target"] for r in latest) == wanted["latest_boards_meeting_target"]
    assert min(latest, key=lambda r: r["value"])["facet"] == wanted["worst_board_latest"]
    assert about["profile"] == "mdc"
