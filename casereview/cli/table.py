"""Rows as plain text: columns that fit the screen, one block a row where they do not, Markdown."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from casereview.core.text import safe

GAP = 2
WIDEST = 60
NARROWEST = (24, 10)
"""Words up to so many places are kept whole: at first, and where the screen is too small for it."""
LEAST_SCREEN = 40
TALLEST = 8
"""Lines of one row above which a table is harder to read than one block a row."""


def plain(value: Any, key: str = "") -> str:
    """Return a value as people read it; "" is a missing one, except a condition's "cannot tell"."""
    match value:
        case None:
            found = "cannot tell" if key == "holds" else ""
        case bool():
            found = "yes" if value else "no"
        case datetime():
            found = value.isoformat(timespec="seconds")
        case date():
            found = value.isoformat()
        case float():
            found = f"{value:.4f}".rstrip("0").rstrip(".")
        case Mapping():
            found = ", ".join(f"{safe(str(k))}: {plain(v) or '-'}" for k, v in value.items())
        case list() | tuple() | set() | frozenset():
            found = ", ".join(plain(v) for v in value)
        case _:
            found = safe(str(value), lines=True)
    return found


def columns_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return every key of the rows in the order in which they first appear."""
    return list(dict.fromkeys(key for row in rows for key in row))


def width_of(text: str) -> int:
    """Return how many places a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def screen_width() -> int:
    """Return the columns of the terminal (COLUMNS wins), 80 where there is none."""
    return max(shutil.get_terminal_size((80, 24)).columns, LEAST_SCREEN)


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines of at most so many places, broken between words where possible."""
    lines: list[str] = []
    for paragraph in text.expandtabs(4).split("\n"):
        lines += _wrap_line(paragraph, width)
    return lines or [""]


def _wrap_line(line: str, width: int) -> list[str]:
    found, current = [], ""
    for word in line.split(" "):
        rest = word
        joined = f"{current} {rest}" if current else rest
        if width_of(joined) <= width:
            current = joined
            continue
        if current:
            found.append(current)
        while width_of(rest) > width:
            head = _head(rest, width)
            found.append(head)
            rest = rest[len(head) :]
        current = rest
    return [*found, current]


def _head(text: str, width: int) -> str:
    """Return as much of a word as fits, up to its last dash or underscore where it has one."""
    used = 0
    for n, character in enumerate(text):
        used += width_of(character)
        if used > width:
            joint = max(text.rfind(sign, 0, n) for sign in "-_/") + 1
            return text[: joint or max(n, 1)]
    return text


def render(rows: Sequence[Mapping[str, Any]], *, width: int) -> str:
    """Return rows as text, no line wider than the screen and no markup in it."""
    keys = columns_of(rows)
    if not keys:
        return "(none)\n"
    cells = [[plain(row.get(key), key) for key in keys] for row in rows]
    heads = [safe(key).replace("_", " ") for key in keys]
    widths = _fitted(heads, cells, width)
    if widths is None or _tallest(cells, widths) > TALLEST:
        return _blocks(heads, cells, width)
    numeric = [all(_is_number(row.get(key)) for row in rows) for key in keys]
    lines = [*_line(heads, widths, numeric), "  ".join("-" * w for w in widths)]
    for row in cells:
        lines += _line(row, widths, numeric)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _tallest(cells: list[list[str]], widths: list[int]) -> int:
    """Return the most lines that one row takes."""
    return max(len(wrapped(cell, w)) for row in cells for cell, w in zip(row, widths, strict=True))


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _fitted(heads: list[str], cells: list[list[str]], width: int) -> list[int] | None:
    """Return a width for each column, None when the columns do not fit side by side."""
    widths, words = [], []
    for n, head in enumerate(heads):
        texts = [head, *(row[n] for row in cells)]
        natural = max(width_of(line) for text in texts for line in text.split("\n"))
        longest = max(width_of(word) for text in texts for word in text.split() or [""])
        widths.append(max(1, min(natural, WIDEST)))
        words.append(max(1, min(natural, longest)))
    spare = width - GAP * (len(heads) - 1)
    tries = ([min(w, kept) for w in words] for kept in NARROWEST)
    least = next((t for t in tries if sum(t) <= spare), None)
    if least is None:
        return None
    while sum(widths) > spare:
        n = max((i for i in range(len(widths)) if widths[i] > least[i]), key=widths.__getitem__)
        widths[n] -= 1
    return widths


def _line(cells: list[str], widths: list[int], numeric: list[bool]) -> list[str]:
    parts = [wrapped(cell, w) for cell, w in zip(cells, widths, strict=True)]
    lines = []
    for n in range(max(len(p) for p in parts)):
        shown = []
        for part, w, number in zip(parts, widths, numeric, strict=True):
            text = part[n] if n < len(part) else ""
            blank = " " * max(0, w - width_of(text))
            shown.append(blank + text if number else text + blank)
        lines.append((" " * GAP).join(shown))
    return lines


def _blocks(heads: list[str], cells: list[list[str]], width: int) -> str:
    margin = min(max(width_of(h) for h in heads), width // 3)
    blocks = []
    for row in cells:
        lines = []
        for head, cell in zip(heads, row, strict=True):
            if cell:
                name = _head(head, margin)
                body = wrapped(cell, width - margin - GAP)
                lines.append(f"{name}{' ' * (margin - width_of(name) + GAP)}{body[0]}")
                lines += [" " * (margin + GAP) + more for more in body[1:]]
        blocks.append("\n".join(line.rstrip() for line in lines))
    return "\n\n".join(blocks) + "\n"


def markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as a Markdown table; what a cell holds is never read as markup."""
    keys = columns_of(rows)
    if not keys:
        return "(none)\n"
    lines = [
        "| " + " | ".join(_escaped(key.replace("_", " ")) for key in keys) + " |",
        "|" + "|".join(" --- " for _ in keys) + "|",
    ]
    lines += ["| " + " | ".join(_escaped(plain(r.get(k), k)) for k in keys) + " |" for r in rows]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    for sign in "\\|`*_<>[]":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "<br>")
