"""Which key does what. Letters, digits, Enter and Esc only: terminals lose the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from textual.binding import Binding, BindingType


class Hint(NamedTuple):
    """A key and its word as the bottom line shows them."""

    key: str
    word: str


def bind(key: str, action: str, words: str, *, id: str = "") -> Binding:  # noqa: A002 - the word of Textual
    """Return a binding that help and the command palette list with these words."""
    return Binding(key, action, words, show=False, id=id or action.replace("(", ".").strip("')"))


COMMON: list[BindingType] = [
    bind("f", "worry", "record a safeguarding worry, about anybody", id="worry"),
    bind("question_mark,f1", "help", "help: the keys of this screen", id="help"),
    bind("i", "names", "show or hide names", id="names"),
    bind("z", "blank", "blank the screen", id="blank"),
    bind("T", "theme", "light or dark", id="theme"),
]

READS_ONLY = "These screens were opened with --read-only: nothing done."
"""Why a key that would record something does not."""

NAMES = {
    "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]", "slash": "/",
    "escape": "Esc", "enter": "Enter", "f1": "F1", "up": "Up", "down": "Down", "left": "Left",
    "right": "Right", "plus": "+",
}  # fmt: skip


def spoken(key: str) -> str:
    """Return how a key is named in help: `question_mark,f1` is `? F1`."""
    return " ".join(NAMES.get(k.strip(), k.strip()) for k in key.split(","))


def listed(bindings: Iterable[BindingType]) -> list[Hint]:
    """Return each binding once, as help lists it."""
    found: dict[str, Hint] = {}
    for one in bindings:
        if isinstance(one, Binding) and one.description:
            found.setdefault(one.action, Hint(spoken(one.key), one.description))
    return list(found.values())


def reading_only(
    bindings: Iterable[BindingType], records: Callable[[str], bool]
) -> list[BindingType]:
    """Return bindings without those whose action records something."""
    return [
        b for b in bindings
        if not (isinstance(b, Binding) and records(b.action.partition("(")[0]))
    ]  # fmt: skip


def hints_of_readers(
    hints: Sequence[Hint], bindings: Sequence[BindingType], records: Callable[[str], bool]
) -> list[Hint]:
    """Return hints without those of keys that record something."""
    kept = {k for h in listed(reading_only(bindings, records)) for k in h.key.split()}
    known = {k for b in bindings if isinstance(b, Binding) for k in spoken(b.key).split()}
    return [h for h in hints if h.key in kept or h.key not in known]
