"""`calc survival`: days and outcomes in; curves, quantiles, restricted mean and log-rank out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casereview.errors import Usage
from casereview.measures.methods import survival as km
from casereview.measures.methods.survival import OPEN, Case, Step
from casereview.measures.methods.survival_cif import CifStep, aalen_johansen, causes_of
from casereview.measures.methods.survival_logrank import log_rank
from casereview.service.calculating import options
from casereview.service.calculating.options import Typed
from casereview.service.calculating.read import Column, not_negative, read_sheet, text

Rows = list[dict[str, Any]]
Found = tuple[Rows, dict[str, Any]]
SHOWS = ("km", "cif", "quantiles", "rmst", "logrank")
FEW_LEFT = 10
"""Cases at risk below which the end of a curve is mostly luck."""

COLUMNS = (
    Column("days", not_negative), Column("outcome", text), Column("group", text, optional=True),
)  # fmt: skip


def survival_file(file: str, *, show: str = "km", tau: Typed = None) -> Found:
    """Work out time to the end from columns days, outcome and, for groups, group.

    Args:
        file: the CSV; outcome "open" for a case that has not ended by the reporting date.
        show: whose rows: km, cif, quantiles, rmst or logrank. Every figure is in the rest.
        tau: days of the restricted mean, None for the longest seen.
    """
    options.one_of(show, SHOWS, "--show")
    until = None if tau is None else options.a_number(tau, "--tau")
    if until is not None and until <= 0:
        raise Usage("--tau must be more than 0.", code="not_positive", next="Give days.")
    sheet = read_sheet(file, COLUMNS)
    cases = [
        Case(v["days"], OPEN if v["outcome"].casefold() == OPEN else v["outcome"],
             v.get("group", ""))
        for v in (line.values for line in sheet.lines)
    ]  # fmt: skip
    rows, about = survival_cases(cases, show=show, tau=until)
    return rows, {"columns_ignored": sheet.ignored, **about}


def survival_cases(cases: Sequence[Case], *, show: str = "km", tau: float | None = None) -> Found:
    """Work out time to the end of cases at hand; see `survival_file`."""
    steps = km.kaplan_meier(cases)
    test = log_rank(cases)
    about: dict[str, Any] = {
        "n": len(cases),
        "open": sum(c.outcome == OPEN for c in cases),
        "causes": causes_of(cases),
        "interval": "log(-log) for the curve and its quantiles; others beside them",
        "km": options.plain_rows(_km_row(s) for s in steps),
        "cif": options.plain_rows(_cif_row(s) for s in aalen_johansen(cases)),
        **{f"quantiles_{name}": _quantiles(steps, name) for name in km.INTERVALS},
        "rmst": _rmst(steps, tau),
    }
    if test is not None:
        about["logrank"] = {
            "groups": list(test.groups), "n": list(test.n), "observed": list(test.observed),
            "expected": list(test.expected), "chisq": test.chisq, "p": test.p,
        }  # fmt: skip
        about["median_by_group"] = [_median(cases, g) for g in test.groups]
    about["warnings"] = _warnings(cases, steps)
    return _shown(about, show), about


def _shown(about: dict[str, Any], show: str) -> Rows:
    if show == "quantiles":
        found = about["quantiles_loglog"]
        columns = ("p", "q", "lower", "upper")
        return [
            dict(zip(columns, row, strict=True))
            for row in zip(*(found[c] for c in columns), strict=True)
        ]
    if show == "rmst":
        return [about["rmst"]]
    if show == "logrank":
        return _logrank_rows(about)
    return list(about[show])


def _logrank_rows(about: dict[str, Any]) -> Rows:
    test = about.get("logrank")
    if test is None:
        return []
    parts = zip(test["groups"], test["n"], test["observed"], test["expected"], strict=True)
    return [
        {"group": g, "n": n, "observed": o, "expected": e, "chisq": test["chisq"], "p": test["p"]}
        for g, n, o, e in parts
    ]


def _km_row(step: Step) -> dict[str, Any]:
    row: dict[str, Any] = {
        "time": step.time, "n_risk": step.n_risk, "n_event": step.n_event,
        "n_censor": step.n_censor, "surv": step.surv, "std_err_surv": step.std_err,
    }  # fmt: skip
    for name, interval in km.INTERVALS.items():
        row[f"lower_{name}"], row[f"upper_{name}"] = interval(step.surv, step.std_err, 0.95)
    return row


def _cif_row(step: CifStep) -> dict[str, Any]:
    row: dict[str, Any] = {"time": step.time, "n_risk": step.n_risk}
    for cause, found in step.by_cause.items():
        lower, upper = found.interval()
        row |= {
            f"cif_{cause}": found.cif, f"se_{cause}": found.std_err,
            f"lower_{cause}": lower, f"upper_{cause}": upper,
        }  # fmt: skip
    return row


def _quantiles(steps: Sequence[Step], interval: str) -> dict[str, list[Any]]:
    found = km.quantiles(steps, interval=interval)
    return {
        "p": [q.p for q in found],
        "q": [options.whole(q.q) for q in found],
        "lower": [options.whole(q.lower) for q in found],
        "upper": [options.whole(q.upper) for q in found],
    }


def _rmst(steps: Sequence[Step], tau: float | None) -> dict[str, Any]:
    found = km.restricted_mean(steps, tau)
    return {"tau": options.whole(found.tau), "mean": found.mean, "se": found.se}


def _median(cases: Sequence[Case], group: str) -> dict[str, Any]:
    found = km.median(km.kaplan_meier([c for c in cases if c.group == group]))
    return {
        "group": group, "median": options.whole(found.q),
        "lower": options.whole(found.lower), "upper": options.whole(found.upper),
    }  # fmt: skip


def _warnings(cases: Sequence[Case], steps: Sequence[Step]) -> list[str]:
    said = []
    still = sum(c.outcome == OPEN for c in cases)
    if still == len(cases):
        said.append("Every case is still open: nothing has ended yet.")
    elif not still:
        said.append("No case is open; check that open cases were not left out of the file.")
    thin = next((s for s in steps if s.n_risk < FEW_LEFT), None)
    if thin is not None:
        said.append(f"From day {thin.time:g} fewer than {FEW_LEFT} cases are left at risk.")
    return said
