"""Figures that people typed, what is said about a series, and figures that were given out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Series:
    """A measure, or a series that only people know; `name` is the measure's or the series' own."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class TypedFigure:
    """A figure that a person typed for a period; the last one typed for its key.

    The key is series, team (None: the whole service), `grouped` ("sex=female", None: no group),
    `figure` (a column of the measure, None: its main one), `from_on` and `before_on`.

    Attributes:
        n: place of its entry in the series' stream.
        value: the exact decimal as typed, "12.50".
        typed_on: the day it was typed.
        corrections: how often the figure of this key was typed anew; 0 for the first.
        source: where it was read, None once erased.
        reason: why it was corrected.
    """

    series_id: int
    n: int
    team: str | None
    grouped: str | None
    figure: str | None
    from_on: date
    before_on: date
    value: str
    typed_on: date
    by: str
    corrections: int = 0
    source: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SeriesNote:
    """A dated cause of a change other than the work; `team` None for all teams."""

    series_id: int
    n: int
    team: str | None
    on: date
    by: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class NotReportable:
    """A half-open period of a series that is not to be reported; `team` None for all teams."""

    series_id: int
    n: int
    team: str | None
    from_on: date
    before_on: date
    by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class IssuedFigures:
    """The figures of one question as they left the team.

    Attributes:
        n: place of its entry in the series' stream.
        question: what was asked, as JSON with sorted keys; equal questions have equal texts.
        preset: disclosure rule that was applied.
        definition: hash of the definition in force, 64 hexadecimal digits.
        as_of: last day that counts.
        on: the day they were issued, with `at_s` its second.
        rows: the figures, a JSON list of objects.
        stamp: head of the last seal, None before the first.
        first_n: place of the first issue of this question, None when this is it.
        why: why a later issue differs; None for a first issue, and where nothing changed.
    """

    series_id: int
    n: int
    question: str
    preset: str
    definition: str
    as_of: date
    on: date
    at_s: int
    by: str
    rows: str
    stamp: str | None = None
    first_n: int | None = None
    why: str | None = None
