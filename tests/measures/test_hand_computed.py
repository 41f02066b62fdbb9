"""Small stores whose figures are worked out by hand, on both engines."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casereview.core.records import Allocation, StageSpell
from casereview.measures.ask import Wait

YEAR = {"start": "2026-01-01", "end": "2026-03-31"}
AS_OF = "2026-03-31"
day = date.fromisoformat


def figures(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[n] for n in names)


def test_only_planned_completions_are_completions(history: Any, measured: Any) -> None:
    history.case("2026-01-05", "2026-02-01")
    for kind in ("died", "transfer", "unplanned", "declined", "administrative"):
        history.case("2026-01-05", "2026-02-01", ended="left", exit_class=kind)
    history.case("2026-01-05", "2026-02-01", ended="left", exit_class="list-removal")
    (row,) = measured("throughput", AS_OF, **YEAR)
    assert figures(row, "referred", "completed", "removed", "left") == (7, 1, 1, 5)
    assert row["open_at_end"] == 0


def test_a_case_from_before_the_period_is_open_in_it(history: Any, measured: Any) -> None:
    history.case("2025-06-01")
    history.case("2025-06-01", "2026-02-10")
    rows = measured("throughput", AS_OF, every="month", **YEAR)
    rows.sort(key=lambda r: r["period"])
    assert [r["open_at_end"] for r in rows] == [2, 1, 1]
    assert [r["referred"] for r in rows] == [0, 0, 0]


def test_moves_on_are_counted_and_steps_back_are_not(history: Any, measured: Any) -> None:
    stages = (("stabilise", "2026-01-10"), ("recover", "2026-02-01"), ("stabilise", "2026-02-05"))
    history.case("2026-01-05", "2026-03-01", stages=stages)
    history.case("2026-01-05", stages=(("recover", "2026-01-10"),))
    (row,) = measured("throughput", AS_OF, **YEAR)
    assert figures(row, "moved_on", "completed") == (3, 1)


def test_stages_tell_days_steps_back_and_skips(history: Any, measured: Any) -> None:
    stages = (("stabilise", "2026-01-10"), ("recover", "2026-02-01"), ("stabilise", "2026-02-05"))
    history.case("2026-01-05", "2026-03-01", stages=stages)
    history.case("2026-01-05", stages=(("recover", "2026-01-12"),))
    history.case("2026-01-05", "2026-01-20", ended="left", exit_class="died")
    rows = {r["stage"]: r for r in measured("stages", AS_OF, **YEAR)}
    assert figures(rows["assess"], "entered", "cases", "left", "mean_days") == (3, 3, 3, 9.0)
    assert figures(rows["stabilise"], "entered", "cases", "left") == (2, 1, 2)
    # Past stabilise once by assess -> recover; past recover once by stabilise -> complete.
    assert figures(rows["stabilise"], "skipped", "mean_days") == (1, 23.0)
    assert figures(rows["recover"], "stepped_back", "skipped", "open_at_end") == (1, 1, 1)
    assert figures(rows["complete"], "entered", "left", "mean_days") == (1, 0, None)
    assert rows["left"]["entered"] == 1


def test_a_reopened_case_is_no_completion_and_was_closed_in_between(
    history: Any, measured: Any
) -> None:
    one = history.case("2026-01-05")
    history.records = [r for r in history.records if not isinstance(r, StageSpell)]
    for n, (stage, start, before) in enumerate(
        (("assess", "2026-01-05", "2026-01-20"), ("complete", "2026-01-20", "2026-02-10"),
         ("assess", "2026-02-10", None)), 1
    ):  # fmt: skip
        history.records.append(
            StageSpell(one, n, stage, day(start), day(before) if before else None,
                       exit="home" if stage == "complete" else None,
                       exit_class="planned" if stage == "complete" else None)
        )  # fmt: skip
    rows = measured("throughput", AS_OF, every="month", **YEAR)
    rows.sort(key=lambda r: r["period"])
    assert [r["completed"] for r in rows] == [0, 0, 0]
    assert [r["open_at_end"] for r in rows] == [0, 1, 1]
    (before,) = measured("throughput", "2026-01-31", start="2026-01-01")
    assert figures(before, "completed", "open_at_end") == (1, 0)
    assert measured("los", "2026-01-31")[0]["max_days"] == 15


def test_what_is_dated_after_the_as_of_date_is_not_there(history: Any, measured: Any) -> None:
    history.case("2026-01-05", "2026-03-10", milestones={"treated": "2026-03-01"})
    history.case("2026-03-15")
    (row,) = measured("throughput", "2026-02-28", start="2026-01-01")
    assert figures(row, "referred", "completed", "open_at_end") == (1, 0, 1)
    wait = Wait("treatment", "referred", "treated")
    sides = {r["side"]: r for r in measured("waits", "2026-02-28", waits=(wait,))}
    assert (sides["completed"]["n"], sides["waiting"]["n"]) == (0, 1)


def test_a_transfer_is_one_journey_for_the_service_and_two_cases_for_the_teams(
    history: Any, measured: Any
) -> None:
    sent = history.case(
        "2026-01-05", "2026-02-04", person=7, ended="left", exit_class="transfer",
        milestones={"assessed": "2026-01-15"},
    )  # fmt: skip
    history.case(
        "2026-02-04", "2026-03-06", person=7, team="W2", link="transfer", linked=sent,
        milestones={"started": "2026-02-14"},
    )  # fmt: skip
    (row,) = measured("throughput", AS_OF, **YEAR)
    assert figures(row, "referred", "completed", "left") == (1, 1, 0)
    assert measured("los", AS_OF)[0]["max_days"] == 60
    wait = Wait("therapy", "assessed", "started")
    done = next(r for r in measured("waits", AS_OF, waits=(wait,)) if r["side"] == "completed")
    assert figures(done, "n", "mean_days") == (1, 30.0)
    teams = {
        r["team"]: r for r in measured("throughput", AS_OF, by=("team",), joined=False, **YEAR)
    }
    assert figures(teams["W1"], "referred", "completed", "left") == (1, 0, 1)
    assert figures(teams["W2"], "referred", "completed", "left") == (1, 1, 0)
    stays = {r["team"]: r for r in measured("los", AS_OF, by=("team",), joined=False)}
    assert (stays["W1"]["max_days"], stays["W2"]["max_days"]) == (30, 30)


@pytest.mark.parametrize(
    ("back", "within_28", "within_6m"),
    [("2025-08-31", 1, 1), ("2025-09-28", 1, 1), ("2025-09-29", 0, 1), ("2026-02-28", 0, 1),
     ("2026-03-01", 0, 0)],
)  # fmt: skip
def test_returns_are_inclusive_and_months_end_with_the_month(
    history: Any, measured: Any, back: str, within_28: int, within_6m: int
) -> None:
    first = history.case("2025-08-01", "2025-08-31", person=7)
    history.case(back, person=7, link="return", linked=first)
    rows = {r["window"]: r for r in measured("returns", AS_OF)}
    assert (rows["28d"]["returned"], rows["6m"]["returned"]) == (within_28, within_6m)


def test_only_discharges_can_return_and_only_ended_windows_are_followed_up(
    history: Any, measured: Any
) -> None:
    history.case("2026-01-05", "2026-03-20", person=1)
    history.case("2026-03-25", person=1)
    history.case("2026-01-05", "2026-02-01", person=2)
    history.case("2026-02-02", person=2, pathway="recovery")
    history.case("2026-01-05", "2026-02-01", person=3, ended="left", exit_class="died")
    rows = {r["window"]: r for r in measured("returns", AS_OF)}
    assert figures(rows["28d"], "discharges", "followed_up", "returned") == (2, 1, 1)
    assert figures(rows["28d"], "percent", "percent_followed") == (50.0, 0.0)
    assert figures(rows["6m"], "followed_up", "percent_followed") == (0, None)


def test_a_discharge_counts_only_the_next_case(history: Any, measured: Any) -> None:
    for came, closed in (("2026-01-01", "2026-01-10"), ("2026-01-12", "2026-01-20"),
                         ("2026-01-20", "2026-01-20"), ("2026-01-20", None)):  # fmt: skip
        history.case(came, closed, person=7)
    rows = {r["window"]: r for r in measured("returns", AS_OF)}
    assert figures(rows["28d"], "discharges", "returned") == (3, 3)
    cases = measured("returns", AS_OF, cases=True)
    pairs = {(r["case_id"], r["back_case_id"], r["days"]) for r in cases if r["window"] == "28d"}
    assert pairs == {(1, 2, 2), (2, 3, 0), (3, 4, 0)}


def test_negative_waits_are_kept_and_counted(history: Any, measured: Any) -> None:
    history.case("2026-01-05", milestones={"treated": "2026-01-03"})
    history.case("2026-01-05", milestones={"treated": "2026-01-09"})
    wait = Wait("treatment", "referred", "treated")
    done = next(r for r in measured("waits", AS_OF, waits=(wait,)) if r["side"] == "completed")
    assert figures(done, "n", "negative", "mean_days", "target_days") == (2, 1, 1.0, None)
    assert done["within_target"] is None


def test_hours_need_both_instants_and_run_to_the_midnight_of_the_period(
    history: Any, measured: Any
) -> None:
    start = 1_767_605_400  # 2026-01-05 09:30 in London
    history.case(
        "2026-01-05", at=(start, None), milestones={"treated": ("2026-01-05", start + 5400)}
    )
    history.case("2026-01-05", at=(start, None), milestones={"treated": "2026-01-05"})
    history.case("2026-01-05", at=(start, None))
    wait = Wait("treatment", "referred", "treated", 1)
    rows = measured("waits", "2026-01-06", waits=(wait,), unit="hours")
    sides = {r["side"]: r for r in rows}
    assert figures(sides["completed"], "n", "mean_hours", "target_hours") == (1, 1.5, 24)
    assert figures(sides["waiting"], "n", "mean_hours", "within_target") == (1, 38.5, 0)


def test_waiting_is_told_at_the_end_of_every_period(history: Any, measured: Any) -> None:
    history.case("2026-01-01", milestones={"treated": "2026-02-10"})
    history.case("2026-01-11", "2026-03-01")
    wait = Wait("treatment", "referred", "treated")
    rows = measured("waits", AS_OF, waits=(wait,), every="month", **YEAR)
    still = sorted((r for r in rows if r["side"] == "waiting"), key=lambda r: r["period"])
    assert [r["n"] for r in still] == [2, 1, 0]
    assert [r["mean_days"] for r in still] == [25.0, 48.0, None]


def test_the_first_milestone_of_a_name_counts_and_a_fact_is_a_milestone_too(
    history: Any, measured: Any
) -> None:
    one = history.case("2026-01-01", milestones={"assessed": "2026-01-21"})
    history.fact(one, "assessed_on", "2026-01-30", "2026-01-11")
    two = history.case("2026-01-01")
    history.fact(two, "assessed_on", "2026-01-30", "2026-04-11")
    wait = Wait("assessment", "referred", "assessed")
    sides = {r["side"]: r for r in measured("waits", AS_OF, waits=(wait,))}
    assert figures(sides["completed"], "n", "mean_days") == (1, 10.0)
    assert sides["waiting"]["n"] == 1


def test_excluded_cases_stay_out_of_every_figure_and_are_counted(
    history: Any, measured: Any
) -> None:
    history.case("2026-01-01", "2026-01-21", excluded="ends-before-it-starts")
    history.case("2026-01-01", "2026-01-11")
    history.case("2026-01-01", "2026-01-21", ended="left", exit_class="list-removal")
    (stay,) = measured("los", AS_OF)
    assert figures(stay, "n", "max_days", "excluded") == (1, 10, 2)
    (row,) = measured("throughput", AS_OF)
    assert figures(row, "referred", "completed", "removed") == (2, 1, 1)
    (stages,) = (r for r in measured("stages", AS_OF) if r["stage"] == "assess")
    assert stages["entered"] == 2


def test_caseload_by_worker_is_that_of_the_day(history: Any, measured: Any) -> None:
    one = history.case("2026-01-05")
    history.case("2026-01-05")
    history.records += [
        Allocation(one, 11, "ann", "key-worker", day("2026-01-10"), day("2026-02-05")),
        Allocation(one, 12, "bob", "key-worker", day("2026-02-05")),
    ]
    rows = measured("caseload", AS_OF, by=("worker",), every="month", **YEAR)
    held = {(r["period"], r["worker"]): r["open"] for r in rows}
    assert [held[p, "ann"] for p in range(3)] == [1, 0, 0]
    assert [held[p, "bob"] for p in range(3)] == [0, 1, 1]
    assert [held[p, ""] for p in range(3)] == [1, 1, 1]


def test_caseload_tells_who_waits_for_the_work_to_start(history: Any, measured: Any) -> None:
    history.case("2026-01-05", pathway="childrens")
    history.case("2026-01-05", pathway="childrens", milestones={"started": "2026-02-05"})
    history.case("2026-01-05", pathway="childrens", stages=(("stabilise", "2026-02-20"),))
    history.case("2026-01-05", pathway="ward")
    ask = {"every": "month", "waiting_pathways": ("childrens",), **YEAR}
    rows = sorted(measured("caseload", AS_OF, **ask), key=lambda r: r["period"])
    assert [r["waiting"] for r in rows] == [3, 1, 1]
    assert [r["open"] for r in rows] == [4, 4, 4]
    stages = measured("caseload", AS_OF, by=("stage",), waiting_pathways=("childrens",))
    held = {r["stage"]: (r["open"], r["waiting"]) for r in stages}
    assert held == {"assess": (3, 1), "stabilise": (1, 0), "recover": (0, 0)}


def test_every_number_is_the_length_of_its_list(history: Any, measured: Any) -> None:
    first = history.case("2026-01-05", "2026-02-01", person=1)
    history.case("2026-02-10", person=1, link="return", linked=first)
    history.case("2026-01-05", "2026-02-03", ended="left", exit_class="list-removal")
    history.case("2026-01-05", "2026-02-03", ended="left", exit_class="died")
    history.case("2026-01-09", stages=(("stabilise", "2026-02-01"),))
    ask = {"every": "month", "by": ("team",), "joined": False, **YEAR}
    rows, cases = (
        measured("throughput", AS_OF, **ask),
        measured("throughput", AS_OF, cases=True, **ask),
    )
    for row in rows:
        for name in set(row) - {"period", "team"}:
            behind = [c for c in cases if (c["period"], c["counted"]) == (row["period"], name)]
            assert len(behind) == row[name], (row["period"], name)


@pytest.mark.parametrize("name", ["throughput", "los", "waits", "stages", "returns", "caseload"])
@pytest.mark.parametrize("by", [(), ("team",), ("worker",), ("team", "worker")])
def test_groups_add_up_to_the_whole(history: Any, measured: Any, name: str, by: Any) -> None:
    for i in range(12):
        closed = f"2026-02-{i + 3:02}" if i % 3 else None
        history.case(
            f"2026-01-{i + 1:02}", closed, person=i // 2 + 1, team=f"W{i % 2}",
            worker=("ann", "bob", None)[i % 3], milestones={"treated": f"2026-01-{i + 12:02}"},
        )  # fmt: skip
    ask: dict[str, Any] = {"waits": (Wait("treatment", "referred", "treated"),), "joined": False}
    counts = {"referred", "completed", "open_at_end", "n", "entered", "discharges", "open"}
    whole, parts = measured(name, AS_OF, **ask), measured(name, AS_OF, by=by, **ask)
    for count in counts & set(whole[0]):
        assert sum(r[count] for r in parts) == sum(r[count] for r in whole)


def test_who_left_on_the_last_day_no_longer_waits(history: Any, measured: Any) -> None:
    history.case("2026-01-05", AS_OF, ended="left", exit_class="declined")
    wait = Wait("treatment", "referred", "treated")
    sides = {r["side"]: r["n"] for r in measured("waits", AS_OF, waits=(wait,))}
    assert sides == {"completed": 0, "waiting": 0}
