"""Letters of a text that were lost, hidden or garbled on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casereview.core.text import REPLACEMENT

_HOLES = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
_TAIL = "\x80-\xbf" + "".join(
    bytes([n]).decode("cp1252") for n in range(0x80, 0xA0) if n not in _HOLES
)
"""What the second and later bytes of a UTF-8 letter look like in cp1252 and in Latin-1."""
_TWICE = re.compile(f"[\xc2-\xdf][{_TAIL}]|[\xe0-\xef][{_TAIL}]{{2}}|\xf0[{_TAIL}]{{3}}")


def odd_letters(text: str, kept: str, what: str) -> Iterator[tuple[str, str]]:
    """Yield reason and fix of each thing that is odd about the letters of a text.

    Args:
        text: as written in the file.
        kept: as it is kept.
        what: what it is, for the fix: "name".
    """
    if text.isascii() and text.isprintable():
        return
    if kept.count(REPLACEMENT) > text.count(REPLACEMENT):
        yield "Invisible or controlling characters were replaced.", f"Check the {what}."
    if REPLACEMENT in text:
        yield (
            "A letter was lost before: the file holds the sign for it.",
            f"Correct the {what} from its source.",
        )
    if _TWICE.search(kept):
        yield (
            "This looks like text that was encoded twice.",
            f"Check the {what}; it was kept as written.",
        )
