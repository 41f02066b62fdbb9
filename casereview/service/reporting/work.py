"""Sections of a report about the work: actions, reviews, attendance, teams in the funnel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casereview.measures.methods.funnel import Unit, limit_rows, pooled, significance
from casereview.report.charts import draw
from casereview.report.page_parts import Chart, Section, grid
from casereview.service.calculating.options import plain_rows
from casereview.service.reporting.asking import Asking
from casereview.service.reporting.charts import Charted, spc_chart
from casereview.service.reporting.words import counted, first, grouped, sentence

FEWEST_TEAMS = 3
"""Teams that a funnel needs: with two, each is the other's mirror."""

_SIMPLEST = (
    "Simplest first must not make complex cases wait: their wait stands beside that of the others."
)
_BY_CHANCE = (
    "Teams differ by chance, small ones more than large ones. A team inside the lines is not shown "
    "to differ from all together; among twenty that do not differ, one lies outside the inner "
    "lines. This is no league table."
)


def actions(asking: Asking) -> Section:
    """Return the actions raised, closed, overdue and carried again and again."""
    row = first(asking.whole("actions"))
    periods = asking.over_time("actions")
    charts = [
        spc_chart(asking, Charted("actions", "overdue", "Overdue actions"), periods),
        spc_chart(
            asking, Charted("actions", "raised", "Actions raised", way="neutral"), periods
        ),
    ]  # fmt: skip
    shown = asking.lone(row)
    tables = (
        grid("Raised and closed", shown,
             {"dates": "period",
              "raised": "raised", "closed": "closed", "done": "done", "cancelled": "cancelled",
              "closed_with_case": "ended with the case", "median_days": "median days to done",
              "p90_days": "90th"}),
        grid("At the end of the period", shown,
             {"dates": "period",
              "open_at_end": "open", "overdue": "overdue", "carried": "carried at least once",
              "leeches": "leeches: carried three times or more", "parked": "parked"}),
    )  # fmt: skip
    short = sentence(
        "{open} at the end, {overdue} overdue and {leeches} carried three times or more.",
        open=counted(row.get("open_at_end"), "action is open", "actions are open"),
        overdue=row.get("overdue"), leeches=row.get("leeches"),
    )  # fmt: skip
    return Section(
        "actions", "Actions", (), (*tables, *(c for c, _ in charts)),
        tuple(v for _, v in charts), short,
    )  # fmt: skip


def reviews(asking: Asking) -> Section:
    """Return how many cases the meetings reached, how fast, and who waited for a decision."""
    row = first(asking.whole("reviews"))
    periods = asking.over_time("reviews")
    shown = asking.lone(row)
    charts = [
        spc_chart(
            asking, Charted("reviews", "percent_not_reached", "Not reached", "%"), periods
        ),
        spc_chart(
            asking,
            Charted("reviews", "seconds_per_case", "Seconds for each case", "s", "neutral"),
            periods,
        ),
        spc_chart(
            asking,
            Charted("reviews", "median_complex_wait_days",
                    "Median wait of complex cases for a decision", "days"),
            periods,
        ),
    ]  # fmt: skip
    tables = (
        grid("Lines of the agendas", shown,
             {"dates": "period",
              "meetings": "meetings", "on_agenda": "on agenda", "reviewed": "reviewed",
              "confirmed": "confirmed", "skipped": "skipped", "not_reached": "not reached",
              "percent_not_reached": "not reached, %", "seconds_per_case": "seconds a case"}),
        grid("Wait for a decision, in days",
             [{"of": kind, "decided": row.get(f"{kind}_decided"),
               "mean": row.get(f"mean_{kind}_wait_days"),
               "median": row.get(f"median_{kind}_wait_days")} for kind in ("complex", "simple")],
             {"of": "cases", "decided": "decided", "mean": "mean", "median": "median"}),
    )  # fmt: skip
    short = sentence(
        "Meetings had {n}; {missed} not reached.",
        n=counted(row.get("on_agenda"), "case on their agendas", "cases on their agendas"),
        missed=counted(row.get("not_reached"), "was", "were"),
    )
    said = (_SIMPLEST,)
    return Section(
        "reviews", "Reviews", said, (*tables, *(c for c, _ in charts)),
        tuple(v for _, v in charts), short,
    )  # fmt: skip


def attendance(asking: Asking) -> Section:
    """Return what became of appointments."""
    table = grid(
        "Appointments", asking.lone(first(asking.whole("attendance"))),
        {"dates": "period", "appointments": "appointments", "attended": "attended",
         "did_not_attend": "did not attend",
         "cancelled_by_person": "cancelled by person", "cancelled_by_provider": "by provider",
         "to_come": "to come", "dna_percent": "did not attend, %"},
    )  # fmt: skip
    what = Charted("attendance", "dna_percent", "Did not attend", "%")
    chart, line = spc_chart(asking, what, asking.over_time("attendance"))
    return Section("attendance", "Attendance", (), (table, chart), (line,))


# --- teams


@dataclass(frozen=True, slots=True)
class _Compared:
    measure: str
    title: str
    part: str
    whole: tuple[str, ...]
    only: tuple[str, str] | None = None


_COMPARED = (
    _Compared("reviews", "Not reached in meetings", "not_reached", ("on_agenda",)),
    _Compared(
        "attendance", "Did not attend", "did_not_attend", ("attended", "did_not_attend")
    ),
    _Compared(
        "returns", "Back within 28 days of discharge", "returned", ("discharges",),
        ("window", "28d"),
    ),
)  # fmt: skip


def teams(asking: Asking) -> Section:
    """Return the teams in funnels; never in an order of merit."""
    said = (_BY_CHANCE,)
    return Section("teams", "Teams beside each other", said, tuple(_funnel(asking, c)
                   for c in _COMPARED))  # fmt: skip


def _funnel(asking: Asking, what: _Compared) -> Chart:
    rows = grouped(asking.whole(what.measure, by="team"), "team")
    if what.only is not None:
        rows = [r for r in rows if r[what.only[0]] == what.only[1]]
    counts = [(str(r["team"]), r[what.part], [r[c] for c in what.whole]) for r in rows]
    known = [
        Unit(name, part, sum(whole))
        for name, part, whole in counts
        if isinstance(part, int) and all(isinstance(w, int) for w in whole) and sum(whole) > 0
    ]
    missing = len(counts) - len(known)
    if len(known) < FEWEST_TEAMS:
        why = f"{counted(len(known), 'team has', 'teams have')} figures; it needs {FEWEST_TEAMS}."
        return Chart(what.title, None, why)
    average = pooled(known)
    if not 0 < average < 1 or any(u.num > u.den for u in known):
        return Chart(what.title, None, "nobody at all, or everybody, is counted.")
    return _drawn(what, known, average, missing)


def _drawn(what: _Compared, units: list[Unit], average: float, missing: int) -> Chart:
    rows: list[dict[str, Any]] = plain_rows(
        {"area": u.area, "num": u.num, "den": u.den,
         "significance": significance(u, average, rates=False)}
        for u in sorted(units, key=lambda u: u.area)
    )  # fmt: skip
    about = {
        "statistic": f"{what.title}, %", "per": 100, "baseline": average * 100,
        "limits": plain_rows(limit_rows(units, rates=False, per=100)),
        "method": "funnel", "file": "", "definition": f"{what.title}: teams in the funnel.",
    }  # fmt: skip
    said = (f"{missing} more without figures that can be shown.",) if missing else ()
    return Chart(what.title, draw("funnel", rows, about, title=what.title, spoken=0), said=said)
