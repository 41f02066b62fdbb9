"""Long waits, waits from weekly bands, waiting lists: out of a store as out of a file."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casereview.errors import Usage
from casereview.service.calculating.calc import calc
from casereview.service.desk import Desk
from casereview.service.measuring.stats import stats

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
TODAY = date(2026, 3, 31)
day = date.fromisoformat


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(NOW, C1="childrens", C2="childrens", R1="recovery")


def waited(told: Any, days: int, *, team: str = "R1", stop: str = "2026-03-02") -> None:
    came = (day(stop) - timedelta(days=days)).isoformat()
    pathway = "recovery" if team == "R1" else "childrens"
    told.case(came, team=team, pathway=pathway, milestones={"started": stop, "assessed": stop})


def row_of(rows: Sequence[dict[str, Any]], **keys: Any) -> dict[str, Any]:
    (found,) = [r for r in rows if all(r[k] == v for k, v in keys.items())]
    return found


@pytest.mark.parametrize("weeks", [18, 52, 65, 78, 104])
def test_a_long_wait_is_longer_than_its_weeks(desk: Desk, told: Any, weeks: int) -> None:
    for days in (weeks * 7 - 1, weeks * 7, weeks * 7 + 1):
        waited(told, days)
    told.write()
    rows, _ = stats(desk, "waits", wait="referred:started")
    assert row_of(rows, side="completed")[f"over_{weeks}_weeks"] == 1


def test_a_long_wait_in_hours_is_longer_by_the_hour(desk: Desk, told: Any) -> None:
    start = 1_700_000_000
    for more in (0, 1):
        told.case(
            "2023-11-14", team="R1", pathway="recovery", at=(start, None),
            milestones={"started": ("2024-03-19", start + 126 * 86_400 + more)},
        )  # fmt: skip
    told.write()
    rows, _ = stats(desk, "waits", wait="referred:started", unit="hours")
    assert row_of(rows, side="completed")["over_18_weeks"] == 1


def test_t36_the_share_within_three_weeks_counts_21_days_and_nobody_has_no_share(
    desk: Desk, told: Any
) -> None:
    for days in (20, 21, 22):
        waited(told, days)
    told.write()
    rows, _ = stats(desk, "waits", wait="first-intervention")
    done = row_of(rows, side="completed")
    assert (done["within_target"], done["target_days"]) == (2, 21)
    assert done["percent_within"] == pytest.approx(200 / 3, rel=1e-12)
    assert row_of(rows, side="waiting")["percent_within"] is None
    (untargeted,) = [
        r for r in stats(desk, "waits", wait="assessment", team="R1")[0] if r["side"] == "completed"
    ]
    assert (untargeted["n"], untargeted["percent_within"]) == (3, None)


def test_published_long_waits_hide_small_counts(desk: Desk, told: Any) -> None:
    for n in range(40):
        waited(told, 130 if n < 3 else 20)
    told.write()
    rows, _ = stats(desk, "waits", wait="first-intervention", publish="hes7")
    done = row_of(rows, side="completed")
    assert (done["n"], done["over_18_weeks"], done["over_104_weeks"]) == (40, "*", 0)


# --- weekly bands


def _write(place: Path, rows: Sequence[dict[str, Any]]) -> Path:
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return place


def test_bands_out_of_a_store_are_read_as_those_of_a_file(
    desk: Desk, told: Any, tmp_path: Path
) -> None:
    dice = random.Random(7)
    for _ in range(60):
        waited(told, dice.choice((0, 7, 8, 14, 15, 126, 127, 400, 728, 729, 900)))
    told.write()
    rows, about = stats(desk, "rtt", wait="referred:started")
    done = row_of(rows, side="completed")
    file = _write(tmp_path / "bands.csv", about["bands"])
    (there,), beside = calc("rtt", file)
    for name, value in there.items():
        if name != "id":
            assert done[name] == value, name
    assert about["conventions"] == beside["conventions"]
    assert set(about["conventions"]) == {"interp", "band_lower"}


@pytest.mark.parametrize(
    ("days", "band"), [(0, 0), (1, 0), (7, 0), (8, 1), (14, 1), (15, 2), (728, 103), (729, 104)]
)
def test_seven_days_are_in_the_first_band_and_the_last_has_no_end(
    desk: Desk, told: Any, days: int, band: int
) -> None:
    waited(told, days)
    told.write()
    _, about = stats(desk, "rtt", wait="referred:started")
    assert [(b["weeks_from"], b["count"]) for b in about["bands"]] == [(band, 1)]


def test_a_wait_that_ends_before_it_starts_is_in_no_band(desk: Desk, told: Any) -> None:
    told.case("2026-02-05", team="R1", pathway="recovery", milestones={"started": "2026-02-01"})
    told.write()
    rows, about = stats(desk, "rtt", wait="referred:started")
    done = row_of(rows, side="completed")
    assert (done["total"], done["negative"], done["percent_within_18"]) == (0, 1, None)
    assert about["bands"] == []


def test_bands_come_by_period_and_group_and_name_their_list(desk: Desk, told: Any) -> None:
    waited(told, 5, team="C1", stop="2026-02-10")
    waited(told, 12, team="C2", stop="2026-03-10")
    told.write()
    rows, about = stats(
        desk, "rtt", wait="referred:started", by="team", every="month", from_on=day("2026-02-01")
    )
    assert len(rows) == 2 * 2 * 2
    assert {b["id"] for b in about["bands"]} == {
        "2026-02-01|C1|referred:started|completed",
        "2026-03-01|C2|referred:started|completed",
        "2026-02-01|C2|referred:started|waiting",
    }


def test_published_bands_leave_their_counts_behind(desk: Desk, told: Any) -> None:
    for _ in range(30):
        waited(told, 20)
    told.write()
    rows, about = stats(desk, "rtt", wait="referred:started", publish="hes7")
    assert row_of(rows, side="completed")["total"] == 30
    assert "bands" not in about
    assert about["conventions"]


# --- waiting lists

SAME = {
    "demand_weekly": "mean_demand", "capacity_weekly": "mean_capacity", "load": "load",
    "queue": "queue_size", "target_queue": "target_queue_size", "queue_too_big": "queue_too_big",
    "mean_wait_weeks": "mean_wait", "target_capacity_weekly": "target_capacity",
    "relief_capacity_weekly": "relief_capacity", "pressure": "pressure",
}  # fmt: skip


def _list(told: Any, tmp_path: Path, seed: int) -> list[tuple[date, date | None]]:
    dice = random.Random(seed)
    people = []
    for _ in range(120):
        came = day("2025-06-01") + timedelta(days=dice.randrange(290))
        went = came + timedelta(days=dice.randrange(200))
        gone = went if went <= TODAY else None
        people.append((came, gone))
        told.case(
            came.isoformat(), team="C1", pathway="childrens",
            milestones={"assessed": gone.isoformat()} if gone else None,
        )  # fmt: skip
    told.write()
    return people


def _same(ours: Any, theirs: Any) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return bool(ours == pytest.approx(theirs, rel=1e-12))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("start", ["2025-06-01", "2025-10-01", "2026-02-01"])
@pytest.mark.parametrize("end", ["2025-12-31", "2026-03-31"])
def test_a_list_out_of_a_store_is_that_of_the_same_dates_in_a_file(
    desk: Desk, told: Any, tmp_path: Path, seed: int, start: str, end: str
) -> None:
    people = _list(told, tmp_path, seed)
    if start > end:
        start = "2025-06-01"
    last = day(end)
    known = [(a, b if b is not None and b <= last else None) for a, b in people if a <= last]
    file = _write(tmp_path / "list.csv", [{"referral": a, "removal": b or ""} for a, b in known])
    _, there = calc("waiting-list", file, target_wait=6, from_on=start, to_on=end)
    rows, about = stats(
        desk, "waiting-list", team="C1", from_on=day(start), to_on=last, target_wait="6"
    )
    (row,) = rows
    for ours, theirs in SAME.items():
        assert _same(row[ours], there["wl_stats"][theirs]), ours
    assert _same(row["clearance_weeks"], there["clearance_weeks"])
    assert row["referrals"] == there["referrals"]
    assert row["wait"] == "assessment"
    assert about["warnings"] == []


def test_a_period_does_not_know_what_was_removed_after_it(
    desk: Desk, told: Any, tmp_path: Path
) -> None:
    _list(told, tmp_path, 4)
    ask: dict[str, Any] = {"team": "C1", "from_on": day("2025-06-01"), "target_wait": "6"}
    whole, _ = stats(desk, "waiting-list", every="month", **ask)
    short, _ = stats(desk, "waiting-list", every="month", to_on=day("2025-09-30"), **ask)
    assert whole[: len(short)] == short
    assert len(whole) == 10


def test_the_list_of_a_pathway_is_its_first_wait_and_ends_with_the_case(
    desk: Desk, told: Any
) -> None:
    told.case("2026-02-01", "2026-02-20", team="C1", pathway="childrens", ended="left",
              exit_class="list-removal")  # fmt: skip
    told.case("2026-02-03", team="R1", pathway="recovery")
    told.write()
    rows, about = stats(desk, "waiting-list")
    assert [(r["wait"], r["referrals"], r["removals"], r["queue"], r["target_weeks"]) for r in rows
            ] == [("assessment", 1, 1, 0, None), ("first-intervention", 1, 0, 1, 3)]  # fmt: skip
    assert about["warnings"] == ["assessment has no target wait: give --target-wait in weeks."]
    assert rows[0]["pressure"] is rows[0]["target_queue"] is None


def test_every_number_of_a_list_is_the_length_of_its_listing(
    desk: Desk, told: Any, tmp_path: Path
) -> None:
    _list(told, tmp_path, 5)
    ask: dict[str, Any] = {"team": "C1", "from_on": day("2025-10-01"), "every": "quarter"}
    rows, _ = stats(desk, "waiting-list", **ask)
    listed, _ = stats(desk, "waiting-list", list_cases=True, **ask)
    for row in rows:
        for name in ("referrals", "removals", "queue"):
            held = [
                r for r in listed
                if r["counted"] == name and r["period_from"] == row["period_from"]
            ]  # fmt: skip
            assert len(held) == row[name], name


@pytest.mark.parametrize("text", ["0", "-1", "soon", ""])
def test_a_target_wait_that_is_none_gets_a_sentence(desk: Desk, told: Any, text: str) -> None:
    told.case("2026-02-01", team="C1", pathway="childrens")
    told.write()
    if not text:
        assert stats(desk, "waiting-list", target_wait=None)[0]
        return
    with pytest.raises(Usage, match="no number of weeks"):
        stats(desk, "waiting-list", target_wait=text)
    with pytest.raises(Usage, match="has no --target-wait"):
        stats(desk, "los", target_wait="6")


def test_nobody_on_a_list_gives_no_figures_and_no_error(desk: Desk, told: Any) -> None:
    told.case("2026-02-01", team="C1", pathway="childrens", milestones={"assessed": "2026-02-03"})
    told.write()
    rows, _ = stats(desk, "waiting-list", team="C1", every="month", target_wait="4",
                    from_on=day("2026-01-01"))  # fmt: skip
    assert next((r["referrals"], r["queue"], r["load"]) for r in rows) == (0, 0, None)
    assert stats(desk, "waiting-list", team="C2")[0] == []
