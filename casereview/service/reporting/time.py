"""Sections of a report about time: stays, time to the end, delays, returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from casereview.measures.time_to_event import CAUSES
from casereview.packs.codes import lists_for
from casereview.report.charts import Drawing, draw
from casereview.report.page_parts import Chart, Grid, Section, grid
from casereview.service.desk import Rows
from casereview.service.organisation.teams import list_teams
from casereview.service.reporting.asking import Asking
from casereview.service.reporting.charts import Charted, spc_chart
from casereview.service.reporting.flow import bars
from casereview.service.reporting.words import counted, first, grouped, sentence

STEPS = 40
"""Rows of a curve's table; the drawing has every step."""
ENDS = {"dropout": "dropped out", "other": "ended otherwise"}
NOT_SINGLE = "it shows single journeys, which are not published."

_ENDED_ALONE = (
    "Ended stays alone look shorter than they are while a list grows: read them beside the open "
    "ones and the time to the end below."
)
_OPEN_COUNT = (
    "Averages over ended cases alone are too short, because those still open are missing. "
    "Kaplan-Meier counts them in until the last day seen; Aalen-Johansen gives the share that has "
    "ended in each way by each day."
)
_DATE_DIFF = (
    "Days are the end minus the ready day of those who left in the period (date_diff); other "
    "methods give other figures, see the definition."
)


def stays(asking: Asking) -> Section:
    """Return how long those stayed who left, and how long those have been here who have not."""
    rows = asking.whole("los")
    here = asking.whole("long-stay")
    bands = {"from_7": "7+", "from_14": "14+", "from_21": "21+"}
    tables = (
        grid("Stays that ended, in days", [{"of": "ended", **r} for r in rows],
             {"of": "cases", "n": "number", "mean_days": "mean", "median_days": "median",
              "p90_days": "90th", **bands}),
        grid("Still open, days so far", [{"of": "open", **r} for r in here],
             {"of": "cases", "open": "number", "mean_days": "mean", "median_days": "median",
              "p90_days": "90th", **bands, "from_60": "60+", "from_90": "90+"}),
    )  # fmt: skip
    charts = [
        spc_chart(
            asking, Charted("los", "median_days", "Median stay of those who left", "days"),
            asking.over_time("los"),
        ),
        spc_chart(
            asking, Charted("long-stay", "from_21", "Open for 21 days or more", "cases"),
            asking.over_time("long-stay"),
        ),
    ]  # fmt: skip
    said = (_ENDED_ALONE,)
    parts: tuple[Grid | Chart, ...] = (*tables, *(c for c, _ in charts))
    return Section("stays", "Length of stay", said, parts, tuple(v for _, v in charts))


# --- time to the end


def survival(asking: Asking) -> Section:
    """Return the time to the end with open cases counted in."""
    title = "Time to the end, open cases counted in"
    said = (_OPEN_COUNT,)
    if not asking.may("survival"):
        return Section("survival", title, said, (Chart("Share still open", None, NOT_SINGLE),))
    steps, told = asking.told("survival", show="km")
    if not steps:
        missing = Chart("Share still open", None, "no journey began in the period.")
        return Section("survival", title, said, (missing,))
    cif = asking.whole("survival", show="cif")
    found = asking.whole("survival", show="quantiles")
    chart = Chart("Share still open", _curve(steps, cif, found, told))
    table = grid("Days by which so many had ended, with the 95% interval", list(_reached(found)),
                 {"share": "ended", "q": "days", "lower": "lower", "upper": "upper"})  # fmt: skip
    last = cif[-1]
    ways = grid(
        f"Ended in each way by day {last['time']:g} (Aalen-Johansen)",
        [{"way": _way(c), "share": last[c] * 100} for c in CAUSES if last[c]],
        {"way": "way", "share": "share, %"},
    )
    return Section("survival", title, said, (chart, table, ways), short=_median_words(found, told))


def _curve(steps: Rows, cif: Rows, found: Rows, told: dict[str, Any]) -> Drawing:
    named = {"lower": "lower_loglog", "upper": "upper_loglog"}
    km = [{named.get(k, k): v for k, v in r.items()} for r in steps]
    causes = [c for c in CAUSES if cif[-1][c]]
    about = {
        "km": km, "n": told["journeys"], "open": told["open"], "causes": [_way(c) for c in causes],
        "cif": [{"time": r["time"], **{f"cif_{_way(c)}": r[c] for c in causes}} for r in cif],
        "quantiles_loglog": {k: [r[k] for r in found] for k in ("p", "q", "lower", "upper")},
        "method": "survival", "file": "",
        "definition": "Share of journeys still open by day, and ended in each way.",
    }  # fmt: skip
    drawing = draw("survival", [], about, title="Share still open", spoken=0)
    step = max(1, -(-len(drawing.rows) // STEPS))
    return replace(drawing, rows=drawing.rows[::step])


def _way(cause: str) -> str:
    return ENDS.get(cause, cause)


def _reached(found: Rows) -> Iterator[dict[str, Any]]:
    for row in found:
        yield {"share": f"{row['p']:.0%}"} | {
            k: "not reached" if row[k] is None else row[k] for k in ("q", "lower", "upper")
        }


def _median_words(found: Rows, told: dict[str, Any]) -> tuple[str, ...]:
    row = next((r for r in found if r["p"] == 0.5), None)
    if row is None or row["q"] is None:
        return sentence("Of {n} fewer than half have ended.",
                        n=counted(told["journeys"], "journey", "journeys"))  # fmt: skip
    ends = [("not reached" if row[k] is None else f"{row[k]:g}") for k in ("lower", "upper")]
    return sentence(
        "Open cases counted in, half of the journeys ended within {q} days (95% interval {low} to "
        "{high}).",
        q=row["q"], low=ends[0], high=ends[1],
    )  # fmt: skip


# --- delays; returns after discharge


def delays(asking: Asking) -> Section:
    """Return who stayed on after the day they were ready, by reason."""
    row = first(asking.whole("delays"))
    titles = _titles(asking)
    rows = grouped(asking.whole("delays", by="reason"), "reason")
    named = [{**r, "reason": _reason(r["reason"], titles)} for r in rows]
    chart = bars("Days of delay by reason", named, "reason", {"delay_days": "days"},
                 "Days from ready to gone, by the first reason recorded.")  # fmt: skip
    table = grid("Delay by reason", named,
                 {"reason": "reason", "delayed": "people", "delay_days": "days"})  # fmt: skip
    trend = spc_chart(
        asking, Charted("delays", "delay_days", "Days of delay", "days"), asking.over_time("delays")
    )
    short = sentence(
        "{n} on after the day they were ready, for {days} in all.",
        n=counted(row.get("delayed"), "person stayed", "people stayed"),
        days=counted(row.get("delay_days"), "day", "days"),
    )
    said = (_DATE_DIFF,)
    return Section(
        "delays", "Delays by reason", said, (table, chart, trend[0]), (trend[1],), short
    )  # fmt: skip


def _titles(asking: Asking) -> dict[str, set[str]]:
    """Return what each code of delay means in the divisions of the teams shown."""
    found: dict[str, set[str]] = {}
    for team in list_teams(asking.desk):
        if asking.team in (None, team["team"]):
            for one in lists_for(team["pathway"], team["division"]):
                for code in one.codes:
                    found.setdefault(code.code, set()).add(code.title)
    return found


def _reason(code: str, titles: dict[str, set[str]]) -> str:
    known = titles.get(code, set())
    # The same code of two nations means two things: then it stands alone.
    return f"{code}: {next(iter(known))}" if len(known) == 1 else code


def returns(asking: Asking) -> Section:
    """Return who came back after a discharge."""
    rows = asking.whole("returns")
    table = grid(
        "Returns after discharge", rows,
        {"window": "within", "discharges": "discharges", "followed_up": "followed to the end",
         "returned": "returned", "percent": "% of discharges",
         "percent_followed": "% of those followed"},
    )  # fmt: skip
    periods = [
        {**r, "whole": r["whole"] and r["followed_up"] == r["discharges"]}
        for r in asking.over_time("returns")
    ]
    what = Charted("returns", "percent", "Back within 28 days of discharge", "%")
    chart, line = spc_chart(asking, what, periods, {"window": "28d"})
    said = (
        "Periods whose 28 days have not passed for everybody are shown and not judged.",
    )  # fmt: skip
    return Section("returns", "Returns", said, (table, chart), (line,))
