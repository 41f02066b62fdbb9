"""Two themes of our own: built-in ones fail AA contrast and colour-blind simulation.

A colour never stands alone: a word or letter beside it says the same.
The colours of care keep 4.5:1 on their ground, and in each simulation of colour blindness a
difference (CIE76) of 30 or more from each other and of 20 or more from words that ask for no care.
Source: trial of 21 themes (WCAG contrast, Machado 2009 simulation). Its yellow on dark (#F0E442)
was too near to white without blue cones, its red on white (#A4133C) to grey without red cones.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.theme import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours that lines are drawn with.

    Attributes:
        ok, due, over: fine, needs care, late; each with its word beside it.
        quiet: labels and ages. Contrast stays at 4.5 or more.
        head: headings and keys.
    """

    text: str
    ground: str
    ok: str
    due: str
    over: str
    quiet: str
    head: str

    def level(self, word: str) -> str:
        """Return the colour of a level of care: over, due, ok or note."""
        return {"over": f"bold {self.over}", "due": self.due, "ok": self.ok}.get(word, self.text)


DARK = Palette(
    text="#F2F2F2", ground="#121212", ok="#56B4E9", due="#F0E142", over="#E0672A",
    quiet="#B8B8B8", head="#FFFFFF",
)  # fmt: skip
LIGHT = Palette(
    text="#1A1A1A", ground="#FFFFFF", ok="#005A9C", due="#986A00", over="#7E201E",
    quiet="#5F5F5F", head="#000000",
)  # fmt: skip


def _theme(name: str, held: Palette, *, dark: bool, band: str) -> Theme:
    return Theme(
        name=name,
        primary=held.ok,
        secondary=held.ok,
        accent=held.ok,
        foreground=held.text,
        background=held.ground,
        surface=held.ground,
        panel=band,
        success=held.ok,
        warning=held.due,
        error=held.over,
        dark=dark,
        variables={
            "band": band,
            "quiet": held.quiet,
            "head": held.head,
            "text-muted": held.quiet,
            "text-disabled": held.quiet,
            "foreground-muted": held.quiet,
            "input-cursor-background": held.text,
            "input-cursor-foreground": held.ground,
            "input-selection-background": band,
            "block-cursor-background": held.text,
            "block-cursor-foreground": held.ground,
            "border": held.quiet,
            "border-blurred": held.quiet,
            "scrollbar": held.quiet,
            "scrollbar-background": held.ground,
        },
    )


THEMES = (
    _theme("casereview-dark", DARK, dark=True, band="#2B2B2B"),
    _theme("casereview-light", LIGHT, dark=False, band="#E6E6E6"),
)
PALETTES = {"casereview-dark": DARK, "casereview-light": LIGHT}


def palette(theme: str) -> Palette:
    """Return the palette of a theme, the dark one for any other."""
    return PALETTES.get(theme, DARK)
