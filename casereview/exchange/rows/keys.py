"""Identifiers as a file writes them: kept as typed; what only looks like one is told."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from casereview.core.identity import foreign_letters, local_id
from casereview.core.text import REPLACEMENT, safe
from casereview.errors import Refused
from casereview.exchange.rows.look_alike import look_alike_key

LENGTH_MAX = 200
SPELLINGS_MAX = 200_000
"""Identifiers that are held against each other; a longer file is read in flat memory."""
_SPOILED = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+[0-9]{1,3}|[0-9]+[.,]0+", re.IGNORECASE)
_WRONG_CELL = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)", re.IGNORECASE)
Doubt = tuple[str, str]
"""Reason and fix of a warning."""
NO_KEY = ("There is no identifier.", "Give every row one.")
"""Reason and fix where an identifier is empty."""


def checked_key(text: str) -> str:
    """Return an identifier as typed, trimmed.

    Raises:
        Refused: it is empty, too long, or holds a character that nobody can see and type.
    """
    if text.isascii() and text.isprintable() and 0 < len(text) <= LENGTH_MAX:
        return text
    found = local_id(text)
    if REPLACEMENT in found:
        raise Refused(
            f"This identifier holds {_unseen(text)}, so that it would be another one than it "
            "looks.",
            code="local_id_unseen",
            next="Type the identifier again without it.",
        )
    return found


def _unseen(text: str) -> str:
    one = next(c for c in text.strip() if safe(c) == REPLACEMENT or unicodedata.combining(c))
    if one == REPLACEMENT:
        return "the sign for a letter that was lost"
    name = unicodedata.name(one, f"control character {ord(one)}").lower()
    return f"an invisible character ({name})"


@dataclass
class Keys:
    """Tells what is doubtful about the identifiers of one file, each spelling once."""

    _spelt: dict[str, str] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def doubts(self, text: str, *, compare: bool) -> list[Doubt]:
        """Return what to say about an identifier.

        Args:
            text: the identifier, checked.
            compare: True to hold it against those before it that look the same.
        """
        said: list[Doubt] = []
        if not text.isascii():
            letters = foreign_letters(text)
            if letters and any(c.isascii() and c.isalnum() for c in text):
                said.append((
                    f"This identifier holds {letters[0].lower()}.",
                    "Check that it is not another identifier with a letter that looks the same.",
                ))  # fmt: skip
        elif ("+" in text or "." in text or "," in text) and _SPOILED.fullmatch(text):
            said.append((
                "A spreadsheet seems to have turned this identifier into a number.",
                "Compare it with the system that it comes from; export the column as text.",
            ))  # fmt: skip
        elif text[0] == "#" and _WRONG_CELL.fullmatch(text):
            said.append((
                "This identifier is the sign for a formula that went wrong.",
                "Put the identifier itself into the cell.",
            ))  # fmt: skip
        if compare:
            said += self._spelling(text)
        return said

    def _spelling(self, text: str) -> list[Doubt]:
        key = text.lower() if text.isascii() and "  " not in text else look_alike_key(text)
        if len(self._spelt) >= SPELLINGS_MAX:
            first = self._spelt.get(key, text)
        else:
            first = self._spelt.setdefault(key, text)
        if first == text or text in self._told:
            return []
        self._told.add(text)
        return [(
            f"This identifier looks like {first!r} and was taken as another one.",
            "Write it in one way, if it is the same.",
        )]  # fmt: skip
