"""`calc spc`: dated values in, judged points, icons and warnings out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casereview.measures.methods.spc import Chart, Point, Reading, chart
from casereview.measures.methods.spc_icons import ASSURANCE_WORDS, VARIATION_WORDS
from casereview.measures.methods.spc_profiles import profile_named
from casereview.measures.methods.spc_words import chance_sentence, noted, warnings_of
from casereview.service.calculating import options
from casereview.service.calculating.options import Typed
from casereview.service.calculating.read import Column, Sheet, day, number, read_sheet, text

NO_FACET = "no facet"
Rows = list[dict[str, Any]]
Found = tuple[Rows, dict[str, Any]]

COLUMNS = (Column("date", day), Column("value", number), Column("facet", text, optional=True))


@dataclass(frozen=True, slots=True)
class Series:
    """One facet: the values that are judged, and those that are only shown."""

    facet: str
    readings: tuple[Reading, ...]
    left_out: tuple[Reading, ...]


def spc_file(
    file: str,
    *,
    profile: str = "mdc",
    improvement: str = "increase",
    target: Typed = None,
    rebase: Typed = None,
    fix_after: Typed = None,
    screen: bool | None = None,
    note: Typed = None,
    not_reportable: Typed = None,
) -> Found:
    """Chart every facet of a file with columns date, value and, if there are several, facet.

    Args:
        file: the CSV.
        profile: mdc or nhsr.
        improvement: increase, decrease or neutral.
        target: a number, or FACET=number.
        rebase: dates on which the process is known to have changed, or FACET=DATE,DATE.
        fix_after: points whose limits hold for the rest.
        screen: False keeps every moving range.
        note: DATE=TEXT, a cause that is not the work itself, or why a part begins.
        not_reportable: DATE or FROM:TO; those values are shown and not judged.
    """
    sheet = read_sheet(file, COLUMNS)
    series = _series(sheet, options.spans(options.listed(not_reportable), "--not-reportable"))
    rows, about = spc_series(
        series, profile=profile, improvement=improvement, target=target, rebase=rebase,
        fix_after=fix_after, screen=screen, note=note,
    )  # fmt: skip
    return rows, {"columns_ignored": sheet.ignored, **about}


def spc_series(
    series: Sequence[Series],
    *,
    profile: str = "mdc",
    improvement: str = "increase",
    target: Typed = None,
    rebase: Typed = None,
    fix_after: Typed = None,
    screen: bool | None = None,
    note: Typed = None,
) -> Found:
    """Chart series that are already at hand, such as the periods of a measure; see `spc_file`."""
    facets = [s.facet for s in series]
    options.one_of(improvement, ("increase", "decrease", "neutral"), "--improvement")
    targets = {
        f: options.a_number(v, "--target")
        for f, v in options.by_facet(options.listed(target), facets, "--target").items()
    }
    cuts = _rebasing(options.listed(rebase), facets)
    notes = options.dated_words(options.listed(note), "--note")
    fixed = None if fix_after is None else options.a_whole(fix_after, "--fix-after")
    used = profile_named(profile)
    charts = {
        s.facet: chart(
            s.readings, profile=used, improvement=improvement, target=targets.get(s.facet),
            targeted=bool(targets), rebase=cuts[s.facet], fix_after=fixed, screen=screen,
        )
        for s in series
    }  # fmt: skip
    rows = [row for s in series for row in _rows(s, charts[s.facet], targets)]
    return rows, _about(charts, cuts, notes, series)


def _series(sheet: Sheet, hidden: Sequence[tuple[date, date]]) -> list[Series]:
    found: dict[str, list[Reading]] = {}
    seen: set[tuple[str, date]] = set()
    for line in sheet.lines:
        facet = line.values.get("facet", NO_FACET)
        key = (facet, line.values["date"])
        if key in seen:
            sheet.fault(line, "date", f"{key[1].isoformat()} has a value already.")
        seen.add(key)
        found.setdefault(facet, []).append(Reading(key[1], line.values["value"]))
    series = []
    for facet in sorted(found, key=lambda f: (f.casefold(), f)):
        shown = sorted(found[facet], key=lambda r: r.on)
        out = [r for r in shown if any(a <= r.on <= b for a, b in hidden)]
        kept = tuple(r for r in shown if r not in out)
        if not kept:
            sheet.fault(None, "value", f"No value of {facet} is reportable.")
        series.append(Series(facet, kept, tuple(out)))
    sheet.check()
    return series


def _rebasing(values: Sequence[str], facets: Sequence[str]) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {f: [] for f in facets}
    for word in values:
        facet, joined, dates = word.rpartition("=")
        days = [options.a_day(d, "--rebase") for d in dates.split(",")]
        asked = [options.one_of(facet.strip(), facets, "--rebase")] if joined else facets
        for one in asked:
            found[one] += days
    return found


# --- what comes out


def _rows(series: Series, found: Chart, targets: Mapping[str, float]) -> Rows:
    target = options.whole(targets.get(series.facet))
    judged = [(p.on, _judged(series.facet, p, target)) for p in found.points]
    shown = [(r.on, _shown(series.facet, r, target)) for r in series.left_out]
    return [row for _, row in sorted([*judged, *shown], key=lambda pair: pair[0])]


def _judged(facet: str, point: Point, target: float | None) -> dict[str, Any]:
    limits = point.limits
    return {
        "facet": facet, "date": point.on, "value": options.whole(point.value),
        "rebase_group": point.rebase_group, "mean": limits.mean,
        "lpl": limits.lower, "upl": limits.upper,
        "outside_limits": limits.outside(point.value),
        "relative_to_mean": limits.side(point.value),
        "close_to_limits": limits.close(point.value),
        "special_cause_type": point.label, "point_type": point.type,
        "short_group_warning": point.short, "target": target,
    }  # fmt: skip


def _shown(facet: str, reading: Reading, target: float | None) -> dict[str, Any]:
    blank = dict.fromkeys(
        ("rebase_group", "mean", "lpl", "upl", "outside_limits", "relative_to_mean",
         "close_to_limits"),
    )  # fmt: skip
    return {
        "facet": facet, "date": reading.on, "value": options.whole(reading.value), **blank,
        "special_cause_type": "Not reportable", "point_type": "not_reportable",
        "short_group_warning": None, "target": target,
    }  # fmt: skip


def _about(
    charts: Mapping[str, Chart],
    cuts: Mapping[str, Sequence[date]],
    notes: Mapping[date, str],
    series: Sequence[Series],
) -> dict[str, Any]:
    first = next(iter(charts.values()))
    many = len(charts) > 1
    days = sorted(p.on for c in charts.values() for p in c.points)
    warnings = [
        w for f, c in charts.items()
        for w in warnings_of(c, name=f if many else "", asked=cuts[f], reasons=notes.keys())
    ]  # fmt: skip
    return {
        "profile": first.profile.id,
        "profile_title": first.profile.title,
        "screened": first.profile.screen,
        "improvement": first.improvement,
        "fix_after": first.fix_after,
        "icons": _icons(charts),
        "summary": [row for f, c in charts.items() for row in _summary(f, c)],
        "chance": [{"facet": f, "says": chance_sentence(c)} for f, c in charts.items()],
        "rebased": [
            {"facet": f, "date": on, "reason": notes.get(on)}
            for f, c in charts.items() for on in c.rebased_on
        ],
        "notes": [{"date": on, "text": words} for on, words in sorted(notes.items())],
        "not_reportable": [
            {"facet": s.facet, "date": r.on} for s in series for r in s.left_out
        ],
        "warnings": [*warnings, *noted(notes, days)],
    }  # fmt: skip


def _icons(charts: Mapping[str, Chart]) -> Rows:
    rows = [
        {"facet": f, "type": "variation", "icon": c.icons.variation} for f, c in charts.items()
    ]  # fmt: skip
    return rows + [
        {"facet": f, "type": "assurance", "icon": c.icons.assurance}
        for f, c in charts.items()
        if c.icons.assurance is not None
    ]


def _summary(facet: str, found: Chart) -> Rows:
    rows = []
    for group, part in enumerate(found.parts()):
        types = Counter(p.type for p in part)
        last = group == found.points[-1].rebase_group
        rows.append(
            {
                "facet": facet, "rebase_group": group, "from": part[0].on,
                "mean": part[0].limits.mean, "lpl": part[0].limits.lower,
                "upl": part[0].limits.upper, "n": len(part),
                "common_cause": types["common_cause"],
                "special_cause": len(part) - types["common_cause"],
                "variation": VARIATION_WORDS[found.icons.variation] if last else None,
                "assurance": (
                    ASSURANCE_WORDS[found.icons.assurance]
                    if last and found.icons.assurance is not None else None
                ),
            }
        )  # fmt: skip
    return rows
