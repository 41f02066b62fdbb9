"""Sections of a report about the flow of people: throughput, waits, stages, caseload."""

from __future__ import annotations

from typing import Any

from casereview.report.charts import draw
from casereview.report.page_parts import Chart, Grid, Section, Verdict, grid
from casereview.service.desk import Rows
from casereview.service.reporting.asking import Asking, hidden
from casereview.service.reporting.charts import Charted, spc_chart
from casereview.service.reporting.words import counted, first, grouped, sentence, share

MOST_WAITS = 6
"""Waits that are charted; the table has all."""

_COMPLETIONS = (
    "A completion is a planned end. Removals from a list, deaths, transfers and other ends are "
    "counted apart and are never a completion."
)
_BOTH_SIDES = (
    "Completed: who reached the end of the wait in the period. Waiting: who had not at its end. "
    "Both belong together: a list that is cleared of its longest waits looks worse on the first "
    "side and better on the second."
)
_FLOW = (
    "A stage that more enter than leave is filling up. Days are of the stays that ended, so a "
    "stage nobody leaves looks short."
)


def throughput(asking: Asking) -> Section:
    """Return who came, moved on, completed and left."""
    row = first(asking.whole("throughput"))
    periods = asking.over_time("throughput")
    found = [
        spc_chart(asking, Charted("throughput", "completed", "Planned completions"), periods),
        spc_chart(asking, Charted("throughput", "referred", "Referrals", way="neutral"), periods),
    ]
    table = grid(
        "The whole period", asking.lone(row),
        {"dates": "period", "referred": "referred", "returned": "returned",
         "moved_on": "moved on", "completed": "completed", "removed": "removed from list",
         "left": "left otherwise", "open_at_end": "open at end",
         "open_at_end_returns": "open returns"},
    )  # fmt: skip
    short = sentence(
        "{came} and {back}; {done} as planned, {removed} from a list and {left} otherwise.",
        came=counted(row.get("referred"), "person was referred", "people were referred"),
        back=counted(row.get("returned"), "returned", "returned"),
        done=counted(row.get("completed"), "case was completed", "cases were completed"),
        removed=counted(row.get("removed"), "was removed", "were removed"),
        left=counted(row.get("left"), "ended", "ended"),
    )  # fmt: skip
    said = (_COMPLETIONS,)
    return _section("throughput", "Throughput", said, [table], found, short)


def _section(
    name: str,
    title: str,
    said: tuple[str, ...],
    tables: list[Grid],
    charts: list[tuple[Chart, Verdict]],
    short: tuple[str, ...],
    more: tuple[Chart, ...] = (),
) -> Section:
    parts: tuple[Grid | Chart, ...] = (*tables, *more, *(c for c, _ in charts))
    return Section(name, title, said, parts, tuple(v for _, v in charts), short)


# --- waits


def waits(asking: Asking) -> Section:
    """Return both sides of every wait of the pathways."""
    rows = [
        {**r, "share": share(r["within_target"], r["n"])} for r in asking.whole("waits")
    ]  # fmt: skip
    names = list(dict.fromkeys(r["wait"] for r in rows))
    periods = asking.over_time("waits") if rows else []
    found = [c for name in names[:MOST_WAITS] for c in _wait_charts(asking, name, periods)]
    table = grid(
        "Both sides of each wait, in days", rows,
        {"wait": "wait", "side": "side", "n": "people", "median_days": "median", "p90_days": "90th",
         "p92_days": "92nd", "target_days": "target", "within_target": "within target",
         "share": "within target, %"},
    )  # fmt: skip
    said = [_BOTH_SIDES]
    if not names:
        said = ["No pathway in use names a wait, or nobody has waited."]
    if len(names) > MOST_WAITS:
        said.append(f"The first {MOST_WAITS} of {len(names)} waits are charted.")
    short = tuple(s for name in names for s in _wait_words(name, rows))
    return _section("waits", "Waiting times", tuple(said), [table], found, short)


def _wait_charts(asking: Asking, name: str, periods: Rows) -> list[tuple[Chart, Verdict]]:
    done = Charted("waits", "median_days", f"Median wait ({name}), completed", "days")
    still = Charted("waits", "n", f"Still waiting ({name})", "people", "decrease")
    return [
        spc_chart(asking, done, periods, {"wait": name, "side": "completed"}),
        spc_chart(asking, still, periods, {"wait": name, "side": "waiting"}),
    ]


def _wait_words(name: str, rows: Rows) -> tuple[str, ...]:
    sides = {r["side"]: r for r in rows if r["wait"] == name}
    done, still = sides.get("completed", {}), sides.get("waiting", {})
    said = sentence(
        "half of the {n} who completed it had waited {median} days or fewer, nine in ten "
        "{p90} or fewer",
        n=done.get("n"), median=done.get("median_days"), p90=done.get("p90_days"),
    )  # fmt: skip
    said += sentence(
        "{n}" + (", half of them {median} days or more" if still.get("n") != 1 else ""),
        n=counted(still.get("n"), "still waits", "still wait"), median=still.get("median_days"),
    )  # fmt: skip
    return (f"Wait ({name}): {'; '.join(said)}.",) if said else ()


# --- stages and caseload


def stages(asking: Asking) -> Section:
    """Return how people move through the stages."""
    rows = asking.whole("stages")
    table = grid(
        "Stays in each stage", rows,
        {"stage": "stage", "entered": "entered", "left": "left", "median_days": "median days",
         "p90_days": "90th", "open_at_end": "there at end", "stepped_back": "stepped back",
         "skipped": "skipped"},
    )  # fmt: skip
    figures = {"entered": "entered", "left": "left", "open_at_end": "there at the end"}
    chart = bars("Stage flow", rows, "stage", figures, "Stays begun, stays ended, cases there.")
    said = (_FLOW,)
    return Section("stages", "Stage flow", said, (chart, table))


def bars(title: str, rows: Rows, name: str, figures: dict[str, str], reads: str) -> Chart:
    """Return bars of some columns of rows, or why there are none."""
    kept = [{k: r.get(k) for k in (name, *figures)} for r in rows]
    if not kept:
        return Chart(title, None, "there is nothing to count.")
    if n := hidden([v for r in kept for v in r.values()]):
        return Chart(title, None, f"{n} of its figures are hidden by the disclosure rule.")
    about: dict[str, Any] = {
        "heading": title, "definition": f"{title}. {reads}", "reads": reads, "name": name,
        "figures": figures, "method": "counts", "file": "",
    }  # fmt: skip
    return Chart(title, draw("groups", kept, about, title=title, spoken=0))


def caseload(asking: Asking) -> Section:
    """Return the open cases over time, by team and by stage; never by worker."""
    row = first(asking.whole("caseload"))
    tables = []
    columns = {"open": "open", "returns": "returns", "waiting": "waiting to start"}
    if asking.team is None:
        teams = grouped(asking.whole("caseload", by="team"), "team")
        tables.append(grid("Open cases by team, by name", teams, {"team": "team", **columns}))
    stage = grouped(asking.whole("caseload", by="stage"), "stage")
    tables.append(grid("Open cases by stage", stage, {"stage": "stage", "open": "open"}))
    chart = spc_chart(
        asking, Charted("caseload", "open", "Open cases"), asking.over_time("caseload")
    )
    short = sentence(
        "{open} at the end, {waiting} for the work to start.",
        open=counted(row.get("open"), "case is open", "cases are open"),
        waiting=counted(row.get("waiting"), "of them waiting", "of them waiting"),
    )  # fmt: skip
    said = ("Workers are never compared in a report.",)
    return _section("caseload", "Caseload", said, tables, [chart], short)
