"""Hand-made SVG: a canvas, scales and ticks. Every number of a drawing is text in its file.

Colours are grey, blue and orange, each with its own shape and word; light and dark follow the
reader's system, print is light.
"""

from __future__ import annotations

import hashlib
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from casereview.core.text import safe

WIDTH = 720
PARAGRAPH = 92
"""Letters of a line of words, in the widest of the usual fonts."""
_LIGHT = {
    "ink": "#1b1b1b", "paper": "#ffffff", "soft": "#55606a", "grid": "#d9dee3", "grey": "#68747f",
    "blue": "#005eb8", "orange": "#c2410c", "purple": "#6b3fa0",
}  # fmt: skip
_DARK = {
    "ink": "#f2f4f5", "paper": "#1b1d1f", "soft": "#b3bcc4", "grid": "#3a4046", "grey": "#a3adb6",
    "blue": "#6cb4ff", "orange": "#ff9b57", "purple": "#c3a5ef",
}  # fmt: skip
_FORMS = """\
.cr{font:13px system-ui,Arial,sans-serif}.cr .h{font-weight:600;font-size:15px}
.cr .mean{stroke-width:1.5}.cr .limit{stroke-dasharray:6 4}.cr .limit2{stroke-dasharray:2 3}
.cr .target{stroke-width:1.5;stroke-dasharray:9 3 2 3}.cr .note{stroke-dasharray:1 3}
.cr .trace,.cr .s-blue,.cr .s-orange,.cr .s-grey,.cr .s-purple,.cr .s-ink{fill:none}
.cr .s-blue,.cr .s-orange,.cr .s-grey,.cr .s-purple{stroke-width:2}
.cr .s-orange{stroke-dasharray:7 3}.cr .s-grey{stroke-dasharray:2 3}
.cr .s-purple{stroke-dasharray:10 3 2 3}.cr .band{opacity:.15}
"""


def _colours(of: dict[str, str]) -> str:
    fills = {
        ".paper": "paper", "text": "ink", ".soft": "soft", ".grey": "grey", ".blue": "blue",
        ".orange": "orange", ".purple": "purple", ".hollow": "paper", ".band": "blue",
        ".bar": "grey",
    }  # fmt: skip
    strokes = {
        ".grid": "grid", ".mean": "ink", ".limit": "soft", ".limit2": "soft", ".target": "purple",
        ".trace": "grey", ".note": "soft", ".hollow": "grey", ".s-blue": "blue",
        ".s-orange": "orange", ".s-grey": "grey", ".s-purple": "purple", ".s-ink": "ink",
        ".whisker": "ink",
    }  # fmt: skip
    rules = [f".cr {name}{{fill:{of[key]}}}" for name, key in fills.items()]
    rules += [f".cr {name}{{stroke:{of[key]}}}" for name, key in strokes.items()]
    return "".join(rules)


# Plain rules and no CSS variables: word processors and viewers that know nothing of dark screens
# read the first block alone.
STYLE = (
    f"{_FORMS}{_colours(_LIGHT)}\n"
    f"@media screen and (prefers-color-scheme:dark){{{_colours(_DARK)}}}"
)


def label(value: float | None) -> str:
    """Return a number as a chart prints it; "" for none."""
    if value is None:
        return ""
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to places on the canvas."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.start + share * (self.end - self.start), 2)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round values that span a range; steps of 1, 2 or 5."""
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [low]
    rough = span / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= rough)
    first = math.floor(low / step)
    return [round((first + n) * step, 10) for n in range(math.ceil(high / step) - first + 1)]


def axis(values: Sequence[float], about: int = 5) -> tuple[list[float], float, float]:
    """Return ticks around values and the ends of the axis."""
    low, high = min(values), max(values)
    if low == high:
        low, high = low - (abs(low) or 1) * 0.5, high + (abs(high) or 1) * 0.5
    found = ticks(low, high, about)
    return found, found[0], found[-1]


@dataclass(slots=True)
class Canvas:
    """Shapes in the order in which they are painted."""

    height: float
    width: float = WIDTH
    parts: list[str] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """Draw a straight line."""
        self.parts.append(f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>')

    def path(
        self, points: Sequence[tuple[float, float]], kind: str, *, close: bool = False
    ) -> None:
        """Draw a line through points."""
        if points:
            text = "L".join(f"{x:g} {y:g}" for x, y in points)
            self.parts.append(f'<path class="{kind}" d="M{text}{"Z" if close else ""}"/>')

    def bar(self, x: float, y: float, width: float, height: float, kind: str, tip: str) -> None:
        """Draw a rectangle that says what it is."""
        self.parts.append(
            f'<rect class="{kind}" x="{x}" y="{y}" width="{round(max(width, 0), 2)}" '
            f'height="{round(max(height, 0), 2)}"><title>{words(tip)}</title></rect>'
        )

    def mark(self, x: float, y: float, shape: str, tip: str) -> None:
        """Draw a point: circle, square, triangle, diamond or hollow, each with its colour."""
        title = f"<title>{words(tip)}</title>"
        if shape in _ROUND:
            self.parts.append(
                f'<circle class="{_ROUND[shape]}" cx="{x}" cy="{y}" r="4">{title}</circle>'
            )
            return
        if shape == "square":
            place = f'x="{x - 4.5:g}" y="{y - 4.5:g}"'
            self.parts.append(f'<rect class="blue" {place} width="9" height="9">{title}</rect>')
            return
        drawn, kind = _SHAPES[shape]
        self.parts.append(
            f'<path class="{kind}" transform="translate({x} {y})" d="{drawn}">{title}</path>'
        )

    def text(self, x: float, y: float, text: str, *, kind: str = "", anchor: str = "start") -> None:
        """Write words; nothing in them is read as markup."""
        style = f' class="{kind}"' if kind else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.parts.append(f'<text{style}{place} x="{x}" y="{y}">{words(text)}</text>')

    def paragraph(self, x: float, y: float, text: str) -> int:
        """Write words on as many lines as they need and return how many those are."""
        lines = textwrap.wrap(text, PARAGRAPH) or [""]
        for n, line in enumerate(lines):
            self.text(x, y + 18 * n, line, kind="soft")
        return len(lines)

    def svg(self, title: str, description: str) -> str:
        """Return the whole drawing; its ids depend on its content alone."""
        body = "\n".join(self.parts)
        seed = hashlib.sha256(f"{title}{description}{body}".encode()).hexdigest()[:10]
        size = f"0 0 {self.width:g} {self.height:g}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="cr" role="img" viewBox="{size}" '
            f'width="{self.width:g}" height="{self.height:g}" '
            f'aria-labelledby="t{seed}" aria-describedby="d{seed}">\n'
            f'<title id="t{seed}">{words(title)}</title>\n'
            f'<desc id="d{seed}">{words(description)}</desc>\n<style>{STYLE}</style>\n'
            f'<rect class="paper" width="{self.width:g}" height="{self.height:g}"/>\n'
            f"{body}\n</svg>\n"
        )


_ROUND = {"circle": "grey", "hollow": "hollow"}
_SHAPES = {
    "triangle": ("M0 -6L6 5H-6Z", "orange"),
    "diamond": ("M0 -6L6 0L0 6L-6 0Z", "purple"),
}


def words(text: str) -> str:
    """Return outside text made harmless for markup."""
    return escape(safe(text), quote=True)
