"""Publishing, charts and survival curves through the use case and the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casereview.cli.main import run
from casereview.core.records import Delay
from casereview.errors import NotAllowed, Refused, Usage
from casereview.measures.methods.survival import Case
from casereview.measures.methods.survival_logrank import log_rank
from casereview.service.desk import Desk
from casereview.service.measuring.stats import stats
from casereview.service.organisation import users

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
day = date.fromisoformat


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk(NOW, W1="ward", W2="ward")


def _teams(told: Any) -> None:
    for team, many in (("W1", 3), ("W2", 12)):
        for i in range(many):
            told.case("2026-01-05", f"2026-02-{i + 3:02}", team=team)
    told.write()


# --- publishing


def test_published_figures_are_hidden_rounded_and_stamped(desk: Desk, told: Any) -> None:
    _teams(told)
    rows, facts = stats(desk, "throughput", by="team", publish="hes7")
    held = {r["team"]: (r["referred"], r["completed"], r["removed"]) for r in rows}
    assert held == {"W1": ("*", "*", 0), "W2": (10, 10, 0), "total": (15, 15, 0)}
    assert facts["published"]["preset"] == "hes7"
    assert facts["published"]["identifiable"] is False
    assert facts["published"]["hidden"] == 2
    own, _ = stats(desk, "throughput", by="team")
    assert own[0]["referred"] == 3


def test_single_values_and_what_would_undo_the_rounding_are_left_out(desk: Desk, told: Any) -> None:
    _teams(told)
    rows, facts = stats(desk, "los", by="team", publish="hes7")
    assert not {"min_days", "max_days"} & set(rows[0])
    assert (rows[0]["n"], rows[0]["mean_days"]) == ("*", "*")
    assert isinstance(rows[1]["mean_days"], float)
    assert facts["published"]["columns_left_out"] == ["min_days", "max_days"]


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"name": "los", "publish": "hes8"}, Usage, "hes7"),
        ({"name": "los", "publish": "hes7", "list_cases": True}, Refused, "never published"),
        ({"name": "los", "publish": "hes7", "by": "worker"}, Refused, "by team"),
        ({"name": "los", "publish": "hes7", "by": "team,exit"}, Refused, "one group"),
        ({"name": "load", "publish": "hes7"}, Refused, "single workers"),
        ({"name": "survival", "publish": "hes7"}, Refused, "not published"),
        ({"name": "los", "publish": "none"}, Refused, "--reason"),
        ({"name": "los", "reason": "audit"}, Usage, "--publish none"),
        ({"name": "los", "publish": "hes7", "spc": {}}, Usage, "--spc"),
        ({"name": "los", "method": "mhs26"}, Usage, "delays"),
        ({"name": "delays", "method": "mhs62"}, Usage, "Did you mean mhs26"),
        ({"name": "successful-completion", "target": "lots"}, Usage, "8.5"),
        ({"name": "load", "capacity": ["ann"]}, Usage, "LOGIN=WEIGHT"),
        ({"name": "survival", "show": "cfi"}, Usage, "Did you mean cif"),
        ({"name": "los", "spc": {}}, Usage, "--every"),
    ],
)
def test_wrong_questions_get_a_sentence(
    desk: Desk, told: Any, asked: dict[str, Any], error: Any, says: str
) -> None:
    _teams(told)
    with pytest.raises(error) as held:
        stats(desk, **asked)
    assert says in f"{held.value} {held.value.next}"


def test_only_some_roles_publish_identifiable_figures_and_say_why(desk: Desk, told: Any) -> None:
    _teams(told)
    rows, facts = stats(desk, "los", publish="none", reason="asked by the auditor")
    assert rows[0]["n"] == 15
    stamp = facts["published"]
    assert (stamp["identifiable"], stamp["reason"]) == (True, "asked by the auditor")
    users.add_user(desk.again(), "cleo", name="Cleo", role="clinician", teams=["W1"])
    other = desk.again()
    other.actor = "cleo"
    with pytest.raises(NotAllowed, match="clinician"):
        stats(other, "los", publish="none", reason="curious")


def test_exclusions_are_counted_like_every_other_figure(desk: Desk, told: Any) -> None:
    for _ in range(9):
        told.case("2026-01-05", "2026-02-01", ended="left", exit_class="list-removal")
    told.case("2026-01-05", "2026-02-01", excluded="ends-before-it-starts")
    told.write()
    _, facts = stats(desk, "los", publish="hes7")
    assert {r["reason"]: r["n"] for r in facts["exclusions"]} == {
        "ends-before-it-starts": "*", "list-removal": 10
    }  # fmt: skip


# --- the new measures through the use case


def test_successful_completion_names_the_year_and_what_is_needed(desk: Desk, told: Any) -> None:
    for i in range(20):
        told.case("2025-01-05", "2025-09-01" if i < 2 else None)
    told.write()
    (row,), _ = stats(desk, "successful-completion", from_on=day("2026-03-01"), target="12.5")
    assert (row["report_on"], row["done_from_on"], row["done_until_on"]) == (
        day("2026-03-31"), day("2024-10-01"), day("2025-09-30")
    )  # fmt: skip
    assert (row["percent"], row["points_off"], row["needed"]) == (10.0, -2.5, 1)


def test_load_names_workers_bands_and_words(desk: Desk, told: Any) -> None:
    for name in ("complexity", "risk", "travel"):
        one = told.case("2026-01-05", worker="ann") if name == "complexity" else 1
        told.fact(one, name, "2026-01-06", "1970-01-04")
    told.write()
    (row,), _ = stats(desk, "load", capacity=["ann=8"])
    assert (row["worker"], row["weight"], row["load_percent"]) == ("ann", 9, 112.5)
    assert (row["band"], row["band_means"].startswith("far over")) == ("red", True)


def test_a_census_without_a_thursday_has_no_day(desk: Desk, told: Any) -> None:
    one = told.case("2026-01-05")
    told.records.append(Delay(one, 60, "01", day("2026-01-10")))
    told.write()
    rows, _ = stats(desk, "delay-census", from_on=day("2026-03-20"), every="week")
    assert [r["census_on"] for r in rows] == [None, day("2026-03-26"), None]
    assert [r["delayed"] for r in rows] == [0, 1, 0]


# --- time to the end


def _golden(told: Any, folder: Path) -> list[dict[str, str]]:
    with (folder / "input.csv").open(encoding="ascii", newline="") as handle:
        rows = list(csv.DictReader(handle))
    as_of = NOW.date()
    ends = {"dropout": "unplanned", "planned": "planned", "transfer": "transfer"}
    for row in rows:
        days, kind = int(row["days"]), ends.get(row["outcome"])
        came = as_of - timedelta(days=days if kind is None else days + 30)
        closed = None if kind is None else (came + timedelta(days=days)).isoformat()
        told.case(
            came.isoformat(), closed, ended="complete" if kind == "planned" else "left",
            exit_class=kind, team="W1" if row.get("group") != "weekly" else "W2",
        )  # fmt: skip
    told.write()
    return rows


def _expected(folder: Path, name: str) -> list[dict[str, float | None]]:
    with (folder / name).open(encoding="ascii", newline="") as handle:
        return [
            {k: float(v) if v not in ("", "NA") else None for k, v in r.items()}
            for r in csv.DictReader(handle)
        ]


@pytest.mark.parametrize(
    "name",
    ["treatment_120", "same_day_and_ties", "all_open", "one_case", "median_on_flat_half",
     "median_not_reached", "no_open_cases"],
)  # fmt: skip
def test_curves_out_of_a_store_equal_the_reference(
    desk: Desk, told: Any, shared_file: Callable[[str], Path], name: str
) -> None:
    folder = shared_file(f"golden/survival/{name}/input.csv").parent
    rows = _golden(told, folder)
    found, facts = stats(desk, "survival")
    assert facts["journeys"] == len(rows)
    for got, want in zip(found, _expected(folder, "km_expected.csv"), strict=True):
        for column, other in (("time", "time"), ("n_risk", "n_risk"), ("surv", "surv"),
                              ("std_err", "std_err_surv"), ("lower", "lower_loglog"),
                              ("upper", "upper_loglog")):  # fmt: skip
            if want[other] is not None and got[column] is not None:
                assert got[column] == pytest.approx(want[other], rel=1e-9, abs=1e-12)


def test_incidence_out_of_a_store_equals_the_reference(
    desk: Desk, told: Any, shared_file: Callable[[str], Path]
) -> None:
    folder = shared_file("golden/survival/treatment_120/input.csv").parent
    _golden(told, folder)
    found, _ = stats(desk, "survival", show="cif")
    for got, want in zip(found, _expected(folder, "cif_expected.csv"), strict=True):
        for cause in ("planned", "dropout"):
            assert got[cause] == pytest.approx(want[f"cif_{cause}"], rel=1e-9, abs=1e-12)
            assert got[f"std_err_{cause}"] == pytest.approx(
                want[f"se_{cause}"], rel=1e-9, abs=1e-12
            )
        assert got["transfer"] == got["died"] == 0


def test_quantiles_and_the_test_between_teams_equal_the_reference(
    desk: Desk, told: Any, shared_file: Callable[[str], Path]
) -> None:
    folder = shared_file("golden/survival/treatment_120/input.csv").parent
    rows = _golden(told, folder)
    found, _ = stats(desk, "survival", show="quantiles")
    assert [r["q"] for r in found if r["p"] == 0.5] == [19]
    by_team, facts = stats(desk, "survival", by="team", show="logrank")
    want = log_rank([Case(float(r["days"]), r["outcome"], r["group"]) for r in rows])
    assert want is not None
    assert [r["n"] for r in by_team] == list(want.n)
    assert by_team[0]["chisq"] == pytest.approx(want.chisq)
    assert facts["logrank"][0]["p"] == pytest.approx(want.p)


def test_removals_from_a_list_are_no_journeys(desk: Desk, told: Any) -> None:
    told.case("2026-01-05", "2026-02-01", ended="left", exit_class="list-removal")
    told.case("2026-01-05", "2026-02-01")
    told.write()
    assert stats(desk, "survival")[1]["journeys"] == 1


# --- charts


def _weeks(told: Any) -> None:
    monday = day("2025-09-01")
    for week in range(26):
        for i in range(4 + week % 3 + (8 if week == 20 else 0)):
            came = monday + timedelta(weeks=week, days=i % 5)
            told.case((came - timedelta(days=10)).isoformat(), came.isoformat(),
                      team="W1" if i % 2 else "W2")  # fmt: skip
    told.write()


def test_a_measure_over_weeks_is_a_chart_with_its_rules_named(desk: Desk, told: Any) -> None:
    _weeks(told)
    ask: dict[str, Any] = {"from_on": day("2025-09-01"), "to_on": day("2026-03-01")}
    rows, facts = stats(desk, "throughput", every="week", spc={"profile": "nhsr"}, **ask)
    assert (len(rows), facts["charted"], facts["profile"]) == (26, "completed", "nhsr")
    special = [r["date"] for r in rows if r["special_cause_type"] == "Above UCL"]
    assert special == [day("2025-09-01") + timedelta(weeks=20)]
    plain, _ = stats(desk, "throughput", every="week", **ask)
    assert [r["value"] for r in rows] == [r["completed"] for r in plain]
    by_team, _ = stats(desk, "throughput", every="week", by="team", spc={}, **ask)
    assert {r["facet"] for r in by_team} == {"W1", "W2"}


def test_a_week_that_is_cut_short_is_shown_and_not_judged(desk: Desk, told: Any) -> None:
    _weeks(told)
    rows, facts = stats(
        desk, "throughput", every="week", spc={}, from_on=day("2025-09-03"), to_on=day("2026-03-04")
    )
    assert rows[0]["point_type"] == rows[-1]["point_type"] == "not_reportable"
    assert len(facts["not_reportable"]) == 2


def test_another_figure_can_be_charted(desk: Desk, told: Any) -> None:
    _weeks(told)
    _, facts = stats(desk, "los", every="month", spc={"column": "mean_days"})
    assert facts["charted"] == "mean_days"
    with pytest.raises(Usage, match="no figure"):
        stats(desk, "los", every="month", spc={"column": "mean_dais"})


# --- the command line


@pytest.fixture
def place(desk: Desk, told: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    _weeks(told)
    monkeypatch.setenv("CASEREVIEW_NOW", "2026-03-31T09:00:00Z")
    return str(desk.store.place)


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*words, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_commands_take_groups_rules_and_charts(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = ("--store", place, "stats")
    found = _json(capsys, *lead, "los", "--by", "team")
    assert [r["team"] for r in found["rows"]] == ["W1", "W2"]
    found = _json(capsys, *lead, "los", "--by", "team", "--publish")
    assert found["published"]["preset"] == "hes7"
    found = _json(capsys, *lead, "los", "--publish", "threshold10")
    assert found["published"]["preset"] == "threshold10"
    found = _json(capsys, *lead, "throughput", "--every", "week", "--spc", "--profile", "nhsr")
    assert found["profile"] == "nhsr"
    found = _json(capsys, *lead, "delays", "--method", "scotland")
    assert found["rows"][0]["method"] == "scotland"
    assert run([*lead, "los", "--profile", "nhsr"]) == 2
    assert "Add --spc" in capsys.readouterr().err
