"""Time to the end of journeys out of a store, open ones counted in.

Source: stats.md 3: averages over ended cases alone are too short; Kaplan-Meier for any end,
Aalen-Johansen for planned completion beside dropping out and transfer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import narwhals as nw

from casereview.measures.ask import NO_STAY, Ask
from casereview.measures.common import in_period, kept_cases, listed
from casereview.measures.methods.survival import (
    OPEN,
    Case,
    kaplan_meier,
    log_log_interval,
    quantiles,
)
from casereview.measures.methods.survival_cif import aalen_johansen
from casereview.measures.methods.survival_logrank import log_rank
from casereview.measures.tables import Lazy, Tables

SHOWS = ("km", "cif", "quantiles", "logrank")
OUTCOMES = MappingProxyType(
    {
        "planned": "planned", "unplanned": "dropout", "declined": "dropout",
        "transfer": "transfer", "died": "died",
    }
)  # fmt: skip
"""Class of exit to the way of ending that competes with the others."""
CAUSES = ("planned", "dropout", "transfer", "died", "other")
Row = dict[str, Any]
Rows = list[Row]


def journeys(tables: Tables, ask: Ask) -> Lazy:
    """Return the journeys that began in each period, with `days` to the end or now and `outcome`.

    Removals from a list and administrative ends had not begun and are left out; an end before the
    referral cannot be timed.
    """
    kind = nw.col("exit_class").fill_null("")
    cases = kept_cases(tables, ask).filter(~kind.is_in(list(NO_STAY)))
    if ask.joined:
        cases = cases.filter(nw.col("handed_on") == 0)
    start = nw.col("journey_from_day" if ask.joined else "referred_day")
    found = in_period(cases.with_columns(came=start), tables, "came")
    closed = nw.col("closed_day")
    outcome = nw.lit("other")
    for word, means in OUTCOMES.items():
        outcome = nw.when(kind == word).then(nw.lit(means)).otherwise(outcome)
    unlabelled = (nw.col("ended") == "complete") & (kind == "")
    outcome = nw.when(unlabelled).then(nw.lit("planned")).otherwise(outcome)
    ends = nw.when(closed.is_null()).then(nw.lit(ask.as_of_day)).otherwise(closed)
    found = found.with_columns(
        days=ends - nw.col("came"),
        outcome=nw.when(closed.is_null()).then(nw.lit(OPEN)).otherwise(outcome),
    )
    return found.filter(nw.col("days") >= 0).select(
        "period", *ask.by, "case_id", "person_id", *_shown(ask), "days", "outcome"
    )


def _shown(ask: Ask) -> list[str]:
    return [c for c in ("team", "referred_day", "closed_day", "exit") if c not in ask.by]


def journeys_cases(tables: Tables, ask: Ask) -> Lazy:
    """Return the journeys behind the curves, open ones among them."""
    return listed(journeys(tables, ask), ask, "journeys", "days", "outcome")


def curves(found: Sequence[Row], ask: Ask) -> tuple[Rows, Row]:
    """Return the rows that were asked for, of each period and group, and the log-rank test.

    Args:
        found: journeys.
        ask: `show` names the rows: km, cif, quantiles or logrank.
    """
    keys = ["period", *ask.by]
    groups: dict[tuple[Any, ...], list[Case]] = {}
    for row in sorted(found, key=lambda r: tuple(str(r[k]) for k in keys)):
        key = tuple(row[k] for k in keys)
        groups.setdefault(key, []).append(Case(row["days"], row["outcome"]))
    ordered = sorted(groups, key=lambda key: (key[0], *(str(k) or "~" for k in key[1:])))
    tests = [t for i in range(len(ask.periods)) for t in _tests(groups, i, ask)]
    about: Row = {"journeys": len(found), "open": sum(r["outcome"] == OPEN for r in found)}
    if ask.by:
        about["logrank"] = [{k: v for k, v in t.items() if k != "period"} for t in tests]
    if ask.show == "logrank":
        return tests, about
    rows = [
        dict(zip(keys, key, strict=True)) | row
        for key in ordered
        for row in _ROWS[ask.show](groups[key])
    ]
    return rows, about


def _tests(groups: Mapping[tuple[Any, ...], list[Case]], period: int, ask: Ask) -> Rows:
    """Return observed and expected ends of each group of a period, and the test of the groups."""
    cases = [
        Case(c.days, c.outcome, ", ".join(str(k) or "nobody" for k in key[1:]))
        for key, held in groups.items()
        if key[0] == period
        for c in held
    ]
    test = log_rank(cases) if ask.by and cases else None
    if test is None:
        return []
    rows = zip(test.groups, test.n, test.observed, test.expected, strict=True)
    return [
        {"period": period, **_named(group, ask), "n": n, "observed": o, "expected": e,
         "chisq": test.chisq, "p": test.p}
        for group, n, o, e in rows
    ]  # fmt: skip


def _named(group: str, ask: Ask) -> Row:
    if len(ask.by) == 1:
        return {ask.by[0]: "" if group == "nobody" else group}
    return dict(zip(ask.by, group.split(", "), strict=False))


def _km(cases: Sequence[Case]) -> Rows:
    rows = []
    for step in kaplan_meier(cases):
        lower, upper = log_log_interval(step.surv, step.std_err)
        rows.append(
            {"time": step.time, "n_risk": step.n_risk, "n_event": step.n_event,
             "n_censor": step.n_censor, "surv": step.surv, "std_err": step.std_err,
             "lower": lower, "upper": upper}
        )  # fmt: skip
    return rows


def _cif(cases: Sequence[Case]) -> Rows:
    rows = []
    for step in aalen_johansen(cases):
        row: Row = {"time": step.time, "n_risk": step.n_risk}
        for cause in CAUSES:
            found = step.by_cause.get(cause)
            row[cause] = 0.0 if found is None else found.cif
            row[f"std_err_{cause}"] = 0.0 if found is None else found.std_err
        rows.append(row)
    return rows


def _quantiles(cases: Sequence[Case]) -> Rows:
    return [
        {"p": q.p, "q": q.q, "lower": q.lower, "upper": q.upper}
        for q in quantiles(kaplan_meier(cases))
    ]


_ROWS: Mapping[str, Callable[[Sequence[Case]], Rows]] = MappingProxyType(
    {"km": _km, "cif": _cif, "quantiles": _quantiles}
)
