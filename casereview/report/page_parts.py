"""What a report page is made of: sections of sentences, tables and drawings, none of it markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casereview.report.charts import Drawing


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes:
        caption: what it shows; also its name for a screen reader.
        columns: headings.
        rows: cells as text, each row as long as the headings; the first cell names the row.
        words: numbers of the columns that hold words, which stand at the left.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[int] = frozenset({0})


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, or why there is none.

    Attributes:
        title: what it shows.
        drawing: None where it was left out.
        left_out: why, "" when it is there.
        said: sentences that belong under it.
    """

    title: str
    drawing: Drawing | None
    left_out: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the summary.

    Attributes:
        about: what is judged.
        kind: improvement, concern, special, none, few or hidden: its icon and colour.
        words: the verdict.
        figure: the latest figure with its unit.
        chance: share of stable charts of this length that flag their last point; None for no chart.
    """

    about: str
    kind: str
    words: str
    figure: str
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page.

    Attributes:
        id: its anchor, letters and dashes.
        title: its heading.
        said: sentences under the heading.
        parts: tables and drawings in order.
        verdicts: its lines of the summary.
        short: its sentences at the top of the page.
    """

    id: str
    title: str
    said: tuple[str, ...] = ()
    parts: tuple[Grid | Chart, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    short: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """A measure in words: name, heading, and its parts by what they are called."""

    name: str
    title: str
    parts: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report.

    Attributes:
        title: its heading.
        facts: what stands under it, such as the period, as name and words.
        notice: whose view it is.
        identifiable: True when no disclosure control was used outside the team's own view.
        short: the sentences at the top.
        sections: in order.
        meanings: of every measure shown.
        provenance: where the figures come from, as name and words.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    notice: str
    identifiable: bool
    short: tuple[str, ...]
    sections: tuple[Section, ...]
    meanings: tuple[Meaning, ...] = ()
    provenance: tuple[tuple[str, str], ...] = field(default_factory=tuple)


def cell(value: Any) -> str:
    """Return a figure as a table prints it: a dash for none, one decimal where not whole."""
    match value:
        case None:
            found = "–"
        case bool():
            found = "yes" if value else "no"
        case int():
            found = f"{value:,}"
        case float():
            found = f"{value:,.1f}"
        case date():
            found = value.isoformat()
        case _:
            found = str(value)
    return found


def grid(
    caption: str,
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
) -> Grid:
    """Return a table of some columns of rows.

    Args:
        caption: of the table.
        rows: figures.
        columns: key to heading, in order; one that is unknown in every row is left out.
    """
    kept = {k: h for k, h in columns.items() if any(r.get(k) is not None for r in rows)} or dict(
        columns
    )
    cells = tuple(tuple(cell(r.get(k)) for k in kept) for r in rows)
    wordy = {
        n for n, k in enumerate(kept)
        if any(isinstance(r.get(k), str) and r.get(k) != "*" for r in rows)
    }  # fmt: skip
    return Grid(caption, tuple(kept.values()), cells, frozenset({0} | wordy))
