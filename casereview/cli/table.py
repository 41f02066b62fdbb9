"""Rows as plain text: columns that fit the screen, several tables or blocks where not, Markdown."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from casereview.cli.cells import column_texts, head_of, numeric_column, plain

GAP = 2
WIDEST = 60
NARROWEST = (24, 10)
"""Words up to so many places are kept whole: at first, and where the screen is too small for it."""
LEAST_SCREEN = 40
TALLEST = 8
"""Lines of one row above which a table is harder to read than one block a row."""
_JOINT = re.compile(r"\s+|(?<=[^\W\d_][-_/:])")
"""Where a line may break: between words, and after a joint inside one; never inside a date."""
MOST_NAMING = 3
"""Columns at the left that may be repeated in each of several tables, to name their rows."""


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
            joint = max(text.rfind(sign, 0, n) for sign in "-_/:") + 1
            return text[: joint or max(n, 1)]
    return text


def render(rows: Sequence[Mapping[str, Any]], *, width: int) -> str:
    """Return rows as text, no line wider than the screen and no markup in it."""
    keys = columns_of(rows)
    if not keys:
        return "(none)\n"
    columns = [[row.get(key) for row in rows] for key in keys]
    shown = [column_texts(column, key) for column, key in zip(columns, keys, strict=True)]
    cells = [list(row) for row in zip(*shown, strict=True)]
    heads = [head_of(key) for key in keys]
    numeric = [numeric_column(column) for column in columns]
    tables = _side_by_side(heads, cells, width)
    if tables is None:
        return _blocks(heads, cells, width)
    return "\n".join(_table(heads, cells, numeric, *chosen) for chosen in tables)


def _table(
    heads: list[str],
    cells: list[list[str]],
    numeric: list[bool],
    places: list[int],
    widths: list[int],
) -> str:
    """Return the columns at some places as one table."""
    right = [numeric[n] for n in places]
    lines = [*_line([heads[n] for n in places], widths, right), "  ".join("-" * w for w in widths)]
    for row in cells:
        lines += _line([row[n] for n in places], widths, right)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _side_by_side(
    heads: list[str], cells: list[list[str]], width: int
) -> list[tuple[list[int], list[int]]] | None:
    """Return places and widths of the columns of one table or several; None for blocks."""
    sizes = [_size([head, *(row[n] for row in cells)]) for n, head in enumerate(heads)]
    everything = list(range(len(heads)))
    widths = _fitted(sizes, width, NARROWEST)
    if widths is not None:
        tables = [(everything, widths)]
    else:
        naming = _naming(cells)
        rest = [n for n in everything if n not in naming and any(row[n] for row in cells)]
        tables = _several(sizes, naming, rest, width) if len(cells) > 1 else []
    if not tables or any(_tallest(cells, *table) > TALLEST for table in tables):
        return None
    return tables


def _several(
    sizes: list[tuple[int, int]], naming: list[int], rest: list[int], width: int
) -> list[tuple[list[int], list[int]]]:
    """Return tables that each begin with the naming columns; none when words would be broken."""
    tables = []
    while rest:
        for taken in range(len(rest), 0, -1):
            places = [*naming, *rest[:taken]]
            widths = _fitted([sizes[n] for n in places], width, NARROWEST[:1])
            if widths is not None:
                break
        else:
            return []
        tables.append((places, widths))
        rest = rest[taken:]
    return tables


def _naming(cells: list[list[str]]) -> list[int]:
    """Return the first columns up to where no two rows are the same, one when none tell apart."""
    for n in range(1, MOST_NAMING + 1):
        if len({tuple(row[:n]) for row in cells}) == len(cells):
            return list(range(n))
    return [0]


def _tallest(cells: list[list[str]], places: list[int], widths: list[int]) -> int:
    """Return the most lines that one row takes."""
    columns = list(zip(places, widths, strict=True))
    return max(len(wrapped(row[n], w)) for row in cells for n, w in columns)


def _size(texts: Sequence[str]) -> tuple[int, int]:
    """Return the places that a column would like, and those of its longest word."""
    natural = max(width_of(line) for text in texts for line in text.split("\n"))
    pieces = (piece for text in texts for piece in _JOINT.split(text))
    longest = max((width_of(piece) for piece in pieces), default=0)
    return max(1, min(natural, WIDEST)), max(1, min(natural, longest))


def _fitted(
    sizes: Sequence[tuple[int, int]], width: int, narrowest: Sequence[int]
) -> list[int] | None:
    """Return a width for each column, None when the columns do not fit side by side."""
    widths = [natural for natural, _ in sizes]
    spare = width - GAP * (len(sizes) - 1)
    tries = ([min(word, kept) for _, word in sizes] for kept in narrowest)
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
        "| " + " | ".join(_escaped(head_of(key)) for key in keys) + " |",
        "|" + "|".join(" --- " for _ in keys) + "|",
    ]
    columns = [_markdown_column([r.get(key) for r in rows], key) for key in keys]
    lines += ["| " + " | ".join(map(_escaped, row)) + " |" for row in zip(*columns, strict=True)]
    return "\n".join(lines) + "\n"


def _markdown_column(values: Sequence[Any], key: str) -> list[str]:
    return column_texts(values, key) if numeric_column(values) else [plain(v, key) for v in values]


def _escaped(text: str) -> str:
    for sign in "\\|`*_<>[]":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "<br>")
