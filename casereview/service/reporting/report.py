"""A report for a manager: every section asked of the measures, as one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from casereview.core.calendar import add_months
from casereview.core.periods import Every, every_word, period_start
from casereview.errors import Refused, Usage
from casereview.measures.publishing.disclosure import NONE, among_others, preset_named
from casereview.report.page_parts import Page, Section, Verdict
from casereview.service.desk import Desk
from casereview.service.measuring.extracting import extracted
from casereview.service.measuring.stats import stats
from casereview.service.past import as_known
from casereview.service.reporting.asking import Asking
from casereview.service.reporting.sections import sections_for
from casereview.service.reporting.since import since_section
from casereview.store.seals import last_seal
from casereview.store.whole import entries_held

MONTHS = 24
"""Months back that a report reaches unless it is asked otherwise."""
ENDS = ("completed", "removed", "left")
ENOUGH = 13
"""Whole months from which charts go by month; below, by week. Source: stats.md 1b."""
WORDS = {"improvement": "improving", "concern": "worsening", "special": "changing"}
OWN_VIEW = (
    "This is the team's own view: small numbers are shown as they are. It is not for publication; "
    "use --publish for figures that leave the team."
)
NOT_CERTIFIED = (
    "This is not certified software: it is no medical device and supports no clinical decision by "
    "itself. Check a figure against its definition before acting on it."
)


def report(
    desk: Desk,
    *,
    team: str | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    every: str | None = None,
    publish: str | None = None,
    reason: str | None = None,
    since: date | None = None,
    baseline: tuple[date, date] | None = None,
) -> Page:
    """Work out a whole report. The same store and dates give the same page.

    Args:
        desk: its date is the as-of date.
        team: only this team's cases, None for all.
        from_on: first date, None for at most 24 months before the end.
        to_on: last date, itself counted; None for the as-of date.
        every: week or month for the charts; None for months when there are enough of them.
        publish: disclosure preset, None for the team's own view.
        reason: why figures leave without disclosure control.
        since: day of a change; the headline figures before and since it are added.
        baseline: first and last date that it is held against, None for as long before as since.

    Raises:
        NotFound: no such team.
        Usage: no such period or preset; a reason without --publish none; a baseline without since.
        Refused: the period ends before it starts, or the dates of the change do not fit.
        NotAllowed: the actor may not publish identifiable figures.
    """
    spans = None if every is None else every_word(every)
    if spans not in (None, "week", "month"):
        raise Usage(
            "A report goes by week or by month.", code="report_period", next="Use --every month."
        )
    if baseline is not None and since is None:
        raise Usage(
            "--baseline belongs to a change.", code="no_change_day", next="Add --since DATE."
        )
    publish = among_others(publish)
    end = to_on or desk.on
    with as_known(desk) as known, extracted(known) as sharing:
        # Known by then is what this store holds: nothing has to be replayed for each measure.
        inside = replace(sharing, known_by=None, as_of=desk.on)
        start = _start(inside, team, from_on, end)
        stamp = _stamp(inside, team, (start, end), publish, reason)
        asking = Asking(
            inside, team, start, end, spans or _usual_span(start, end), publish
        )  # fmt: skip
        sections = tuple(build(asking) for build in sections_for(asking))
        if since is not None:
            sections = (since_section(asking, since, baseline), *sections)
        return Page(
            title=_title(inside, team),
            facts=_facts(asking),
            notice=_notice(publish),
            identifiable=publish == NONE.id,
            short=_short(sections),
            sections=sections,
            meanings=asking.meanings(),
            provenance=(*stamp, *_provenance(desk, asking)),
        )


def _start(desk: Desk, team: str | None, from_on: date | None, end: date) -> date:
    """Return the first date counted.

    Before anything ended there is only the list that the work began with: charts that
    started there would show the beginning of the records as a change.

    Raises:
        Refused: the start lies after the end.
    """
    if from_on is not None:
        if from_on > end:
            raise Refused(
                f"The period ends before it starts: from {from_on} to {end}.",
                code="period",
                next="Give an end on or after the start.",
            )
        return from_on
    reach = add_months(period_start(end, "month"), -MONTHS)
    rows, _ = stats(desk, "throughput", from_on=reach, to_on=end, every="month", team=team)
    busy: list[date] = [r["period_from"] for r in rows if any(r[k] for k in ENDS)]
    if busy:
        return busy[0]
    _, about = stats(desk, "throughput", to_on=end, team=team)
    first: date = about["from"]
    return max(reach, first)


def _stamp(
    desk: Desk, team: str | None, dates: tuple[date, date], publish: str | None, reason: str | None
) -> tuple[tuple[str, str], ...]:
    """Return what a published page is stamped with, once it is known that it may be published.

    Raises:
        Usage: no such preset; a reason without --publish none.
        NotAllowed: the actor may not publish identifiable figures.
        Refused: a reason is missing.
    """
    _, about = stats(
        desk, "throughput", from_on=dates[0], to_on=dates[1], team=team, publish=publish,
        reason=reason,
    )  # fmt: skip
    if publish is None:
        return ()
    rule = preset_named(publish).title
    if publish != NONE.id:
        return (("Published under", rule),)
    stamp: dict[str, Any] = about.get("published", {})
    said = f"{rule}; by {stamp.get('by', desk.actor)}, because: {stamp.get('reason', reason)}"
    return (("Published under", said),)


def _usual_span(start: date, end: date) -> Every:
    return "month" if add_months(start, ENOUGH) <= end + timedelta(days=1) else "week"


def _title(desk: Desk, team: str | None) -> str:
    if team is None:
        return "Service report: all teams"
    with desk.reading() as work:
        return f"Service report: {work.team(team).team.name} ({team})"


def _facts(asking: Asking) -> tuple[tuple[str, str], ...]:
    return (
        ("Period", f"{asking.from_on} to {asking.to_on}"),
        ("As of", f"{asking.desk.on}, at the end of the day"),
        ("Teams", asking.team or "all"),
        ("Charts by", asking.every),
    )


def _notice(publish: str | None) -> str:
    if publish is None:
        return OWN_VIEW
    return f"For publication under the rule: {preset_named(publish).title}."


def _short(sections: Sequence[Section]) -> tuple[str, ...]:
    """Return the sentences at the top: figures, then what the charts allow to be said of them."""
    said = [s for section in sections for s in section.short]
    every = [v for one in sections for v in one.verdicts]
    if said and every:
        said.append(_judged(every))
    return tuple(said or ["There are no figures yet for this period."])


def _judged(every: Sequence[Verdict]) -> str:
    """Return what the charts allow to be said, with what chance alone would give."""
    judged = [v for v in every if v.chance is not None and v.kind != "few"]
    if not judged:
        return "No chart has the points that a verdict needs."
    said = []
    for kind, word in WORDS.items():
        named = [v.about for v in judged if v.kind == kind]
        if named:
            said.append(f"{word}: {', '.join(named)}")
    still = sum(v.kind == "none" for v in judged)
    if still:
        said.append(f"no significant change in {still} of {len(judged)} charts")
    chance = sum(v.chance or 0.0 for v in judged)
    return (
        f"By the rules of statistical process control: {'; '.join(said)}. In {len(judged)} stable "
        f"charts chance alone flags the latest point of about {chance:.1f}."
    )


def _provenance(desk: Desk, asking: Asking) -> tuple[tuple[str, str], ...]:
    with desk.store.read() as connection:
        seal = last_seal(connection)
    with asking.desk.store.read() as connection:
        n, last = entries_held(connection)
    known = "everything recorded" if desk.known_by is None else desk.known_by.isoformat()
    return (
        ("As of", desk.on.isoformat()),
        ("Known by", f"{known}: {n:,} entries, the last recorded {last or 'never'}"),
        ("Left out", "; ".join(_kept_out(asking)) or "nothing beyond what the definitions say"),
        ("Store", desk.store.id),
        ("Sealed head", "none yet" if seal is None else f"{seal[3]} (seal {seal[0]})"),
        ("Made by", f"casereview {_version()}"),
        ("Note", NOT_CERTIFIED),
    )


def _kept_out(asking: Asking) -> list[str]:
    return [f"{name}: {reason} ({n})" for (name, reason), n in asking.kept_out.items()]


def _version() -> str:
    try:
        return version("casereview")
    except PackageNotFoundError:
        return "(not installed)"
