"""Before and after a change, and teams as a funnel, out of a store."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casereview.cli.main import run
from casereview.core.records import Review
from casereview.errors import NotFound, Refused, Usage
from casereview.service.calculating.calc import calc
from casereview.service.desk import Desk
from casereview.service.measuring.stats import stats

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
CHANGE = date(2025, 12, 1)
WEEKS: dict[str, Any] = {"from_on": date(2025, 6, 2), "to_on": date(2026, 3, 29), "every": "week"}
day = date.fromisoformat


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(NOW, W1="ward", W2="ward")


def closings(told: Any, before: int, after: int, *, days: tuple[int, int] = (20, 20)) -> None:
    """Close so many cases a week before and after the change, after stays of about so many days."""
    dice = random.Random(3)
    for week in range(43):
        monday = WEEKS["from_on"] + timedelta(weeks=week)
        late = monday >= CHANGE
        for i in range(after if late else before):
            closed = monday + timedelta(days=i % 7)
            stay = max(0, days[late] + dice.randrange(-6, 7))
            told.case((closed - timedelta(days=stay)).isoformat(), closed.isoformat(),
                      team=("W1", "W2")[i % 2])  # fmt: skip
    told.write()


def write(place: Path, rows: Sequence[dict[str, Any]]) -> Path:
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return place


def test_events_are_compared_as_rates_equal_to_those_of_a_file(
    desk: Desk, told: Any, tmp_path: Path
) -> None:
    closings(told, 8, 12)
    (row,), about = stats(desk, "throughput", compare=CHANGE.isoformat(), **WEEKS)
    file = write(
        tmp_path / "rates.csv",
        [{"period": "before", "events": 26 * 8, "time": 26},
         {"period": "after", "events": 17 * 12, "time": 17}],
    )  # fmt: skip
    (there,), said = calc("compare", file)
    assert (row["compared"], row["n_before"], row["n_after"]) == ("rates", 208, 204)
    assert (row["before"], row["after"], row["difference"]) == (8, 12, 4)
    assert row["percent_change"] == pytest.approx(50)
    assert row["change"] == pytest.approx((there["rate_ratio"] - 1) * 100)
    low, high = there["ci_exact"]
    assert (row["lower"], row["upper"]) == pytest.approx(((low - 1) * 100, (high - 1) * 100))
    assert row["says"] == said["verdict"]["sentence"]
    assert (row["verdict"], row["method"]) == ("rose", "exact Poisson rate ratio")
    assert "17 of 17 points after the change are special cause" in row["spc"]
    assert about["compared"] == {
        "on": CHANGE, "pack": None, "days_before": 182, "days_after": 119,
    }  # fmt: skip


def test_a_change_that_the_interval_spans_is_neither_a_fall_nor_a_rise(
    desk: Desk, told: Any
) -> None:
    closings(told, 2, 2)
    (row,), _ = stats(desk, "throughput", compare=CHANGE.isoformat(), **WEEKS)
    assert (row["verdict"], row["why"]) == ("no change shown", "the interval spans no change")
    assert "fell" not in row["says"]
    assert "rose" not in row["says"]


def test_a_few_cases_claim_nothing_however_far_apart(desk: Desk, told: Any) -> None:
    for n in range(4):
        told.case("2025-06-01", (day("2025-08-01") + timedelta(days=n)).isoformat())
        told.case("2025-12-01", (day("2025-12-02") + timedelta(days=n)).isoformat())
    told.write()
    (row,), _ = stats(desk, "los", compare=CHANGE.isoformat(), column="mean_days", **WEEKS)
    assert (row["verdict"], row["n_before"], row["n_after"]) == ("no change shown", 4, 4)
    assert "fewer than 10" in row["why"]


def test_stays_are_compared_by_the_days_of_single_cases(
    desk: Desk, told: Any, tmp_path: Path
) -> None:
    closings(told, 8, 8, days=(30, 20))
    (row,), about = stats(desk, "los", compare=CHANGE.isoformat(), column="mean_days", **WEEKS)
    listed, _ = stats(desk, "los", list_cases=True, **WEEKS)
    values = [
        {"period": "before" if r["closed_on"] < CHANGE else "after", "value": r["days"]}
        for r in listed if r["counted"] == "n"
    ]  # fmt: skip
    (there,), said = calc("compare", write(tmp_path / "days.csv", values))
    assert (row["before"], row["after"]) == (there["mean_before"], there["mean_after"])
    assert row["change"] == pytest.approx(there["pct_change_mean"])
    assert [row["lower"], row["upper"]] == pytest.approx(there["pct_change_mean_ci_delta_log"])
    assert (row["says"], row["verdict"]) == (said["verdict"]["sentence"], "fell")
    assert any("still open" in w for w in about["warnings"])
    (middle,), _ = stats(desk, "los", compare=CHANGE.isoformat(), **WEEKS)
    assert middle["change"] == pytest.approx(there["wilcoxon"]["hodges_lehmann"], abs=1e-3)
    assert (middle["method"], middle["change_in"]) == ("Hodges-Lehmann shift", "days")
    assert (middle["before"], middle["after"]) == (there["median_before"], there["median_after"])


def test_shares_are_compared_as_shares(desk: Desk, told: Any, tmp_path: Path) -> None:
    one = told.case("2025-06-02")
    for n in range(60):
        told.contact(
            one, (day("2025-07-01") + timedelta(days=n)).isoformat(), "3" if n % 2 else "5"
        )
        told.contact(
            one, (day("2025-12-02") + timedelta(days=n)).isoformat(), "3" if n < 9 else "5"
        )
    told.write()
    (row,), _ = stats(desk, "attendance", compare=CHANGE.isoformat(), **WEEKS)
    file = write(
        tmp_path / "shares.csv",
        [{"period": "before", "x": 30, "n": 60}, {"period": "after", "x": 9, "n": 60}],
    )
    (there,), said = calc("compare", file)
    assert (row["before"], row["after"]) == (50, 15)
    assert row["change"] == pytest.approx(there["diff"] * 100)
    assert [row["lower"] / 100, row["upper"] / 100] == pytest.approx(there["newcombe_ci"])
    assert (row["verdict"], row["says"]) == ("fell", said["verdict"]["sentence"])
    assert row["change_in"] == "points"


def test_a_share_whose_window_is_not_over_says_so(desk: Desk, told: Any) -> None:
    closings(told, 8, 8)
    rows, about = stats(desk, "returns", compare=CHANGE.isoformat(), **WEEKS)
    assert {r["window"] for r in rows} == {"28d", "6m"}
    assert any("compare percent_followed" in w for w in about["warnings"])
    followed, _ = stats(
        desk, "returns", compare=CHANGE.isoformat(), column="percent_followed", **WEEKS
    )
    assert next(r["n_after"] for r in followed if r["window"] == "28d") < 136


def test_what_stands_at_the_end_of_a_period_is_compared_as_a_series(
    desk: Desk, told: Any, tmp_path: Path
) -> None:
    closings(told, 8, 12)
    (row,), _ = stats(desk, "caseload", compare=CHANGE.isoformat(), **WEEKS)
    plain, _ = stats(desk, "caseload", **WEEKS)
    weeks = [WEEKS["from_on"] + timedelta(weeks=n) for n in range(43)]
    series = [{"period": w, "value": r["open"]} for w, r in zip(weeks, plain, strict=True)]
    (there,), said = calc(
        "compare", write(tmp_path / "series.csv", series), change_after=CHANGE.isoformat(),
        improvement="neutral",
    )  # fmt: skip
    assert row["compared"] == "series"
    assert row["change"] == pytest.approx(there["end_effect"]["difference"])
    assert (row["says"], row["spc"]) == (said["verdict"]["sentence"], said["spc"])


def test_a_line_that_would_have_led_further_is_said_to_be_no_plain_fall(
    desk: Desk, told: Any
) -> None:
    for week in range(43):
        for _ in range(5 if week < 26 else 1):
            told.case((WEEKS["from_on"] + timedelta(weeks=week)).isoformat())
    told.write()
    (row,), about = stats(desk, "caseload", compare=CHANGE.isoformat(), **WEEKS)
    assert row["after"] > row["before"]
    assert row["change"] < 0
    assert "against where the first line led" in row["says"]
    assert any("lies the other way" in w for w in about["warnings"])


def test_the_people_still_waiting_are_a_series_and_the_others_are_not(
    desk: Desk, told: Any
) -> None:
    for n in range(120):
        came = WEEKS["from_on"] + timedelta(days=2 * n)
        told.case(came.isoformat(), milestones={"ready": (came + timedelta(days=9)).isoformat()})
    told.write()
    rows, _ = stats(
        desk, "waits", wait="referred:ready", compare=CHANGE.isoformat(), column="mean_days",
        **WEEKS,
    )  # fmt: skip
    assert {r["side"]: r["compared"] for r in rows} == {"completed": "values", "waiting": "series"}


def test_a_group_with_too_few_periods_is_told_and_nothing_is_claimed(desk: Desk, told: Any) -> None:
    closings(told, 8, 8)
    rows, about = stats(
        desk, "caseload", every="quarter", compare=CHANGE.isoformat(), by="team",
        from_on=WEEKS["from_on"], to_on=WEEKS["to_on"],
    )  # fmt: skip
    assert {(r["team"], r["verdict"], r["change"]) for r in rows} == {
        ("W1", "no change shown", None), ("W2", "no change shown", None),
    }  # fmt: skip
    assert any("two lines need" in w for w in about["warnings"])


def test_the_first_review_of_a_pack_is_the_day_it_began(desk: Desk, told: Any) -> None:
    closings(told, 8, 12)
    for number, on, status in ((1, "2025-10-06", "abandoned"), (2, "2025-12-01", "closed"),
                               (3, "2025-12-08", "closed")):  # fmt: skip
        told.records.append(
            Review(id=number, team="W1", pack="ward-round", version=1, hash="h", on=day(on),
                   status=status, opened_s=1, chair="root", head=1)
        )  # fmt: skip
    told.write()
    _, about = stats(desk, "throughput", compare="ward-round", **WEEKS)
    assert (about["compared"]["on"], about["compared"]["pack"]) == (CHANGE, "ward-round")
    with pytest.raises(Refused, match="No review has used caseload-sweep"):
        stats(desk, "throughput", compare="caseload-sweep", **WEEKS)


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"compare": "2025-12-01"}, Usage, "needs periods"),
        ({"compare": "2025-06-02", **WEEKS}, Refused, "does not lie between"),
        ({"compare": "2027-06-02", **WEEKS}, Refused, "does not lie between"),
        ({"compare": "ward-rond", **WEEKS}, NotFound, "Did you mean ward-round"),
        (
            {"compare": "2025-12-01", "column": "mean_dais", **WEEKS},
            Usage,
            "Did you mean mean_days",
        ),
        ({"compare": "2025-12-01", "spc": {}, **WEEKS}, Usage, "--spc goes without --compare"),
        ({"compare": "2025-12-01", "list_cases": True, **WEEKS}, Usage, "--list goes without"),
        ({"funnel": True}, Usage, "Add --by team"),
        ({"funnel": True, "by": "team", "every": "week"}, Usage, "Leave --every out"),
        ({"funnel": True, "by": "team"}, Usage, "los has no shares"),
        ({"funnel": True, "by": "worker"}, Refused, "Single members of staff"),
    ],
)
def test_wrong_questions_get_a_sentence(
    desk: Desk, told: Any, asked: dict[str, Any], error: Any, says: str
) -> None:
    closings(told, 3, 3)
    with pytest.raises(error) as held:
        stats(desk, "los", **asked)
    assert says in str(held.value)


# --- funnels


def _contacts(told: Any, counts: dict[str, tuple[int, int]]) -> None:
    for team, (missed, met) in counts.items():
        one = told.case("2026-01-05", team=team)
        for n in range(missed + met):
            told.contact(one, "2026-02-02", "3" if n < missed else "5")
    told.write()


def test_teams_stand_in_a_funnel_by_the_alphabet_equal_to_that_of_a_file(
    desk: Desk, told: Any, tmp_path: Path
) -> None:
    counts = {"W9": (40, 60), "W1": (10, 90), "W5": (2, 3), "W2": (15, 85), "W3": (0, 0)}
    _contacts(told, counts)
    rows, about = stats(desk, "attendance", by="team", funnel=True)
    assert [r["team"] for r in rows] == ["W1", "W2", "W5", "W9"]
    cells = [
        {"area": t, "num": m, "den": m + k} for t, (m, k) in sorted(counts.items()) if m + k
    ]  # fmt: skip
    there, beside = calc("funnel", write(tmp_path / "funnel.csv", cells))
    assert [r["significance"] for r in rows] == [r["significance"] for r in there]
    assert rows[-1]["significance"] == "High (0.001)"
    assert rows[0]["baseline"] == pytest.approx(beside["baseline"])
    assert about["limits"] == beside["limits"]
    assert any("no league table" in w for w in about["warnings"])


def test_a_funnel_of_waits_needs_a_target(desk: Desk, told: Any) -> None:
    told.case("2026-01-05", milestones={"assessed": "2026-01-10"})
    told.write()
    with pytest.raises(Refused, match="no target is set"):
        stats(desk, "waits", by="team", funnel=True)


def test_a_group_without_anybody_to_count_has_no_place_in_the_funnel(desk: Desk, told: Any) -> None:
    told.case("2026-01-05", "2026-02-01", person=1, team="W1")
    told.case("2026-02-10", person=1, team="W1")
    told.case("2026-01-05", "2026-03-01", team="W1")
    told.case("2026-01-05", "2026-02-01", team="W2", ended="left", exit_class="died")
    told.write()
    rows, _ = stats(desk, "exits", by="team", funnel=True, column="percent_of_in_treatment")
    empty = [r for r in rows if r["num"] == 0]
    assert empty
    assert all(r["percent"] == 0 for r in empty)


def test_commands_compare_and_draw_funnels(
    desk: Desk, told: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    closings(told, 8, 12)
    _contacts(told, {"W1": (10, 90), "W2": (15, 85)})
    monkeypatch.setenv("CASEREVIEW_NOW", "2026-03-31T09:00:00Z")
    lead = ("--store", str(desk.store.place), "stats")
    capsys.readouterr()
    assert run([*lead, "throughput", "--every", "week", "--from", "2025-06-02", "--compare",
                "2025-12-01", "--column", "referred", "--format", "json"]) == 0  # fmt: skip
    found = json.loads(capsys.readouterr().out)
    assert (found["charted"], found["rows"][0]["compared"]) == ("referred", "rates")
    assert run([*lead, "attendance", "--by", "team", "--funnel", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["team"] == "W1"
    assert run([*lead, "los", "--column", "mean_days"]) == 2
    assert "Add --spc" in capsys.readouterr().err
