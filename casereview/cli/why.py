"""Why a move is blocked, as people read it: one requirement a paragraph, what to do first."""

from __future__ import annotations

import textwrap
from typing import Any

from casereview.core.text import safe

WIDTH = 78
_MARKS = {True: "holds   ", False: "NOT MET ", None: "UNKNOWN "}


def why_text(rows: list[dict[str, Any]]) -> str:
    """Return the requirements of a move: unmet ones first, then those that hold."""
    open_ones = [r for r in rows if r["holds"] is not True]
    lines = [f"{safe(rows[0]['move'])}: {len(open_ones)} of {len(rows)} still to do", ""]
    for row in sorted(rows, key=lambda r: r["holds"] is True):
        first = _MARKS[row["holds"]]
        lines += textwrap.wrap(
            safe(row["sentence"]), WIDTH, initial_indent=first, subsequent_indent=" " * len(first)
        )
        if row["holds"] is True:
            continue
        least = ", in the least that would do" if row["in_smallest_set"] else ""
        reads = f"; reads {', '.join(row['facts'])}" if row["facts"] else ""
        lines += textwrap.wrap(
            f"{row['requirement']}: {row['fixer']}, {row['effort']} effort{least}{reads}",
            WIDTH,
            initial_indent=" " * len(first),
            subsequent_indent=" " * (len(first) + 2),
        )
    return "\n".join(lines) + "\n"
