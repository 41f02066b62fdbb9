"""Sentences of a report: said only where every figure in them is known and published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casereview.measures.publishing.disclosure import HIDDEN
from casereview.report.page_parts import cell
from casereview.service.desk import Rows

NOBODY = "none recorded"
TOTAL = "total"


def sentence(template: str, **figures: Any) -> tuple[str, ...]:
    """Return one sentence, none where a figure in it is unknown or hidden."""
    if any(v is None or v == HIDDEN for v in figures.values()):
        return ()
    return (template.format(**{k: spoken(v) for k, v in figures.items()}),)


def spoken(value: Any) -> str:
    """Return a figure as a sentence has it: no decimal that says nothing."""
    return cell(value).removesuffix(".0") if isinstance(value, float) else cell(value)


def counted(n: Any, one: str, many: str) -> Any:
    """Return a number with its noun; hidden and unknown stay what they are."""
    if n is None or n == HIDDEN:
        return n
    return f"{cell(n)} {one if n == 1 else many}"


def share(part: Any, whole: Any) -> float | None:
    """Return a percentage of two figures as they are shown, to 0.1; None where one is not."""
    if isinstance(part, int) and isinstance(whole, int) and whole:
        return round(part * 100 / whole, 1)
    return None


def grouped(rows: Rows, key: str) -> Rows:
    """Return the rows of groups, the total of a published table left out, nobody named."""
    kept = [r for r in rows if r.get(key) != TOTAL]
    return [{**r, key: r.get(key) or NOBODY} for r in kept]


def first(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the only row, empty where there is no case at all."""
    return rows[0] if rows else {}
