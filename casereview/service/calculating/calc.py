"""Methods on a plain CSV: `calc(method, file, **options)` returns rows and their provenance.

Columns in and out are those of the reference packages' files, so that a figure from anywhere can
be held against them. No store is needed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from casereview.core.text import safe
from casereview.errors import NotFound, Usage
from casereview.report.blocks import drawn
from casereview.report.charts import draw
from casereview.service.calculating.compare import compare_file
from casereview.service.calculating.intervals import (
    funnel_file,
    mean_file,
    proportion_file,
    rate_file,
)
from casereview.service.calculating.lists import rtt_file, waiting_list_file
from casereview.service.calculating.spc import spc_file
from casereview.service.calculating.survival import SHOWS, survival_file
from casereview.service.near import nearest

Rows = list[dict[str, Any]]
Provenance = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    Attributes:
        work: reads the file and returns rows and provenance.
        definition: what it is, one sentence.
        source: what it equals.
        draws: the drawing of it.
    """

    work: Callable[..., tuple[Rows, Provenance]]
    definition: str
    source: str
    draws: str

    @property
    def options(self) -> tuple[str, ...]:
        """Return the names of its options."""
        found = inspect.signature(self.work).parameters.values()
        held = getattr(self.work, "keywords", {})
        return tuple(p.name for p in found if p.name != "file" and p.name not in held)


_R = "R survival 3.8.3"
_PHE = "PHEindicatormethods 2.1.0; Public Health England, Confidence intervals, 2018"
_SURVIVAL = Method(
    survival_file,
    "Time to the end with open cases counted: Kaplan-Meier for any end, Aalen-Johansen for each.",
    _R,
    "survival",
)

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "spc": Method(
            spc_file,
            "XmR chart: mean and limits from moving ranges, special causes, icons.",
            "NHSRplotthedots 0.2.2 (nhsr); NHS England, Making Data Count (mdc)",
            "spc",
        ),
        "survival": _SURVIVAL,
        **{
            name: Method(partial(survival_file, show=name), _SURVIVAL.definition, _R, "survival")
            for name in SHOWS
        },
        "waiting-list": Method(
            waiting_list_file,
            "A waiting list day by day, and the capacity that brings it to its target.",
            "Fong et al. 2022; NHSRwaitinglist 0.1.2.9001, its slips corrected",
            "queue",
        ),
        "rtt": Method(
            rtt_file,
            "Percentiles of waits from weekly bands, by two named conventions.",
            "NHSRtt 0.4.1; Health Foundation, elective waiting-times pipeline",
            "bands",
        ),
        "proportion": Method(
            proportion_file, "Shares with Wilson's interval.", _PHE, "intervals"
        ),
        "rate": Method(
            rate_file, "Rates with Byar's interval, the exact one below 10.", _PHE, "intervals"
        ),
        "mean": Method(mean_file, "Means with Student's interval.", _PHE, "intervals"),
        "funnel": Method(
            funnel_file,
            "Teams against the funnel around their pooled figure: 95% and 99.8% limits.",
            _PHE,
            "funnel",
        ),
        "compare": Method(
            compare_file,
            "Before and after a change: difference, interval, method, and what may be said.",
            "base R t.test, wilcox.test, poisson.test, prop.test; Newcombe 1998; nlme, sandwich",
            "compare",
        ),
    }
)  # fmt: skip


def calc(method: str, file: str | Path, **options: Any) -> tuple[Rows, Provenance]:
    """Work a method out on a CSV.

    Args:
        method: one of METHODS.
        file: UTF-8 with a heading line.
        **options: those of the method; None is as if left out.

    Returns:
        Rows with the reference's column names, and what they are: method, source, definition,
        options, warnings, and every figure that is no row.

    Raises:
        NotFound: no such method; the nearest is named.
        Usage: an option that the method does not have, or a value that it cannot take.
        FileFaults: every fault of the file with line and column.
    """
    found = METHODS.get(method)
    if found is None:
        near = nearest(method, METHODS)
        raise NotFound(
            f"There is no method {safe(method[:60])!r}.",
            code="unknown_method",
            next=(f"Did you mean {near}? " if near else "") + f"There are {', '.join(METHODS)}.",
        )
    given = {k: v for k, v in options.items() if v is not None}
    for name in given:
        if name not in found.options:
            raise _no_option(method, found, name)
    rows, about = found.work(str(file), **given)
    lead = {
        "method": method, "definition": found.definition, "source": found.source,
        "file": safe(Path(file).name), "options": {k: _said(v) for k, v in given.items()},
    }  # fmt: skip
    return rows, {**lead, **about}


def _no_option(method: str, found: Method, name: str) -> Usage:
    shown = ", ".join(_flag(o) for o in found.options) or "none"
    near = nearest(name, found.options)
    return Usage(
        f"{method} has no option {_flag(name)}.",
        code="no_such_option",
        next=(f"Did you mean {_flag(near)}? " if near else "") + f"It has {shown}.",
    )


_FLAGS = {"from_on": "--from", "to_on": "--to", "screen": "--no-screen"}


def _flag(name: str) -> str:
    return _FLAGS.get(name, "--" + name.replace("_", "-"))


def _said(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


def calc_svg(method: str, rows: Rows, about: Provenance) -> str:
    """Return the drawing of a calculation as SVG, a file of its own."""
    return draw(METHODS[method].draws, rows, about).svg


def calc_drawing(method: str, rows: Rows, about: Provenance, *, width: int = 80) -> str:
    """Return the drawing of a calculation for the terminal, no line wider than asked for."""
    return drawn(METHODS[method].draws, rows, about, width=width)


def draws_all(method: str, rows: Rows, about: Provenance) -> bool:
    """Tell whether the drawing holds the rows; a table of other rows goes beside it."""
    if METHODS[method].draws == "survival":
        return bool(rows == about["km"])
    return METHODS[method].draws != "funnel" or all("area" in row for row in rows)


def flat_rows(rows: Rows) -> Rows:
    """Return rows without figures inside figures, for formats that are tables."""
    return [dict(_leaves("", row)) for row in rows]


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Give each figure under the name of its path; two in a list are lower and upper."""
    lead = f"{name}_" if name else ""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{lead}{key}", inner)
    elif isinstance(value, list):
        ends = ("lower", "upper") if len(value) == 2 else range(1, len(value) + 1)
        for end, inner in zip(ends, value, strict=True):
            yield f"{lead}{end}", inner
    else:
        yield name, value
