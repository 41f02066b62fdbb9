"""The time to the end at a terminal: when a quarter, half and more had ended, and a short curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casereview.cli.table import render, screen_width, wrapped
from casereview.measures.methods.survival import Step, quantiles

Row = Mapping[str, Any]
POINTS = (4, 14)
"""Least and most points of one curve."""
LINES = 48
"""Points of all curves together, unless that leaves fewer than the least for each."""
SPACING = (1, 2, 7, 14, 28, 56, 91, 182, 364)
"""Days between points, in days and whole weeks; longer curves go on in years of 364 days."""
WHOLE = (
    "Points at regular days; lower and upper are the 95% interval. The whole curve: --show km, or "
    "-o FILE with .csv, .json or .xlsx."
)
_CURVE = ("time", "n_risk", "n_event", "n_censor", "surv", "std_err", "lower", "upper")


def curve_page(rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    """Return quantiles and a few points of each curve, drawn where there is only one.

    Args:
        rows: of the whole curves, in order.
        about: provenance with how many journeys there are, and how many are open.
    """
    width = screen_width()
    if not rows:
        return render(rows, width=width)
    curves = _curves(rows)
    if len(curves) == 1:
        first = _drawing(rows, about, width)
    else:
        first = render([r for key, steps in curves for r in _ended(key, steps)], width=width)
    points = min(max(LINES // len(curves), POINTS[0]), POINTS[1])
    short = render([r for key, steps in curves for r in _points(key, steps, points)], width=width)
    return f"{first}\n{short}\n" + "\n".join(wrapped(WHOLE, width)) + "\n"


def _curves(rows: Sequence[Row]) -> list[tuple[dict[str, Any], list[Row]]]:
    """Return the steps of each curve under what names it: period and groups."""
    found: dict[tuple[Any, ...], tuple[dict[str, Any], list[Row]]] = {}
    for row in rows:
        key = {k: v for k, v in row.items() if k not in _CURVE}
        found.setdefault(tuple(key.values()), (key, []))[1].append(row)
    return list(found.values())


def _quantiles(steps: Sequence[Row]) -> list[Any]:
    kept = ("time", "n_risk", "n_event", "n_censor", "surv", "std_err")
    return quantiles([Step(**{k: s[k] for k in kept}) for s in steps])


def _drawing(steps: Sequence[Row], about: Mapping[str, Any], width: int) -> str:
    from casereview.report.blocks import drawn

    found = _quantiles(steps)
    said = {
        "km": steps, "n": about["journeys"], "open": about["open"], "causes": (),
        "quantiles_loglog": {
            k: [getattr(q, k) for q in found] for k in ("p", "q", "lower", "upper")
        },
    }  # fmt: skip
    return drawn("survival", (), said, width=width)


def _ended(key: Mapping[str, Any], steps: Sequence[Row]) -> list[dict[str, Any]]:
    """Return by which day each share had ended, with its 95% interval; empty is not reached."""
    return [
        {**key, "ended": f"{q.p:.0%}", "by_day": q.q, "lower": q.lower, "upper": q.upper}
        for q in _quantiles(steps)
    ]


def _points(key: Mapping[str, Any], steps: Sequence[Row], most: int) -> list[dict[str, Any]]:
    """Return the share still open after regular days, up to the last on which somebody was seen."""
    last = steps[-1]["time"]
    step = next((s for s in SPACING if last / s < most), 364 * (int(last / 364 / most) + 1))
    return [_at(key, steps, day) for day in range(0, int(last) + 1, step)]


def _at(key: Mapping[str, Any], steps: Sequence[Row], day: int) -> dict[str, Any]:
    before = [s for s in steps if s["time"] <= day]
    here = before[-1] if before else {"surv": 1.0, "lower": None, "upper": None}
    at_risk = next((s["n_risk"] for s in steps if s["time"] >= day), 0)
    shares = {"still_open_percent": here["surv"]} | {e: here[e] for e in ("lower", "upper")}
    hundred = {k: None if v is None else 100 * v for k, v in shares.items()}
    return {**key, "day": day, "at_risk": at_risk, **hundred}
