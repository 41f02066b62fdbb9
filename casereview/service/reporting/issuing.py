"""Figures as they were given out: each issue with its question, and what a later one changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casereview.core.entries import Draft, Stream
from casereview.core.records import IssuedFigures
from casereview.core.state.figures import SeriesState, question_text
from casereview.core.text import checked_name, safe
from casereview.errors import NotFound, Refused
from casereview.measures.publishing.disclosure import DEFAULT
from casereview.service.desk import Desk, Rows
from casereview.service.measuring.known import changed_figures, compare_known
from casereview.service.measuring.question import measure_called
from casereview.service.measuring.stats import measure_names, stats
from casereview.service.measuring.versions import definition_version
from casereview.service.typed.figures import KIND, Place, place_of, record, series_of
from casereview.service.typed.words import known_series, need_figures
from casereview.service.work import Work
from casereview.store import journal
from casereview.store.in_use import series_in_use

MOST_ROWS = 5_000
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Issue:
    """What is about to be issued.

    Attributes:
        name: of the measure.
        rows: the figures as published, dates as text.
        question: what was asked, with every option that changes the rows.
        groups: columns that are groups.
        team: whose figures, None for the whole service.
    """

    name: str
    rows: Rows
    question: dict[str, Any]
    groups: tuple[str, ...]
    team: str | None


def issue(
    desk: Desk,
    name: str,
    *,
    publish: str | None = None,
    reason: str | None = None,
    why: str | None = None,
    **asked: Any,
) -> tuple[Rows, dict[str, Any]]:
    """Give figures out: they are worked out as published and kept in the journal.

    The same question issued again lists which figures changed and the entries behind them, and a
    change needs its reason.

    Args:
        desk: who issues.
        name: of the measure.
        publish: disclosure preset, None for the usual one.
        reason: why figures are published without disclosure control.
        why: why figures that were issued before change, at most 200 characters.
        **asked: options of `stats` that say which rows there are.

    Returns:
        The figures and their provenance with `issue`, `changed` and `entries`.

    Raises:
        NotFound: no such measure, team or wait; the nearest is named.
        Usage: a faulty option.
        Refused: nothing to issue, too many rows, or changed figures without a reason.
        NotAllowed: the role or the team does not fit.
    """
    measure_called(name)
    preset = publish or DEFAULT
    rows, about = stats(desk, name, publish=preset, reason=reason, **asked)
    wanted = _wanted(desk, name, preset, asked, rows)
    found: dict[str, Any] = {"changed": []}

    def run(work: Work) -> Rows:
        need_figures(work, wanted.team, "issue figures")
        place = place_of(work, name, wanted.team, new=False)
        earlier = _earlier(place.state, wanted.question)
        found["changed"] = _changed(wanted, earlier, why)
        made = record(work, place, _draft(desk, wanted, place, about, earlier, why)).issued[-1]
        changed = len(found["changed"])
        return [{"issue": issue_id(name, made.n), "figures": len(rows), "changed": changed}]

    done = desk.change(run)
    more = _behind(desk, name, done[0]["issue"], asked) if found["changed"] else {}
    return rows, {**about, "issue": done[0]["issue"], "why": why, **found, **more}


def issue_id(name: str, n: int) -> str:
    """Return how an issue is named outside: measure and entry, throughput/7."""
    return f"{name}/{n}"


def _wanted(desk: Desk, name: str, preset: str, asked: Mapping[str, Any], rows: Rows) -> Issue:
    if not rows:
        raise Refused(
            f"There are no figures of {name} to issue.",
            code="nothing_to_issue",
            next="Ask for other dates, or another team.",
        )
    if len(rows) > MOST_ROWS:
        raise Refused(
            f"There are {len(rows):,} rows; at most {MOST_ROWS:,} are issued at once.",
            code="too_many_rows",
            next="Ask for longer periods, or fewer of them.",
        )
    told = {k: v for k, v in asked.items() if v not in (None, (), [])}
    told |= {"measure": name, "publish": preset, "to_on": asked.get("to_on") or desk.on}
    told.setdefault("unit", "days")
    groups = [
        w.strip().replace("-", "_") for w in str(asked.get("by") or "").split(",") if w.strip()
    ]
    if groups:
        told["by"] = groups
    return Issue(name, _plain(rows), _plain_value(told), tuple(groups), asked.get("team"))


def _plain(rows: Rows) -> Rows:
    return [{k: _plain_value(v) for k, v in row.items()} for row in rows]


def _plain_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {k: _plain_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_value(v) for v in value]
    return value


def _earlier(state: SeriesState | None, question: Mapping[str, Any]) -> list[IssuedFigures]:
    text = question_text(question)
    return [i for i in (state.issued if state else ()) if i.question == text]


def _changed(wanted: Issue, earlier: Sequence[IssuedFigures], why: str | None) -> Rows:
    """Return the figures that differ from the last issue.

    Raises:
        Refused: some do, and no reason was given.
    """
    if not earlier:
        return []
    last = earlier[-1]
    changed = changed_figures(wanted.name, wanted.groups, json.loads(last.rows), wanted.rows)
    if changed and not (why or "").strip():
        named = "; ".join(
            f"{row.get('period_from', row.get('at', ''))} {row['figure']} {row['old']} to "
            f"{row['new']}".strip()
            for row in changed[:NAMES_SHOWN]
        )
        more = f" and {len(changed) - NAMES_SHOWN} more" if len(changed) > NAMES_SHOWN else ""
        raise Refused(
            f"{len(changed)} figures differ from {issue_id(wanted.name, last.n)}, issued on "
            f"{last.on.isoformat()}: {named}{more}.",
            code="why_missing",
            next="Say why with --why; `stats --compare-known` shows the entries behind them.",
        )
    return changed


def _draft(
    desk: Desk,
    wanted: Issue,
    place: Place,
    about: Mapping[str, Any],
    earlier: Sequence[IssuedFigures],
    why: str | None,
) -> Draft:
    sealed = about.get("sealed")
    body = {
        "question": wanted.question,
        "preset": wanted.question["publish"],
        "definition": definition_version(wanted.name),
        "as_of": desk.on,
        # Text, because a fraction has no form of its own in the journal.
        "rows": json.dumps(wanted.rows, ensure_ascii=True, separators=(",", ":"), allow_nan=False),
        "stamp": sealed["head"] if sealed else None,
        "first": (earlier[0].n if earlier else None),
    }
    texts = {"why": checked_name(why, what="reason")} if why is not None else {}
    return Draft(place.stream, "figures_issued", desk.today, body, texts, wanted.team)


def _behind(desk: Desk, name: str, made: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries recorded since the first issue of a question that moved its figures."""
    since = _first_issued_at(desk, name, int(made.rpartition("/")[2]))
    if since is None or since >= desk.now:
        return {"entries": []}
    _, more = compare_known(desk, name, since, **asked)
    return {"entries": more["entries"], "compared_known": more["compared_known"]}


def _first_issued_at(desk: Desk, name: str, n: int) -> datetime | None:
    with desk.reading() as work:
        state = series_of(work, name)
        made = next((i for i in state.issued if i.n == n), None) if state else None
        if state is None or made is None or made.first_n is None:
            return None
        entries = journal.load(work.connection, Stream(KIND, state.series.id))
    return next(e.recorded_at for e in entries if e.seq == made.first_n)


# --- listing


def list_issued(desk: Desk, name: str | None = None) -> Rows:
    """Return what was issued, newest first; of one measure when it is named.

    Raises:
        NotFound: no such measure.
    """
    with desk.reading() as work:
        known = series_in_use(work.connection)
        wanted = [known_series(name, known)] if name is not None else list(known)
        held = [(word, series_of(work, word)) for word in wanted]
    found = [(word, one) for word, state in held if state for one in state.issued]
    found.sort(key=lambda pair: (pair[1].on, pair[1].at_s, pair[0], pair[1].n), reverse=True)
    return [_listed(word, one) for word, one in found]


def _listed(name: str, one: IssuedFigures) -> dict[str, Any]:
    question = json.loads(one.question)
    return {
        "issue": issue_id(name, one.n),
        "issued_on": one.on,
        "by": one.by,
        "as_of": one.as_of,
        "preset": one.preset,
        "question": {k: v for k, v in question.items() if k not in ("measure", "publish")},
        "rows": len(json.loads(one.rows)),
        "again": issue_id(name, one.first_n) if one.first_n else None,
        "text": one.why,
        "definition": one.definition[:12],
        "sealed_head": one.stamp[:12] if one.stamp else None,
    }


def issued_figures(desk: Desk, ident: str) -> tuple[Rows, dict[str, Any]]:
    """Return the figures of one issue as they left, and what was asked.

    Raises:
        NotFound: no such issue.
    """
    name, _, number = ident.strip().rpartition("/")
    with desk.reading() as work:
        state = series_of(work, name) if name in measure_names() else None
    n = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    made = next((i for i in state.issued if i.n == n), None) if state else None
    if made is None:
        raise NotFound(
            f"There is no issue {safe(ident[:60])!r}.",
            next="See `report issued` for what there is.",
        )
    listed = _listed(name, made)
    return json.loads(made.rows), {**listed, "definition": f"Figures of {name} as issued."}
