"""What may be typed about a figure: its series, period, value, column, group, team."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from casereview.core.periods import Period, parse_period
from casereview.core.text import safe
from casereview.errors import NotAllowed, NotFound, Refused, Usage
from casereview.measures.definitions import definitions
from casereview.measures.registry import MEASURES, Measure
from casereview.service.access import refuse_removed
from casereview.service.desk import Desk
from casereview.service.near import nearest
from casereview.service.work import Work

MAY_TYPE = ("manager", "team-lead", "administrator")
_SERIES = re.compile(r"[a-z][a-z0-9_-]{1,39}")
_VALUE = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_WORD = re.compile(r"[^\W_][\w +&/<>.,()'-]{0,59}")
_ALIKE = 0.8
"""So near a known name is a slip of the keyboard rather than another series."""
_WORDS = ("wait", "side", "window", "stage", "method", "class", "band")


def series_name(name: str, known: Iterable[str], *, new: bool) -> str:
    """Return the name of a measure or of a series of one's own.

    Args:
        name: as typed.
        known: series that have something typed already.
        new: True takes a new name although it is near a known one.

    Raises:
        NotFound: it is near a measure or a known series and is neither (code unknown_measure).
        Usage: it is no name.
    """
    word = name.strip()
    if word in MEASURES or word in set(known):
        return word
    near = difflib.get_close_matches(word.lower(), [*MEASURES, *known], n=1, cutoff=_ALIKE)
    if near and not new:
        raise NotFound(
            f"There is no measure or series {safe(word[:60])!r}.",
            code="unknown_measure",
            next=f"Did you mean {near[0]}? Add --new for a new series of that name.",
        )
    if not _SERIES.fullmatch(word):
        raise Usage(
            f"{safe(word[:60])!r} is no name of a series.",
            code="bad_series",
            next="Use 2 to 40 small letters, digits, dashes and underscores, agency_staff.",
        )
    return word


def known_series(name: str, known: Iterable[str]) -> str:
    """Return the name of a measure, or of a series that has something typed.

    Raises:
        NotFound: there is none of that name; the nearest is named.
    """
    word, names = name.strip(), [*MEASURES, *known]
    if word not in names:
        near = nearest(word, names)
        raise NotFound(
            f"There is no measure or series {safe(word[:60])!r}.",
            code="unknown_measure",
            next=(f"Did you mean {near}? " if near else "") + "See `stats figures`.",
        )
    return word


def figure_value(text: str) -> str:
    """Return a number as it was typed, without needless signs and zeros in front.

    Raises:
        Usage: it is no finite number with at most 15 digits before and 9 after the point.
    """
    word = text.strip()
    if not _VALUE.fullmatch(word):
        raise Usage(
            f"{safe(word[:60])!r} is no number.",
            code="bad_number",
            next="Write digits with a point, 12 or 3.5, without thousands separators.",
        )
    value = Decimal(word)
    return f"{value or abs(value):f}"


def figure_period(text: str, desk: Desk) -> Period:
    """Return a period that has begun.

    Raises:
        Usage: it names none.
        Refused: it ends before it starts, or has not begun.
    """
    period = parse_period(text)
    if period.from_on > desk.today:
        raise Refused(
            f"The period {safe(text.strip()[:60])} has not begun.",
            code="future",
            next="Type figures of periods that have begun; check the year.",
        )
    return period


@dataclass(frozen=True, slots=True)
class Cell:
    """Which of a measure's figures: its column and groups, None for none."""

    figure: str | None
    grouped: str | None


def figure_cell(name: str, column: str | None, by: str | None) -> Cell:
    """Return which figure of a series is meant.

    A measure's usual column is meant when none is named; a series of one's own has no columns.

    Raises:
        Usage: the measure has no such column or group, or the group is written otherwise.
    """
    measure = MEASURES.get(name)
    grouped = _grouped(name, measure, by)
    if measure is None:
        if column is not None:
            raise Usage(
                f"{name} is a series of its own and has no columns.",
                code="unknown_column",
                next="Leave --column out, or type a second series.",
            )
        return Cell(None, grouped)
    columns = [c for c in definitions()[name].columns if c not in (*measure.by, *_WORDS, "at")]
    wanted = column or measure.charted
    if wanted not in columns:
        near = nearest(wanted, columns) if wanted else None
        raise Usage(
            f"{name} has no figure {safe(wanted[:60])!r}." if wanted else f"{name} needs --column.",
            code="unknown_column",
            next=(f"Did you mean {near}? " if near else "") + f"There are {', '.join(columns)}.",
        )
    return Cell(wanted, grouped)


def _grouped(name: str, measure: Measure | None, by: str | None) -> str | None:
    pairs: dict[str, str] = {}
    for part in (by or "").split(","):
        if not part.strip():
            continue
        group, joined, value = (p.strip() for p in part.partition("="))
        group = group.replace("-", "_")
        if (
            not joined
            or not re.fullmatch(r"[a-z][a-z_]{0,29}", group)
            or not _WORD.fullmatch(value)
        ):
            raise Usage(
                f"--by: {safe(part.strip()[:60])!r} is no group.",
                code="bad_group",
                next="Write GROUP=VALUE, sex=female; several with commas between.",
            )
        _check_group(name, measure, group)
        pairs[group] = value
    return ",".join(f"{g}={v}" for g, v in sorted(pairs.items())) or None


def _check_group(name: str, measure: Measure | None, group: str) -> None:
    if group == "team":
        raise Usage("A team is named with --team.", code="bad_group", next="Write --team CODE.")
    if measure is None:
        return
    known = [*(g for g in measure.by if g != "team"), *(w for w in _words_of(name, measure))]
    if group not in known:
        near = nearest(group, known)
        raise Usage(
            f"{name} has no figures by {group}.",
            code="unknown_group",
            next=(f"Did you mean {near}? " if near else "") + f"It has them by {', '.join(known)}.",
        )


def _words_of(name: str, measure: Measure) -> list[str]:
    columns = definitions()[name].columns
    return [w for w in _WORDS if (w in columns or w in measure.ranks) and w not in measure.by]


def groups_of(grouped: str | None) -> dict[str, str]:
    """Return the groups of a typed figure."""
    pairs = (part.partition("=") for part in (grouped or "").split(",") if part)
    return {group: value for group, _, value in pairs}


def need_figures(work: Work, team: str | None, what: str) -> None:
    """Refuse somebody who may not type figures: managers, team leads and administrators may.

    A team lead of some teams types figures of these.

    Raises:
        NotAllowed: the role or the team does not fit.
        Refused: the user was removed.
    """
    user = work.user(work.desk.actor)
    refuse_removed(user)
    role, teams = user.user.role, user.teams(work.desk.today)
    if role not in MAY_TYPE:
        raise NotAllowed(f"The role {role} may not {what}.", next="Ask a manager or the team lead.")
    if role == "team-lead" and teams and team not in teams:
        raise NotAllowed(
            f"{work.desk.actor} may {what} of {', '.join(sorted(teams))} only.",
            next="Name the team with --team, or ask a manager.",
        )
