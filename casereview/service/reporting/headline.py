"""The headline figures before and since a dated change, each with its interval and what it allows.

Source: service improvement example 2019: stay 25% lower; throughput 27% higher, waits for
assessment and therapy 43% and 49% lower, agency staff 20% lower, within 18 weeks.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from casereview.errors import Refused
from casereview.measures.publishing.disclosure import NONE, preset_named
from casereview.service.calculating.change import CLOSED_ONLY
from casereview.service.desk import Desk, Rows
from casereview.service.measuring.extracting import extracted
from casereview.service.past import as_known
from casereview.service.reporting.asking import Asking
from casereview.service.reporting.told import Sides, Told
from casereview.service.reporting.typed import typed_figures
from casereview.service.reporting.words import first

EXAMPLE = {"stay": -25, "throughput": 27, "assessment": -43, "therapy": -49, "agency": -20}
"""Percent changes of the example, by the figure's key."""
LEAST_EXAMPLE = (
    "The example's figures are those of one service, published without intervals; they are shown "
    "to compare with and are no target."
)


def sides_of(since: date, to_on: date, baseline: tuple[date, date] | None = None) -> Sides:
    """Return both stretches; without a baseline, as many days before the change as since it.

    Raises:
        Refused: the change lies after the end, or the baseline does not lie before the change.
    """
    if since > to_on:
        raise Refused(
            f"The change on {since} lies after the end on {to_on}.",
            code="change_later",
            next="Give an earlier --since, or a later --to.",
        )
    first, last = baseline or (since - ((to_on - since) + timedelta(days=1)),
                               since - timedelta(days=1))  # fmt: skip
    if last < first:
        raise Refused(
            f"The baseline ends before it starts: from {first} to {last}.",
            code="baseline",
            next="Write --baseline FROM..TO with the earlier date first.",
        )
    if last >= since:
        raise Refused(
            f"The baseline ends on {last}, not before the change on {since}.",
            code="baseline",
            next="Give a baseline that ends before --since.",
        )
    return Sides(first, last, since, to_on)


def headline(
    desk: Desk,
    *,
    since: date,
    baseline: tuple[date, date] | None = None,
    to_on: date | None = None,
    team: str | None = None,
) -> tuple[Rows, dict[str, Any]]:
    """Compare stay, throughput, waits and agency staff before and since a change.

    Args:
        desk: its date is the as-of date.
        since: the day of the change, the first counted after it.
        baseline: first and last date of the baseline, None for as long before as since.
        to_on: last date, None for the as-of date.
        team: only this team.

    Raises:
        NotFound: no such team.
        Refused: the dates do not fit together.
    """
    sides = sides_of(since, to_on or desk.on, baseline)
    with as_known(desk) as known, extracted(known) as sharing:
        inside = Asking(known_desk(sharing, desk.on), team, since, sides.to, "week")
        rows = headline_rows(inside, sides, None)
        beside = beside_rows(inside, sides)
    about = {
        "definition": "Headline figures of a baseline and since a dated change: difference, 95% "
        "interval, method, and what a chart with limits fixed on the baseline says.",
        "method": "A change is claimed only where the interval leaves no change out and each side "
        "has 10 or more.",
        "source": "Service improvement example 2019.",
        **{k: v for k, v in asdict(sides).items() if k != "to"}, "to": sides.to,
        "beside": beside,
        "warnings": [CLOSED_ONLY, LEAST_EXAMPLE],
    }  # fmt: skip
    return rows, about


def known_desk(known: Desk, on: date) -> Desk:
    """Return a desk over what was known, which need not be worked out again for each measure."""
    return replace(known, known_by=None, as_of=on)


def headline_rows(asking: Asking, sides: Sides, publish: str | None) -> Rows:
    """Return one row for each headline figure; small numbers are hidden under a preset."""
    own = _own(asking)
    typed = typed_figures(own.desk, own.team)
    preset = None if publish in (None, NONE.id) else preset_named(str(publish))
    told = Told(own, sides, typed, preset)
    names = list(dict.fromkeys(r["wait"] for r in own.whole("waits")))
    rows = [told.stay(), told.throughput(), *(told.wait(n) for n in names), told.agency()]
    return [_with_example(row) for row in rows]


def _own(asking: Asking) -> Asking:
    # Nothing is listed or published here: rows hold figures of whole sides alone.
    return replace(asking, publish=None, every="week", used={}, kept_out={})


def _with_example(row: dict[str, Any]) -> dict[str, Any]:
    example = EXAMPLE.get(row.pop("key"))
    low, high = row["lower"], row["upper"]
    if example is None or not isinstance(low, int | float) or not isinstance(high, int | float):
        place = None
    else:
        place = "inside the interval" if low <= example <= high else "outside the interval"
    return {**row, "example_percent": example, "example": place}


def beside_rows(asking: Asking, sides: Sides) -> Rows:
    """Return what belongs beside the headlines: removals, and who still waits at each end."""
    own = _own(asking)
    before = own.between(sides.baseline_from, sides.baseline_to)
    after = own.between(sides.since, sides.to)
    rows = []
    for name, word in (("removed", "removed from a list"), ("open_at_end", "open at the end")):
        counts = [first(a.whole("throughput")).get(name) for a in (before, after)]
        rows.append({"figure": word, "before": counts[0], "after": counts[1]})
    waiting = [
        {r["wait"]: r["n"] for r in a.whole("waits") if r["side"] == "waiting"}
        for a in (before, after)
    ]
    for name in dict.fromkeys([*waiting[0], *waiting[1]]):
        still = {"before": waiting[0].get(name), "after": waiting[1].get(name)}
        rows.append({"figure": f"still waiting for {name} at the end", **still})
    return rows
