"""Identifiers that the eye cannot tell apart: letters of other scripts that look Latin."""

from __future__ import annotations

from casereview.core.identity import local_id_key

_CYRILLIC = (
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455"
)
_GREEK = "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SAME = str.maketrans(
    _CYRILLIC + _GREEK + _DASHES, "abekmhopctyxijs" + "abezhikmnoptyx" + "-" * len(_DASHES)
)


def look_alike_key(text: str) -> str:
    """Return the form in which two ids of one file are the same to the eye; 0012 and 12 differ.

    Source: Unicode UTS #39 (confusable letters), the Cyrillic and Greek ones of whole shape.
    """
    key = " ".join(local_id_key(text).split())
    return key if key.isascii() else key.translate(_SAME)
