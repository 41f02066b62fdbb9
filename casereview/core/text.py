"""Outside text made harmless: for terminals, for logs, for stored fields and for spreadsheets."""

from __future__ import annotations

import re
import unicodedata

from casereview.errors import Refused

NOTE_MAX = 10_000
NAME_MAX = 200
REPLACEMENT = "\ufffd"
# Unicode's own limit for text that is safe to normalise (UAX #15, stream-safe text format): without
# it a long run of combining marks takes quadratic time, and it hides the lines around it on screen.
MARKS_MAX = 30

_ALWAYS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0"  # invisible letters and joiners
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, separators, bidi, isolates
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"  # lone surrogates, BOM, non-characters
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3"  # format controls of rare scripts
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # musical formatting and tag characters
)
_IN_LINES = re.compile(f"[{_ALWAYS}]")
_IN_ONE_LINE = re.compile(f"[{_ALWAYS}\t\n]")
_LINE_ENDS = re.compile("\r\n?")
# Every combining mark is U+0300 or above, so shorter or interrupted runs need no closer look.
_LONG_RUN = re.compile(f"[\u0300-\U0010ffff]{{{MARKS_MAX + 1},}}")
_BLANK = " \u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff"
_FORMULA = re.compile(f"[{_BLANK}]*[=+\\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]")


def safe(text: str, *, lines: bool = False) -> str:
    """Return the text in NFC with every invisible or controlling character shown as U+FFFD.

    Replaced are C0, DEL, C1, zero-width characters, bidi marks, overrides and isolates, the BOM,
    line and paragraph separators, tag characters, lone surrogates, non-characters and every
    combining mark after the 30th in a row. The result is the same when it is made safe again.

    Args:
        text: anything; never parsed as markup.
        lines: True keeps tabs and newlines, and turns CR and CR LF into newlines.

    Source: reliability rules for untrusted text; Unicode UAX #15 for the run of marks.
    """
    if lines:
        text = _LINE_ENDS.sub("\n", text)
    pattern = _IN_LINES if lines else _IN_ONE_LINE
    if text.isascii():
        return pattern.sub(REPLACEMENT, text)
    text = unicodedata.normalize("NFC", _LONG_RUN.sub(_cap_marks, text))
    return pattern.sub(REPLACEMENT, _LONG_RUN.sub(_cap_marks, text))


def _cap_marks(run: re.Match[str]) -> str:
    kept, marks = [], 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        kept.append(REPLACEMENT if marks > MARKS_MAX else character)
    return "".join(kept)


def checked_name(text: str, *, what: str = "name") -> str:
    """Return a one-line text made safe and trimmed, 1 to 200 characters.

    Raises:
        Refused: nothing is left of it, or it is longer than 200 characters.

    Source: reliability rules for untrusted text.
    """
    return _checked(text, what=what, limit=NAME_MAX, lines=False)


def checked_note(text: str, *, what: str = "note") -> str:
    """Return a text of one or more lines made safe and trimmed, 1 to 10,000 characters.

    Raises:
        Refused: nothing is left of it, or it is longer than 10,000 characters.

    Source: reliability rules for untrusted text.
    """
    return _checked(text, what=what, limit=NOTE_MAX, lines=True)


def _checked(text: str, *, what: str, limit: int, lines: bool) -> str:
    # Normalising shortens text, though never to a quarter; hopeless lengths are not worth the work.
    clean = "" if len(text) > 4 * limit else safe(text.strip(), lines=lines).strip()
    length = len(clean) or len(text)
    if length > limit:
        raise Refused(
            f"The {what} has {length:,} characters; at most {limit:,} are kept.",
            code="text_too_long",
            next="Shorten it.",
        )
    if not clean:
        raise Refused(f"The {what} is empty.", code="text_empty", next="Type at least one word.")
    return clean


def cell_for_spreadsheet(text: str) -> str:
    """Return the text with a leading apostrophe when a spreadsheet would read it as a formula.

    That is when it starts, after any spaces (also no-break and ideographic ones), with = + - @, a
    tab, CR, LF, NUL or the full-width form of one of the signs. Numbers stay numbers: do not pass
    them through here.

    Source: reliability rules for exports (formula injection).
    """
    return f"'{text}" if _FORMULA.match(text) else text
