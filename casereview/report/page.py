"""A report as one HTML file: nothing is fetched, nothing runs, every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from casereview.report.page_parts import Chart, Grid, Meaning, Page, Section, Verdict
from casereview.report.page_style import STYLE
from casereview.report.svg import STYLE as DRAWINGS
from casereview.report.svg import words

ICONS = {
    "improvement": "■", "concern": "▲", "special": "◆", "none": "●", "few": "○", "hidden": "○",
}  # fmt: skip
"""The same shapes as on the charts: no verdict is told by colour alone."""


def page_html(page: Page) -> str:
    """Return the whole file. The same page gives the same text."""
    name = words(page.title)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{_head(page)}\n<main>\n{_summary(page)}\n"
        + "\n".join(_section(s) for s in page.sections)
        + f"\n{_meanings(page.meanings)}\n</main>\n{_foot(page)}\n</body>\n</html>\n"
    )


def _head(page: Page) -> str:
    identifiable = (
        '<p class="notice">IDENTIFIABLE: published without disclosure control.</p>\n'
        if page.identifiable else ""
    )  # fmt: skip
    return (
        f"<header>\n<h1>{words(page.title)}</h1>\n"
        f'<p class="notice">{words(page.notice)}</p>\n{identifiable}'
        f"{_pairs(page.facts)}\n</header>"
    )


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    inner = "\n".join(f"<dt>{words(k)}</dt><dd>{words(v)}</dd>" for k, v in pairs)
    return f"<dl>\n{inner}\n</dl>"


def _paragraphs(said: Iterable[str], kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return "\n".join(f"<p{style}>{words(s)}</p>" for s in said)


def _summary(page: Page) -> str:
    lines = "\n".join(f"<li>{words(s)}</li>" for s in page.short)
    found = [v for s in page.sections for v in s.verdicts]
    judged = (
        f"<h3>What the charts say</h3>\n{_verdicts(found)}\n" if found else ""
    )  # fmt: skip
    links = [(s.id, s.title) for s in page.sections]
    if page.meanings:
        links.append(("definitions", "Definitions"))
    links.append(("provenance", "Where these figures come from"))
    nav = "\n".join(f'<li><a href="#{words(i)}">{words(t)}</a></li>' for i, t in links)
    return (
        f'<section aria-labelledby="summary">\n<h2 id="summary">In short</h2>\n'
        f"<ul>\n{lines}\n</ul>\n{judged}</section>\n"
        f'<nav aria-label="Sections">\n<ul>\n{nav}\n</ul>\n</nav>'
    )


def _verdicts(found: Sequence[Verdict]) -> str:
    rows = "\n".join(
        f'<tr class="{words(v.kind)}"><th scope="row">{words(v.about)}</th>'
        f'<td class="w"><span class="icon" aria-hidden="true">{ICONS[v.kind]}</span> '
        f"{words(v.words)}</td><td>{words(v.figure)}</td></tr>"
        for v in found
    )
    return (
        '<div class="wide verdicts" tabindex="0" role="region" aria-label="Verdicts">\n<table>\n'
        "<caption>The latest point of each chart by the rules of statistical process control"
        '</caption>\n<thead><tr><th scope="col" class="w">Measure</th>'
        '<th scope="col" class="w">Verdict</th><th scope="col">Latest</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
    )


def _section(section: Section) -> str:
    parts = [_grid(p) if isinstance(p, Grid) else _chart(p) for p in section.parts]
    inner = "\n".join(x for x in (_paragraphs(section.said), *parts) if x)
    anchor = words(section.id)
    return (
        f'<section aria-labelledby="{anchor}">\n<h2 id="{anchor}">{words(section.title)}</h2>\n'
        f"{inner}\n</section>"
    )


def _grid(grid: Grid) -> str:
    name = words(grid.caption)
    head = "".join(
        f'<th scope="col"{_side(n, grid)}>{words(c)}</th>' for n, c in enumerate(grid.columns)
    )
    body = "\n".join(_row(row, grid) for row in grid.rows)
    if not grid.rows:
        body = (
            f'<tr><td class="w" colspan="{len(grid.columns)}">There is nothing to show.</td></tr>'
        )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{name}">\n<table>\n'
        f"<caption>{name}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table>\n</div>"
    )


def _row(row: Sequence[str], grid: Grid) -> str:
    first, *rest = row
    cells = "".join(f"<td{_side(n, grid)}>{words(c)}</td>" for n, c in enumerate(rest, 1))
    return f'<tr><th scope="row">{words(first)}</th>{cells}</tr>'


def _side(n: int, grid: Grid) -> str:
    return ' class="w"' if n in grid.words else ""


def _chart(chart: Chart) -> str:
    name = words(chart.title)
    if chart.drawing is None:
        why = words(chart.left_out)
        return f'<h3>{name}</h3>\n<p class="missing">No chart: {why}</p>'
    # The page holds the style of every drawing once.
    svg = chart.drawing.svg.replace(f"<style>{DRAWINGS}</style>\n", "").rstrip()
    return (
        f"<h3>{name}</h3>\n<figure>\n"
        f'<div class="wide" tabindex="0" role="region" aria-label="{name}: drawing">\n{svg}\n'
        f"</div>\n{_paragraphs(chart.said, 'soft')}\n"
        f"<details><summary>The data of this chart</summary>\n"
        f'<div class="wide" tabindex="0" role="region" aria-label="{name}: data">\n'
        f"{chart.drawing.table()}</div>\n</details>\n</figure>"
    )


def _meanings(found: Sequence[Meaning]) -> str:
    if not found:
        return ""
    blocks = []
    for one in found:
        columns = "\n".join(f"<dt>{words(k)}</dt><dd>{words(v)}</dd>" for k, v in one.columns)
        blocks.append(
            f"<h3>{words(one.title)}</h3>\n{_pairs(one.parts)}\n"
            f"<details><summary>Its figures</summary>\n<dl>\n{columns}\n</dl>\n</details>"
        )
    return (
        '<section aria-labelledby="definitions">\n<h2 id="definitions">Definitions</h2>\n'
        + "\n".join(blocks)
        + "\n</section>"
    )


def _foot(page: Page) -> str:
    return (
        '<footer>\n<section aria-labelledby="provenance">\n'
        '<h2 id="provenance">Where these figures come from</h2>\n'
        f"{_pairs(page.provenance)}\n</section>\n</footer>"
    )
