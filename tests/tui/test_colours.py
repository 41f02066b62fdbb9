"""Colours of different meaning stay apart for every kind of colour blindness, in both themes."""

from __future__ import annotations

from itertools import combinations

import pytest
from rich.color import Color

from casereview_tui.theme import DARK, LIGHT, Palette

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]
SIGHT: dict[str, Matrix] = {
    "ordinary": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip
"""Source: Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB."""
TO_XYZ: Matrix = (
    (0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)  # fmt: skip
"""Source: IEC 61966-2-1 (sRGB), white point D65."""
WHITE: Vector = (0.95047, 1.0, 1.08883)
CARE = ("ok", "due", "over")
PLAIN = ("text", "quiet", "head")
APART_CARE, APART_PLAIN = 30.0, 20.0
"""Least CIE76 differences; the themes that fail have 2 to 10."""


def linear(colour: str) -> Vector:
    parts = [x / 255 for x in Color.parse(colour).get_truecolor()]
    r, g, b = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return r, g, b


def times(matrix: Matrix, vector: Vector) -> Vector:
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def lab(rgb: Vector) -> Vector:
    """Source: CIE 15, L*a*b*."""
    x, y, z = (
        t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
        for t in (a / b for a, b in zip(times(TO_XYZ, rgb), WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour: str, sight: str) -> Vector:
    r, g, b = (min(1.0, max(0.0, x)) for x in times(SIGHT[sight], linear(colour)))
    return lab((r, g, b))


def difference(one: str, other: str, sight: str) -> float:
    pair = zip(seen(one, sight), seen(other, sight), strict=True)
    return float(sum((a - b) ** 2 for a, b in pair) ** 0.5)


def test_the_simulation_gives_the_figures_of_the_trial() -> None:
    """Source: trial of themes: worst of the three colours of the first dark and light pair."""
    for trio, worst in (
        (("#56B4E9", "#F0E442", "#E0672A"), (32, 51, 60)),
        (("#005A9C", "#946200", "#A4133C"), (31, 44, 36)),
    ):
        for sight, figure in zip(("deuteranopia", "protanopia", "tritanopia"), worst, strict=True):
            found = min(difference(a, b, sight) for a, b in combinations(trio, 2))
            assert found == pytest.approx(figure, abs=1.0)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("held", [DARK, LIGHT], ids=["dark", "light"])
def test_colours_of_care_stay_apart_from_each_other_and_from_plain_words(
    held: Palette, sight: str
) -> None:
    for one, other in combinations(CARE, 2):
        found = difference(getattr(held, one), getattr(held, other), sight)
        assert found >= APART_CARE, (one, other, found)
    for care in CARE:
        for plain in PLAIN:
            found = difference(getattr(held, care), getattr(held, plain), sight)
            assert found >= APART_PLAIN, (care, plain, found)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("held", [DARK, LIGHT], ids=["dark", "light"])
def test_quiet_words_stay_apart_from_ordinary_ones(held: Palette, sight: str) -> None:
    assert difference(held.text, held.quiet, sight) >= APART_PLAIN


def test_a_theme_that_fails_is_found() -> None:
    """Source: the trial: success and warning of a theme in wide use differ by 2 for some."""
    assert difference("#9ECE6A", "#E0AF68", "deuteranopia") < APART_CARE
